//===- GanToKernel.cpp - primitives become kernels and their calls --------===//
//
//  1. Constants, iotas, broadcasts and reshapes that an inner block reads are
//     copied into it.
//  2. What reads the mask of a rectifier reads the sign of its result instead,
//  so
//     that the operand need not be kept.
//  3. Inner blocks first, each block is cut into clusters (Clusters.h).
//  4. Clusters with filters behind one another are joined where a backend has
//     code for the longer kernel (Chains.cpp).
//  5. Each cluster that writes something becomes a call; equal bodies are
//  defined
//     once.
//  6. Kernels are numbered in program order.
//
// Holds afterwards: no primitive stands in a program.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GanToKernel/Clusters.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/NumberKernels.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace gan;

namespace gan {
#define GEN_PASS_DEF_CONVERTGANTOKERNELPASS
#include "compiler/conversions/GanToKernel/Passes.h.inc"
} // namespace gan

namespace {

bool belongsToNobody(Operation *op) {
  return isa<ConstantOp, IotaOp, BroadcastOp, ReshapeOp>(op);
}

/// Copies what belongs to nobody into the blocks that read it.
void copyIntoReaders(ProgramOp program) {
  SmallVector<Operation *> work;
  program.walk([&](Operation *op) {
    if (belongsToNobody(op))
      work.push_back(op);
  });
  // Later operations first: a copy may read what is copied next.
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    DenseMap<Block *, Value> copies;
    for (OpOperand &use :
         llvm::make_early_inc_range(op->getResult(0).getUses())) {
      Block *block = use.getOwner()->getBlock();
      if (block == op->getBlock())
        continue;
      Value &copy = copies[block];
      if (!copy) {
        OpBuilder builder(block, block->begin());
        copy = builder.clone(*op)->getResult(0);
      }
      use.set(copy);
    }
  }
}

bool isSplat(Value value, llvm::function_ref<bool(const APFloat &)> accepts) {
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat() ||
      !isa<FloatType>(elements.getElementType()))
    return false;
  return accepts(elements.getSplatValue<APFloat>());
}

/// y = x <= 0 ? factor * x : x with a factor that keeps the sign has y <= 0
/// where x <= 0.
void readMasksFromResults(ProgramOp program) {
  program.walk([](SelectOp select) {
    auto compare = select.getCondition().getDefiningOp<CompareOp>();
    Value x = select.getOnFalse();
    auto isZero = [](const APFloat &number) { return number.isZero(); };
    auto keepsSign = [](const APFloat &number) {
      return !number.isNegative() && !number.isNaN();
    };
    if (!compare || compare.getComparison() != Comparison::le ||
        compare.getLhs() != x || !isSplat(compare.getRhs(), isZero))
      return;
    auto scale = select.getOnTrue().getDefiningOp<MulOp>();
    bool scales =
        scale && ((scale.getLhs() == x && isSplat(scale.getRhs(), keepsSign)) ||
                  (scale.getRhs() == x && isSplat(scale.getLhs(), keepsSign)));
    if (!scales && !isSplat(select.getOnTrue(), isZero))
      return;
    OpBuilder builder(select->getContext());
    builder.setInsertionPointAfter(select);
    auto mask = CompareOp::create(builder, compare.getLoc(),
                                  compare.getResult().getType(), Comparison::le,
                                  select.getResult(), compare.getRhs());
    compare.getResult().replaceUsesWithIf(mask, [&](OpOperand &use) {
      Operation *user =
          select->getBlock()->findAncestorOpInBlock(*use.getOwner());
      return user && mask->isBeforeInBlock(user);
    });
    if (mask->use_empty())
      mask->erase();
  });
}

class KernelBuilder {
public:
  KernelBuilder(ModuleOp module, const FusionOptions &options,
                ChainTest takesChain)
      : module(module), symbols(module), options(options),
        takesChain(std::move(takesChain)) {}

  unsigned numCalls = 0;

  void fuse(Block &block);

private:
  ModuleOp module;
  SymbolTable symbols;
  FusionOptions options;
  ChainTest takesChain;
  llvm::StringMap<kernel::DefineOp> defined; // by text

  kernel::DefineOp build(ArrayRef<Value> results, Block &block,
                         llvm::function_ref<bool(Value)> isRead,
                         SmallVectorImpl<Value> &arguments);
  kernel::DefineOp define(ArrayRef<Value> results, Block &block,
                          SmallVectorImpl<Value> &arguments);
  void formChains(Clusters &clusters, Block &block);
};

/// The kernel, in no module, that computes `results` from what stands outside
/// `block`, is no primitive or `isRead`; fills in what it is called with.
kernel::DefineOp KernelBuilder::build(ArrayRef<Value> results, Block &block,
                                      llvm::function_ref<bool(Value)> isRead,
                                      SmallVectorImpl<Value> &arguments) {
  SmallVector<Operation *> body;
  llvm::SmallDenseSet<Value> seenValues;
  llvm::SmallPtrSet<Operation *, 16> seenOps;
  auto visit = [&](auto &self, Value value) -> void {
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != &block || !op->hasTrait<PrimitiveTrait>() ||
        isRead(value)) {
      if (seenValues.insert(value).second)
        arguments.push_back(value);
      return;
    }
    if (!seenOps.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      self(self, operand);
    body.push_back(op);
  };
  for (Value result : results)
    visit(visit, result);

  MLIRContext *context = module.getContext();
  Location loc = results.front().getLoc();
  auto type = FunctionType::get(context, TypeRange(ValueRange(arguments)),
                                TypeRange(ValueRange(results)));
  OpBuilder builder(context);
  OperationState state(loc, kernel::DefineOp::getOperationName());
  state.addAttribute("sym_name", builder.getStringAttr("kernel"));
  state.addAttribute("function_type", TypeAttr::get(type));
  Region *region = state.addRegion();
  Block *inner = builder.createBlock(region);
  IRMapping mapping;
  for (Value argument : arguments)
    mapping.map(argument,
                inner->addArgument(argument.getType(), argument.getLoc()));
  for (Operation *op : body)
    builder.clone(*op, mapping);
  SmallVector<Value> returned;
  for (Value result : results)
    returned.push_back(mapping.lookup(result));
  kernel::ReturnOp::create(builder, loc, returned);

  return cast<kernel::DefineOp>(Operation::create(state));
}

/// The kernel of a call in whose block everything before it has become one.
kernel::DefineOp KernelBuilder::define(ArrayRef<Value> results, Block &block,
                                       SmallVectorImpl<Value> &arguments) {
  kernel::DefineOp define =
      build(results, block, [](Value) { return false; }, arguments);
  std::string text;
  llvm::raw_string_ostream(text) << define;
  auto [it, isNew] = defined.try_emplace(text, define);
  if (isNew)
    symbols.insert(define);
  else
    define->erase();
  return it->second;
}

void KernelBuilder::formChains(Clusters &clusters, Block &block) {
  clusters.formChains([&](const Clusters::Item &item) {
    SmallVector<Value> results = clusters.results(item), arguments;
    auto isRead = [&](Value value) {
      return clusters.isWritten(value) && !llvm::is_contained(results, value);
    };
    kernel::DefineOp define = build(results, block, isRead, arguments);
    bool isTaken = arguments.size() <= options.maxOperands &&
                   kernel::isChain(define) && takesChain(define);
    define->erase();
    return isTaken;
  });
}

void KernelBuilder::fuse(Block &block) {
  for (Operation &op : block)
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        fuse(inner);

  Clusters clusters(block, options, symbols);
  if (takesChain)
    formChains(clusters, block);
  SmallVector<Operation *> primitives;
  for (Operation &op : block)
    if (op.hasTrait<PrimitiveTrait>())
      primitives.push_back(&op);

  // Everything moves behind the primitives, in the new order.
  for (const Clusters::Item *item : clusters.order()) {
    if (item->stays) {
      item->ops.front()->moveBefore(&block, block.end());
      continue;
    }
    SmallVector<Value> results = clusters.results(*item), arguments;
    kernel::DefineOp callee = define(results, block, arguments);
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    auto call = kernel::CallOp::create(
        builder, item->ops.back()->getLoc(), TypeRange(ValueRange(results)),
        callee.getSymName(), arguments, /*backend=*/StringAttr(),
        /*chunks=*/IntegerAttr(), /*workspace=*/IntegerAttr());
    ++numCalls;
    for (auto [old, result] : llvm::zip(results, call.getResults()))
      old.replaceAllUsesWith(result);
  }
  for (Operation *op : llvm::reverse(primitives))
    op->erase();
}

class ConvertGanToKernelPass final
    : public gan::impl::ConvertGanToKernelPassBase<ConvertGanToKernelPass> {
public:
  using Base::Base;
  explicit ConvertGanToKernelPass(ChainTest takesChain)
      : takesChain(std::move(takesChain)) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (chains)
      takesChain = [](kernel::DefineOp) { return true; };
    FusionOptions fusion;
    fusion.dataLoads = dataLoads;
    fusion.weightLoads = weightLoads;
    fusion.gradientLoads = gradientLoads;
    KernelBuilder kernels(module, fusion, takesChain);
    for (auto program : module.getOps<ProgramOp>()) {
      if (failed(check(program)))
        return signalPassFailure();
      copyIntoReaders(program);
      readMasksFromResults(program);
      kernels.fuse(program.getBody().front());
    }
    numCalls = kernels.numCalls;
    numKernels = kernel::numberKernels(module);
  }

private:
  ChainTest takesChain;

  /// Refuses what has to be gone by now.
  LogicalResult check(ProgramOp program) {
    WalkResult result = program.walk([&](Operation *op) {
      if (op->hasTrait<PrimitiveTrait>()) {
        ++numPrimitives;
        for (Type type : op->getResultTypes())
          if (!cast<RankedTensorType>(type).hasStaticShape()) {
            op->emitOpError() << "expected a shape of numbers, got " << type;
            return WalkResult::interrupt();
          }
      } else if (isa<CompositeOpInterface, GradOp, DropoutOp>(op)) {
        op->emitOpError() << "expected only primitives when kernels are formed";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }
};

} // namespace

std::unique_ptr<Pass> gan::createConvertGanToKernelPass(ChainTest takesChain) {
  return std::make_unique<ConvertGanToKernelPass>(std::move(takesChain));
}
