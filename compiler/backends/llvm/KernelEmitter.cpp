//===- KernelEmitter.cpp - one function for one kernel --------------------===//
//
//  1. Load the base pointers of results and arguments.
//  2. Cut the root's elements into units, and take this chunk's share.
//  3. Compute every result at every index of a unit, then store them all: so a
//     result may lie in the place of an argument that is read at the same
//     index.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/KernelEmitter.h"
#include "ganrt/abi.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

static int64_t countElements(mlir::Type type) {
  int64_t count = 1;
  for (int64_t extent : llvm::cast<mlir::RankedTensorType>(type).getShape())
    count *= mlir::ShapedType::isDynamic(extent) ? 1 : extent;
  return count;
}

static double flopOf(mlir::Operation &op) {
  auto count = [](mlir::Value value) -> double {
    return countElements(value.getType());
  };
  return llvm::TypeSwitch<mlir::Operation *, double>(&op)
      .Case([&](DotOp op) {
        double summed = 1;
        for (int64_t axis : op.getLhsContract())
          summed *= shapeOf(op.getLhs())[axis];
        return 2 * summed * count(op);
      })
      .Case<ConvOp, ConvGradInputOp, ConvGradWeightOp>([&](auto op) {
        // Every output element meets every tap and channel of its group.
        mlir::Value output, weight;
        if constexpr (std::is_same_v<decltype(op), ConvOp>) {
          output = op.getResult();
          weight = op.getWeight();
        } else if constexpr (std::is_same_v<decltype(op), ConvGradInputOp>) {
          output = op.getOutput();
          weight = op.getWeight();
        } else {
          output = op.getOutput();
          weight = op.getResult();
        }
        return 2 * count(output) * count(weight) / shapeOf(weight)[0];
      })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto op) { return count(op.getInput()); })
      .Case([&](MomentsOp op) { return 3 * count(op.getInput()); })
      .Case([&](WindowSumOp op) {
        double taps = 1;
        for (int64_t extent : op.getWindow())
          taps *= extent;
        return taps * count(op);
      })
      .Case([&](ScatterAddOp op) { return count(op.getUpdates()); })
      .Case([&](CumsumOp op) { return count(op); })
      .Default([&](mlir::Operation *op) -> double {
        if (!op->hasTrait<ElementwiseTrait>())
          return 0;
        return count(op->getResult(0));
      });
}

double gan::codegen::countFlop(kernel::DefineOp kernel) {
  double flop = 0;
  for (mlir::Operation &op : kernel.getBody().front())
    flop += flopOf(op);
  return flop;
}

double gan::codegen::countBytes(kernel::DefineOp kernel) {
  double bytes = 0;
  for (mlir::Type type : llvm::concat<const mlir::Type>(
           kernel.getArgumentTypes(), kernel.getResultTypes())) {
    unsigned bits =
        llvm::cast<mlir::RankedTensorType>(type).getElementTypeBitWidth();
    bytes += double(countElements(type)) * ((bits + 7) / 8);
  }
  return bytes;
}

/// Seconds on one core, roughly.
static double estimateSeconds(kernel::DefineOp kernel) {
  double seconds = countBytes(kernel) / 8e9;
  for (mlir::Operation &op : kernel.getBody().front()) {
    double flop = flopOf(op);
    if (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op))
      seconds += flop / 60e9;
    else if (llvm::isa<ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp, SoftplusOp,
                       SinOp, CosOp, ErfOp, PowOp>(op))
      seconds += flop / 1e9;
    else if (llvm::isa<RandomOp>(op))
      seconds += countElements(op.getResult(0).getType()) / 2e8;
    else
      seconds += flop / 10e9;
  }
  return seconds;
}

KernelDescription gan::codegen::describeKernel(kernel::DefineOp kernel,
                                               const CpuTarget &target) {
  KernelDescription description;
  description.flop = countFlop(kernel);
  description.bytes = countBytes(kernel);
  description.cost = estimateSeconds(kernel);
  // A chunk of less than ten microseconds is not worth handing over.
  description.chunks =
      std::clamp<int64_t>(int64_t(description.cost / 10e-6), 1, 16);
  if (description.chunks == 1 || kernel.isBatched())
    description.chunks = 1;
  return description;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {
/// How the elements of the results are walked: the innermost `inner` axes in
/// memory are one run of vectors (0: one element at a time), the rest a
/// counter.
struct Walk {
  SmallVector<int64_t> shape, layout; // of the first result
  unsigned inner = 0;

  SmallVector<int64_t> extents(bool ofInner) const {
    SmallVector<int64_t> result;
    for (auto [place, axis] : llvm::enumerate(layout))
      if ((place >= layout.size() - inner) == ofInner)
        result.push_back(shape[axis]);
    return result;
  }
  int64_t count(bool ofInner) const {
    int64_t result = 1;
    for (int64_t extent : extents(ofInner))
      result *= extent;
    return result;
  }
};

class KernelEmitter {
public:
  KernelEmitter(kernel::DefineOp kernel, llvm::StringRef symbol,
                const CpuTarget &target, llvm::Module &module)
      : kernel(kernel), target(target), module(module),
        function(createFunction(symbol)), b(function, target.numerics),
        region(b, indices) {}

  void emit();

private:
  llvm::Function *createFunction(llvm::StringRef symbol);
  Value *loadPointer(Value *array, Value *place);
  void bindBuffers();
  void bindRow();
  void emitRow();
  void emitElements(const Walk &walk);
  void emitElementsAt(IndexRef index, unsigned active);
  Walk chooseWalk();
  double costOf(const Walk &walk);

  kernel::DefineOp kernel;
  const CpuTarget &target;
  llvm::Module &module;
  llvm::Function *function;
  VectorBuilder b;
  IndexContext indices;
  RegionEmitter region;
  SmallVector<Buffer> results;
  // Of a batched kernel: the pointers of the chunk's row and its elements.
  Value *row = nullptr, *begin = nullptr, *end = nullptr;
};
} // namespace

llvm::Function *KernelEmitter::createFunction(llvm::StringRef symbol) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::get(context, 0);
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                              {pointer, pointer}, false),
      llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr("target-cpu", target.cpu);
  if (!target.features.empty())
    function->addFnAttr("target-features", target.features);
  function->addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
  for (unsigned argument : {0u, 1u}) {
    function->addParamAttr(argument, llvm::Attribute::NoAlias);
    function->addParamAttr(argument, llvm::Attribute::ReadOnly);
  }
  return function;
}

Value *KernelEmitter::loadPointer(Value *array, Value *place) {
  auto *pointer =
      b.CreateLoad(b.getPtrTy(), b.CreateGEP(b.getPtrTy(), array, place));
  auto *node = llvm::MDNode::get(b.getContext(), {});
  pointer->setMetadata(llvm::LLVMContext::MD_invariant_load, node);
  return pointer;
}

static Buffer makeBuffer(Value *base, mlir::Type type,
                         ArrayRef<int64_t> layout) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  Buffer buffer;
  buffer.base = base;
  buffer.elementType = tensor.getElementType();
  buffer.strides.resize(layout.size());
  int64_t stride = 1;
  for (int64_t axis : llvm::reverse(layout)) {
    buffer.strides[axis] = stride;
    stride *= tensor.getDimSize(axis);
  }
  return buffer;
}

/// Whether a result may lie in the place of `argument`: only element-wise
/// operations and reshapes stand between it and every result.
static bool mayShare(kernel::DefineOp kernel, mlir::Value argument) {
  llvm::SetVector<mlir::Value> reached;
  reached.insert(argument);
  for (size_t i = 0; i < reached.size(); ++i)
    for (mlir::Operation *user : reached[i].getUsers()) {
      if (llvm::isa<kernel::ReturnOp>(user))
        continue;
      if (!user->hasTrait<ElementwiseTrait>() && !llvm::isa<ReshapeOp>(user))
        return false;
      reached.insert(user->result_begin(), user->result_end());
    }
  return true;
}

/// Finds the row of this chunk and its part of the row.
void KernelEmitter::bindRow() {
  llvm::Type *bytes = b.getInt8Ty();
  auto field = [&](Value *base, uint64_t offset, llvm::Type *type) -> Value * {
    return b.CreateLoad(type, b.CreateConstGEP1_64(bytes, base, offset));
  };
  Value *batch = loadPointer(function->getArg(0), b.getInt64(0));
  Value *chunk = b.CreateZExt(
      field(function->getArg(1), offsetof(ganrt_launch, chunk), b.getInt32Ty()),
      b.getInt64Ty());
  Value *list = field(batch, offsetof(ganrt_batch, chunks), b.getPtrTy());
  Value *own = b.CreateGEP(
      bytes, list, b.CreateMul(chunk, b.getInt64(sizeof(ganrt_batch_chunk))));
  begin = field(own, offsetof(ganrt_batch_chunk, begin), b.getInt64Ty());
  end = field(own, offsetof(ganrt_batch_chunk, end), b.getInt64Ty());
  Value *number =
      b.CreateZExt(field(own, offsetof(ganrt_batch_chunk, row), b.getInt32Ty()),
                   b.getInt64Ty());
  Value *columns = field(batch, offsetof(ganrt_batch, columns), b.getInt64Ty());
  row = b.CreateGEP(b.getPtrTy(),
                    field(batch, offsetof(ganrt_batch, pointers), b.getPtrTy()),
                    b.CreateMul(number, columns));
}

void KernelEmitter::bindBuffers() {
  bool isBatched = kernel.isBatched();
  size_t columns = isBatched ? *kernel.getColumns() : 0;
  size_t resultCount = kernel.getResultTypes().size();
  if (isBatched)
    bindRow();
  Value *bases = function->getArg(0);
  auto pointer = [&](Value *array, size_t place) {
    return loadPointer(array, b.getInt64(place));
  };
  // Scope 0 means none; results come first, then arguments.
  SmallVector<unsigned> resultScopes, apartFromResults;
  for (size_t i = 0; i < resultCount; ++i)
    resultScopes.push_back(1 + i);
  for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    Value *base = i < columns ? pointer(row, resultCount + i)
                  : isBatched ? pointer(bases, 1 + i - columns)
                              : pointer(bases, resultCount + i);
    Buffer buffer =
        makeBuffer(base, argument.getType(), kernel.getArgumentLayout(i));
    buffer.scope = 1 + resultCount + i;
    if (!mayShare(kernel, argument)) {
      buffer.apart.append(resultScopes.begin(), resultScopes.end());
      apartFromResults.push_back(buffer.scope);
    }
    region.setBuffer(argument, buffer);
  }
  for (size_t i = 0; i < resultCount; ++i) {
    Buffer buffer =
        makeBuffer(pointer(isBatched ? row : bases, i),
                   kernel.getResultTypes()[i], kernel.getResultLayout(i));
    buffer.scope = 1 + i;
    buffer.apart.append(apartFromResults.begin(), apartFromResults.end());
    for (unsigned scope : resultScopes)
      if (scope != buffer.scope)
        buffer.apart.push_back(scope);
    results.push_back(buffer);
  }
}

/// Computes all results at one index of the first, then stores them.
void KernelEmitter::emitElementsAt(IndexRef index, unsigned active) {
  RegionEmitter::MaskScope scope(region, active < kLanes ? b.prefixMask(active)
                                                         : nullptr);
  SmallVector<Value *> numbers;
  SmallVector<IndexExpression> offsets;
  ArrayRef<int64_t> first =
      llvm::cast<mlir::RankedTensorType>(kernel.getResultTypes()[0]).getShape();
  for (auto [value, buffer] :
       llvm::zip_equal(kernel.getTerminator().getValues(), results)) {
    Index own(index);
    if (shapeOf(value) != first)
      own =
          indices.delinearise(indices.linearise(index, first), shapeOf(value));
    offsets.push_back(buffer.offset(own));
    numbers.push_back(region.emit(value, own));
  }
  for (auto [number, buffer, offset] :
       llvm::zip_equal(numbers, results, offsets))
    b.store(number, buffer, offset, active);
}

/// The elements begin … end of a row: vectors, then one by one.
void KernelEmitter::emitRow() {
  constexpr int64_t longest = int64_t(1) << 40;
  Value *vectors = b.CreateAnd(b.CreateSub(end, begin), b.getInt64(-16));
  Value *middle = b.CreateAdd(begin, vectors);
  b.loop(begin, middle, kLanes, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    emitElementsAt({indices.makeVariable(Range{0, longest}, variable) +
                    indices.makeLane(kLanes)},
                   kLanes);
  });
  b.loop(middle, end, 1, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    emitElementsAt({indices.makeVariable(Range{0, longest}, variable)}, kLanes);
  });
}

/// A chunk's share of `units` pieces of work: from the first to below the
/// second.
static std::pair<Value *, Value *>
shareOf(VectorBuilder &b, llvm::Function *function, int64_t units) {
  auto field = [&](uint64_t offset) {
    Value *place =
        b.CreateConstGEP1_64(b.getInt8Ty(), function->getArg(1), offset);
    return b.CreateZExt(b.CreateLoad(b.getInt32Ty(), place), b.getInt64Ty());
  };
  Value *chunk = field(offsetof(ganrt_launch, chunk));
  Value *chunks = field(offsetof(ganrt_launch, chunks));
  auto boundary = [&](Value *number) {
    return b.CreateUDiv(b.CreateMul(number, b.getInt64(units)), chunks);
  };
  return {boundary(chunk), boundary(b.CreateAdd(chunk, b.getInt64(1)))};
}

void KernelEmitter::emitElements(const Walk &walk) {
  int64_t outer = walk.count(false), inner = walk.count(true);
  int64_t full = walk.inner ? inner / kLanes : 1;
  int64_t tail = walk.inner ? inner % kLanes : 0;
  int64_t perRun = full + (tail != 0), units = outer * perRun;
  std::pair<Value *, Value *> share = shareOf(b, function, units);
  Value *low = share.first, *high = share.second;
  auto at = [&](const IndexExpression &run, const IndexExpression &position,
                unsigned active) {
    Index parts = indices.delinearise(run, walk.extents(false));
    parts.append(indices.delinearise(position, walk.extents(true)));
    Index index(walk.shape.size());
    for (auto [axis, part] : llvm::zip_equal(walk.layout, parts))
      index[axis] = part;
    emitElementsAt(index, active);
  };
  auto block = [&](const IndexExpression &run, const IndexExpression &number,
                   int64_t active) {
    if (walk.inner == 0 || inner == 1)
      return at(run, 0, kLanes);
    at(run, number * kLanes + indices.makeLane(active), active);
  };
  auto blocks = [&](const IndexExpression &run, Value *first, Value *last) {
    Value *end = last;
    if (tail)
      end = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, last,
                                    b.getInt64(full));
    if (full)
      b.loop(first, end, 1, [&](Value *variable) {
        RegionEmitter::Scope scope(region);
        block(run, indices.makeVariable(full, variable), kLanes);
      });
    if (tail)
      b.branch(b.CreateICmpSGT(last, b.getInt64(full)), [&] {
        RegionEmitter::Scope scope(region);
        block(run, full, tail);
      });
  };
  if (outer == 1)
    return blocks(0, low, high);
  if (perRun == 1) {
    b.loop(low, high, 1, [&](Value *variable) {
      RegionEmitter::Scope scope(region);
      IndexExpression run = indices.makeVariable(outer, variable);
      block(run, 0, tail ? tail : kLanes);
    });
    return;
  }
  // The share may begin and end within a run.
  Value *firstRun = b.CreateUDiv(low, b.getInt64(perRun));
  Value *lastRun = b.CreateUDiv(b.CreateAdd(high, b.getInt64(perRun - 1)),
                                b.getInt64(perRun));
  b.loop(firstRun, lastRun, 1, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    Value *start = b.CreateMul(variable, b.getInt64(perRun));
    Value *first = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::smax, b.CreateSub(low, start), b.getInt64(0));
    Value *last = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::smin, b.CreateSub(high, start), b.getInt64(perRun));
    blocks(indices.makeVariable(outer, variable), first, last);
  });
}

//===----------------------------------------------------------------------===//
// Which axis becomes the vector
//===----------------------------------------------------------------------===//

/// Relative time per element. The code is made and thrown away.
double KernelEmitter::costOf(const Walk &walk) {
  llvm::Module scratch("trial", module.getContext());
  KernelEmitter trial(kernel, "trial", target, scratch);
  trial.bindBuffers();
  trial.emitElements(walk);
  AccessCounts counts = trial.b.accesses;
  double cost =
      counts.contiguous + 12.0 * counts.scattered + 0.6 * counts.uniform;
  if (walk.inner == 0)
    return counts.contiguous + counts.scattered ? cost / kLanes : cost;
  int64_t inner = walk.count(true);
  // A tail was counted beside the loop.
  if (inner % kLanes != 0 && inner > kLanes)
    cost /= 2;
  return cost * llvm::divideCeil(inner, kLanes) / inner;
}

Walk KernelEmitter::chooseWalk() {
  Walk walk;
  walk.shape = llvm::to_vector(
      llvm::cast<mlir::RankedTensorType>(kernel.getResultTypes()[0])
          .getShape());
  walk.layout = kernel.getResultLayout(0);
  unsigned rank = walk.shape.size(), best = 0;
  double lowest = INFINITY;
  for (unsigned inner = rank + 1; inner-- > 0 && rank > 0;) {
    walk.inner = inner;
    double cost = costOf(walk);
    if (cost < lowest) {
      lowest = cost;
      best = inner;
    }
  }
  walk.inner = best;
  return walk;
}

void KernelEmitter::emit() {
  bindBuffers();
  if (kernel.isBatched())
    emitRow();
  else if (!llvm::is_contained(
               llvm::map_range(kernel.getResultTypes(), countElements), 0) &&
           !results.empty())
    emitElements(chooseWalk());
  b.CreateRetVoid();
}

void gan::codegen::emitKernel(kernel::DefineOp kernel, llvm::StringRef symbol,
                              const CpuTarget &target, llvm::Module &module) {
  KernelEmitter(kernel, symbol, target, module).emit();
}
