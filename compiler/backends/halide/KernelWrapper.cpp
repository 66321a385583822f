//===- KernelWrapper.cpp - bitcode of Halide as a kernel ------------------===//
//
//  1. Read the bitcode; its function gets the target of our own code, so that
//     LLVM 22 makes the machine code.
//  2. Take out what would be wrong here: fast arithmetic, and the belief that
//     results and operands never share memory, where they may.
//  3. Write the function of ganrt/abi.h: find the chunk, describe the memory to
//     Halide on the stack, and inline its code; optimised, nothing of the
//     description is left. What the code allocates lies in the workspace.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/KernelWrapper.h"
#include "ganrt/abi.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/Operator.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace gan;
using namespace gan::halide;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::Value;

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

static void setTarget(llvm::Function &function, const CpuTarget &target) {
  function.addFnAttr("target-cpu", target.cpu);
  if (!target.features.empty())
    function.addFnAttr("target-features", target.features);
  function.addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
}

/// What a mask leaves out is poison in Halide's code, and so would be a
/// condition that Halide has joined with one on the mask. Here it is zero.
static void defineMaskedLanes(llvm::Instruction &instruction) {
  auto define = [](llvm::Use &use) {
    if (llvm::isa<llvm::UndefValue>(use.get()))
      use.set(llvm::Constant::getNullValue(use->getType()));
  };
  if (auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
    if (call->getIntrinsicID() == llvm::Intrinsic::masked_load ||
        call->getIntrinsicID() == llvm::Intrinsic::masked_gather)
      define(call->getArgOperandUse(call->arg_size() - 1));
  } else if (auto *phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
    for (llvm::Use &use : phi->incoming_values())
      define(use);
  }
}

static void adapt(llvm::Function &function, const KernelPlan &plan,
                  const CpuTarget &target) {
  function.setLinkage(llvm::GlobalValue::InternalLinkage);
  function.setAttributes(llvm::AttributeList());
  function.addFnAttr(llvm::Attribute::NoUnwind);
  setTarget(function, target);
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    defineMaskedLanes(instruction);
    if (llvm::isa<llvm::FPMathOperator>(instruction))
      instruction.copyFastMathFlags(llvm::FastMathFlags());
    if (plan.mayShare) {
      instruction.setMetadata(llvm::LLVMContext::MD_tbaa, nullptr);
      instruction.setMetadata(llvm::LLVMContext::MD_noalias, nullptr);
      instruction.setMetadata(llvm::LLVMContext::MD_alias_scope, nullptr);
    }
  }
}

/// The products that are sealed become one operation with the sum that they
/// feed: reinterpret(reinterpret(x * y) ^ seal) + z.
static void fuseProducts(llvm::Function &function, Value *seal) {
  using namespace llvm::PatternMatch;
  SmallVector<llvm::Instruction *> sums;
  for (llvm::Instruction &instruction : llvm::instructions(function))
    if (instruction.getOpcode() == llvm::Instruction::FAdd)
      sums.push_back(&instruction);
  auto isSeal = [&](Value *value) {
    Value *scalar = nullptr;
    return value == seal ||
           (match(value,
                  m_Shuffle(m_InsertElt(m_Value(), m_Value(scalar), m_Zero()),
                            m_Value())) &&
            scalar == seal);
  };
  llvm::IRBuilder<> b(function.getContext());
  for (llvm::Instruction *sum : sums)
    for (unsigned side : {0u, 1u}) {
      Value *x, *y, *mark = nullptr;
      auto product = m_BitCast(m_FMul(m_Value(x), m_Value(y)));
      if (!match(sum->getOperand(side),
                 m_BitCast(m_c_Xor(product, m_Value(mark)))) ||
          !isSeal(mark))
        continue;
      b.SetInsertPoint(sum);
      sum->replaceAllUsesWith(
          b.CreateIntrinsic(llvm::Intrinsic::fma, {sum->getType()},
                            {x, y, sum->getOperand(1 - side)}));
      sum->eraseFromParent();
      break;
    }
}

/// Halide rounds by an operation of the level that it saw.
static void generaliseRounding(llvm::Function &function) {
  static constexpr llvm::Intrinsic::ID kinds[] = {
      llvm::Intrinsic::roundeven, llvm::Intrinsic::floor, llvm::Intrinsic::ceil,
      llvm::Intrinsic::trunc};
  llvm::IRBuilder<> b(function.getContext());
  for (llvm::Instruction &instruction :
       llvm::make_early_inc_range(llvm::instructions(function))) {
    auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
    if (!call ||
        (call->getIntrinsicID() != llvm::Intrinsic::x86_avx_round_ps_256 &&
         call->getIntrinsicID() != llvm::Intrinsic::x86_sse41_round_ps))
      continue;
    b.SetInsertPoint(call);
    auto *mode = llvm::cast<llvm::ConstantInt>(call->getArgOperand(1));
    call->replaceAllUsesWith(b.CreateUnaryIntrinsic(
        kinds[mode->getZExtValue() % 4], call->getArgOperand(0)));
    call->eraseFromParent();
  }
}

/// The call of a function of Halide's runtime, or null.
static llvm::CallInst *callOf(llvm::Instruction &instruction, StringRef name) {
  auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  llvm::Function *callee = call ? call->getCalledFunction() : nullptr;
  return callee && callee->getName() == name ? call : nullptr;
}

/// Whether a call ends an allocation, perhaps one that a join of paths chose.
static bool isEndOf(const llvm::CallInst *end, const Value *allocation) {
  const Value *ended = end->getArgOperand(1);
  const auto *chosen = llvm::dyn_cast<llvm::PHINode>(ended);
  return ended == allocation ||
         (chosen && llvm::is_contained(chosen->incoming_values(), allocation));
}

/// Whether one allocation can happen between another and its end.
static bool isWithin(const llvm::CallInst *inner, llvm::CallInst *outer) {
  llvm::SmallPtrSet<llvm::BasicBlock *, 16> seen;
  SmallVector<llvm::BasicBlock::iterator> starts{
      std::next(outer->getIterator())};
  while (!starts.empty()) {
    llvm::BasicBlock::iterator at = starts.pop_back_val();
    llvm::BasicBlock *block = at->getParent();
    auto ends = [&](llvm::Instruction &instruction) {
      llvm::CallInst *end = callOf(instruction, "halide_free");
      return &instruction == inner || (end && isEndOf(end, outer));
    };
    at = std::find_if(at, block->end(), ends);
    if (at == block->end())
      for (llvm::BasicBlock *next : llvm::successors(block))
        if (seen.insert(next).second)
          starts.push_back(next->begin());
    if (at != block->end() && &*at == inner)
      return true;
  }
  return false;
}

/// What is allocated at the same time lies side by side in the workspace;
/// copies of code that a pass made share their places. Returns the bytes.
static int64_t placeInWorkspace(llvm::Function &function, Value *workspace) {
  struct Place {
    llvm::CallInst *call;
    uint64_t first, end;
  };
  SmallVector<Place> places;
  SmallVector<llvm::CallInst *> ends;
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    if (llvm::CallInst *end = callOf(instruction, "halide_free"))
      ends.push_back(end);
    llvm::CallInst *call = callOf(instruction, "halide_malloc");
    // Of a size that is not known it is refused, as an unknown function.
    auto *size = call
                     ? llvm::dyn_cast<llvm::ConstantInt>(call->getArgOperand(1))
                     : nullptr;
    if (!size)
      continue;
    Place own{call, 0, llvm::alignTo(size->getZExtValue(), GANRT_ALIGNMENT)};
    for (const Place &other : places) { // in order of their places
      if (other.first >= own.end || other.end <= own.first ||
          !(isWithin(call, other.call) || isWithin(other.call, call)))
        continue;
      own.end += other.end - own.first;
      own.first = other.end;
    }
    places.insert(llvm::upper_bound(places, own,
                                    [](const Place &a, const Place &b) {
                                      return a.first < b.first;
                                    }),
                  own);
  }
  llvm::IRBuilder<> b(function.getContext());
  b.SetInsertPoint(&function.getEntryBlock(),
                   function.getEntryBlock().getFirstInsertionPt());
  uint64_t bytes = 0;
  for (const Place &place : places) {
    bytes = std::max(bytes, place.end);
    place.call->replaceAllUsesWith(
        b.CreateConstGEP1_64(b.getInt8Ty(), workspace, place.first));
    place.call->eraseFromParent();
  }
  for (llvm::CallInst *end : ends)
    end->eraseFromParent();
  return int64_t(bytes);
}

static std::unique_ptr<llvm::Module>
readBitcode(StringRef bitcode, llvm::Module &module, std::string &problem) {
  auto read = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "halide"),
                                     module.getContext());
  if (!read) {
    problem = llvm::toString(read.takeError());
    return nullptr;
  }
  (*read)->setTargetTriple(module.getTargetTriple());
  (*read)->setDataLayout(module.getDataLayout());
  // Flags and identification of another compiler's run.
  for (llvm::NamedMDNode &node :
       llvm::make_early_inc_range((*read)->named_metadata()))
    (*read)->eraseNamedMetadata(&node);
  return std::move(*read);
}

//===----------------------------------------------------------------------===//
// The wrapper
//===----------------------------------------------------------------------===//

namespace {
/// Layout of HalideRuntime.h, the part that pipelines without checks read.
struct BufferLayout {
  static constexpr uint64_t host = 16, dimensions = 36, dim = 40, size = 56;
  static constexpr uint64_t min = 0, extent = 4, stride = 8, dimSize = 16;
};

class Wrapper {
public:
  Wrapper(const KernelPlan &plan, StringRef symbol, const CpuTarget &target,
          llvm::Module &module)
      : plan(plan), module(module), b(module.getContext()) {
    llvm::Type *pointer = b.getPtrTy();
    function = llvm::Function::Create(
        llvm::FunctionType::get(b.getVoidTy(), {pointer, pointer}, false),
        llvm::GlobalValue::ExternalLinkage, symbol, module);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    setTarget(*function, target);
    for (unsigned argument : {0u, 1u}) {
      function->addParamAttr(argument, llvm::Attribute::NoAlias);
      function->addParamAttr(argument, llvm::Attribute::ReadOnly);
    }
    b.SetInsertPoint(
        llvm::BasicBlock::Create(module.getContext(), "entry", function));
  }
  void emit(llvm::Function *inner);

private:
  Value *field(Value *base, uint64_t offset) {
    return b.CreateConstGEP1_64(b.getInt8Ty(), base, offset);
  }
  void store(Value *value, Value *base, uint64_t offset) {
    b.CreateStore(value, field(base, offset));
  }
  Value *allocate(uint64_t bytes) {
    auto *memory = b.CreateAlloca(b.getInt8Ty(), b.getInt64(bytes));
    memory->setAlignment(llvm::Align(8));
    return memory;
  }
  Value *loadBase(Value *pointers, unsigned number) {
    auto *base = b.CreateLoad(
        b.getPtrTy(), b.CreateConstGEP1_64(b.getPtrTy(), pointers, number));
    base->setMetadata(llvm::LLVMContext::MD_invariant_load,
                      llvm::MDNode::get(module.getContext(), {}));
    return base;
  }
  Value *describeInput(Value *base, int64_t elements);
  Value *describeResult(size_t result, Value *base, Value *begin, Value *end);
  std::pair<Value *, Value *> findChunk();
  /// The pointers of the chunk's row, its first element and its last.
  std::tuple<Value *, Value *, Value *> findRow();
  llvm::Constant *makeConstant(ConstantOp op);

  const KernelPlan &plan;
  llvm::Module &module;
  llvm::IRBuilder<> b;
  llvm::Function *function;
};
} // namespace

static uint64_t bytesOf(mlir::Type elementType) {
  return (elementType.getIntOrFloatBitWidth() + 7) / 8;
}

static mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

llvm::Constant *Wrapper::makeConstant(ConstantOp op) {
  auto elements = llvm::cast<mlir::DenseElementsAttr>(op.getValue());
  SmallVector<llvm::Constant *> numbers;
  mlir::Type elementType = typeOf(op).getElementType();
  llvm::Type *type = elementType.isF32()
                         ? b.getFloatTy()
                         : b.getIntNTy(8 * bytesOf(elementType));
  if (elementType.isF32())
    for (const llvm::APFloat &element : elements.getValues<llvm::APFloat>())
      numbers.push_back(llvm::ConstantFP::get(module.getContext(), element));
  else
    for (const llvm::APInt &element : elements.getValues<llvm::APInt>())
      numbers.push_back(llvm::ConstantInt::get(
          type, element.zextOrTrunc(type->getIntegerBitWidth())));
  auto *array = llvm::ConstantArray::get(
      llvm::ArrayType::get(type, numbers.size()), numbers);
  auto *global =
      new llvm::GlobalVariable(module, array->getType(), /*isConstant=*/true,
                               llvm::GlobalValue::PrivateLinkage, array);
  global->setAlignment(llvm::Align(64));
  return global;
}

Value *Wrapper::describeInput(Value *base, int64_t elements) {
  Value *buffer = allocate(BufferLayout::size);
  Value *dim = allocate(BufferLayout::dimSize);
  store(base, buffer, BufferLayout::host);
  store(b.getInt32(1), buffer, BufferLayout::dimensions);
  store(dim, buffer, BufferLayout::dim);
  store(b.getInt32(0), dim, BufferLayout::min);
  store(b.getInt32(elements), dim, BufferLayout::extent);
  store(b.getInt32(1), dim, BufferLayout::stride);
  return buffer;
}

/// The chunk's part: iterations begin … end - 1 of the outermost loop.
Value *Wrapper::describeResult(size_t result, Value *base, Value *begin,
                               Value *end) {
  size_t rank = plan.loops.size();
  Value *buffer = allocate(BufferLayout::size);
  Value *dims = allocate(BufferLayout::dimSize * rank);
  auto narrow = [&](Value *value) {
    return b.CreateTrunc(value, b.getInt32Ty());
  };
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    uint64_t own = i * BufferLayout::dimSize;
    bool isCut = i + 1 == rank;
    store(isCut ? narrow(begin) : b.getInt32(0), dims, own + BufferLayout::min);
    store(isCut ? narrow(b.CreateSub(end, begin)) : b.getInt32(loop.extent),
          dims, own + BufferLayout::extent);
    store(b.getInt32(plan.resultStride(result, loop)), dims,
          own + BufferLayout::stride);
  }
  int64_t bytes =
      plan.resultStride(result, plan.loops.back()) *
      int64_t(bytesOf(typeOf(plan.results[result]).getElementType()));
  Value *first = b.CreateMul(begin, b.getInt64(bytes));
  store(b.CreateGEP(b.getInt8Ty(), base, first), buffer, BufferLayout::host);
  store(b.getInt32(rank), buffer, BufferLayout::dimensions);
  store(dims, buffer, BufferLayout::dim);
  return buffer;
}

std::pair<Value *, Value *> Wrapper::findChunk() {
  auto launchField = [&](uint64_t offset) {
    return b.CreateZExt(
        b.CreateLoad(b.getInt32Ty(), field(function->getArg(1), offset)),
        b.getInt64Ty());
  };
  Value *chunk = launchField(offsetof(ganrt_launch, chunk));
  Value *chunks = launchField(offsetof(ganrt_launch, chunks));
  auto boundary = [&](Value *number) {
    Value *unit = b.CreateUDiv(
        b.CreateMul(number, b.getInt64(plan.countUnits())), chunks);
    return b.CreateBinaryIntrinsic(
        llvm::Intrinsic::umin, b.CreateMul(unit, b.getInt64(plan.chunkUnit)),
        b.getInt64(plan.loops.back().extent));
  };
  return {boundary(chunk), boundary(b.CreateAdd(chunk, b.getInt64(1)))};
}

std::tuple<Value *, Value *, Value *> Wrapper::findRow() {
  auto load = [&](llvm::Type *type, Value *base, uint64_t offset) {
    return b.CreateLoad(type, field(base, offset));
  };
  Value *batch = loadBase(function->getArg(0), 0);
  Value *chunk = b.CreateZExt(
      load(b.getInt32Ty(), function->getArg(1), offsetof(ganrt_launch, chunk)),
      b.getInt64Ty());
  Value *own = b.CreateGEP(
      b.getInt8Ty(), load(b.getPtrTy(), batch, offsetof(ganrt_batch, chunks)),
      b.CreateMul(chunk, b.getInt64(sizeof(ganrt_batch_chunk))));
  Value *row =
      b.CreateZExt(load(b.getInt32Ty(), own, offsetof(ganrt_batch_chunk, row)),
                   b.getInt64Ty());
  Value *columns = load(b.getInt64Ty(), batch, offsetof(ganrt_batch, columns));
  Value *pointers = b.CreateGEP(
      b.getPtrTy(), load(b.getPtrTy(), batch, offsetof(ganrt_batch, pointers)),
      b.CreateMul(row, columns));
  return {pointers,
          load(b.getInt64Ty(), own, offsetof(ganrt_batch_chunk, begin)),
          load(b.getInt64Ty(), own, offsetof(ganrt_batch_chunk, end))};
}

void Wrapper::emit(llvm::Function *inner) {
  size_t columns = plan.isBatched ? *plan.copy.get().getColumns() : 0;
  Value *row = nullptr, *begin, *end;
  if (plan.isBatched)
    std::tie(row, begin, end) = findRow();
  else
    std::tie(begin, end) = findChunk();
  SmallVector<Value *> buffers;
  size_t resultCount = plan.results.size();
  for (auto [i, value] : llvm::enumerate(plan.inputs)) {
    Value *base;
    if (auto constant = value.getDefiningOp<ConstantOp>())
      base = makeConstant(constant);
    else if (!row)
      base = loadBase(function->getArg(0), resultCount + i);
    else if (i < columns)
      base = loadBase(row, resultCount + i);
    else // shared by all rows
      base = loadBase(function->getArg(0), 1 + i - columns);
    buffers.push_back(describeInput(base, typeOf(value).getNumElements()));
  }
  buffers.push_back(b.getInt32(0)); // what sealed products were sealed with
  buffers.push_back(b.CreateTrunc(end, b.getInt32Ty()));
  buffers.push_back(
      b.CreateLoad(b.getPtrTy(), field(function->getArg(1),
                                       offsetof(ganrt_launch, workspace))));
  for (size_t i = 0; i < resultCount; ++i)
    buffers.push_back(describeResult(
        i, loadBase(row ? row : function->getArg(0), i), begin, end));
  auto *work = llvm::BasicBlock::Create(module.getContext(), "work", function);
  auto *done = llvm::BasicBlock::Create(module.getContext(), "done", function);
  b.CreateCondBr(b.CreateICmpULT(begin, end), work, done);
  b.SetInsertPoint(work);
  llvm::CallInst *call = b.CreateCall(inner, buffers);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  b.CreateRetVoid();
  llvm::InlineFunctionInfo info;
  llvm::InlineFunction(*call, info);
  inner->eraseFromParent();
}

bool gan::halide::addKernel(const KernelPlan &plan, StringRef symbol,
                            StringRef inner, StringRef bitcode,
                            const CpuTarget &target, llvm::Module &module,
                            std::string &problem) {
  auto read = readBitcode(bitcode, module, problem);
  if (!read)
    return false;
  for (llvm::Function &function : *read) {
    if (!function.isDeclaration()) {
      adapt(function, plan, target);
      generaliseRounding(function);
    }
  }
  llvm::Function *entry = read->getFunction(inner);
  size_t inputs = plan.inputs.size();
  if (!entry || entry->arg_size() != inputs + 3 + plan.results.size()) {
    problem = "expected a function of one buffer for each operand and result";
    return false;
  }
  llvm::Argument *workspace = entry->getArg(inputs + 2);
  workspace->addAttr(llvm::Attribute::NoAlias);
  int64_t planned = plan.chain ? plan.chain->workspaceBytes : 0;
  if (placeInWorkspace(*entry, workspace) > planned) {
    problem = "it takes more memory than was planned";
    return false;
  }
  for (llvm::Function &function : *read) {
    if (function.isDeclaration() && !function.use_empty() &&
        (!function.isIntrinsic() ||
         function.getName().starts_with("llvm.x86."))) {
      problem = "it calls '" + function.getName().str() + "'";
      return false;
    }
  }
  fuseProducts(*entry, entry->getArg(inputs));
  // Internal symbols are renamed where two kernels use one name.
  entry->setLinkage(llvm::GlobalValue::ExternalLinkage);
  if (llvm::Linker::linkModules(module, std::move(read))) {
    problem = "its code does not join the module";
    return false;
  }
  entry = module.getFunction(inner);
  entry->setLinkage(llvm::GlobalValue::InternalLinkage);
  Wrapper(plan, symbol, target, module).emit(entry);
  return true;
}
