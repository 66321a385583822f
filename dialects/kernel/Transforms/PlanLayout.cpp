//===- PlanLayout.cpp - the order of axes in memory -----------------------===//
//
//  1. Tensors that correspond axis by axis form a family: what element-wise
//     operations, pads, slices, concatenations, reversals and windows tie
//     together, through calls, loops and branches. Where space becomes one axis
//     or several, images and channels still correspond.
//  2. A family that a convolution reads or writes lies channels last: sums over
//     channels are runs in memory, and so are the results of one pixel.
//  3. What others than kernels see stays row-major: state, inputs, outputs,
//     draws, reports, rows of batches.
//  4. Constants that are nothing but weights of convolutions lie with the axis
//     last that the columns of the product run along.
//  5. Kernels are copied for each combination of layouts they are called with.
//
// Holds afterwards: `kernel.layout` stands where a tensor is not row-major, and
// whoever writes a tensor agrees with whoever reads it.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/NumberKernels.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_PLANLAYOUTPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

int64_t rankOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

class LayoutPlan {
public:
  explicit LayoutPlan(ModuleOp module) : symbols(module) {
    for (auto define : module.getOps<DefineOp>())
      addKernel(define);
    for (auto program : module.getOps<ProgramOp>())
      addProgram(program);
  }

  unsigned numLayouts = 0;

  /// Calls every kernel by a copy that has the layouts of this call.
  void apply(ModuleOp module);

private:
  SymbolTable symbols;
  // Axis by axis the same, and in the same memory.
  llvm::EquivalenceClasses<void *> families, places;
  llvm::DenseSet<void *> convolved; // members, not leaders
  llvm::DenseSet<void *> fixed;
  llvm::DenseSet<void *> channelsLast, rowMajor; // by leaders

  static void *key(Value value) { return value.getAsOpaquePointer(); }
  static void tie(llvm::EquivalenceClasses<void *> &classes, Value a, Value b) {
    if (isTensor(a) && isTensor(b) && rankOf(a) == rankOf(b))
      classes.unionSets(key(a), key(b));
  }
  /// Images and channels are the same; whatever space is, channels may lie
  /// last.
  void tieSpaces(Value a, Value b) {
    if (rankOf(a) >= 3 && rankOf(b) >= 3 &&
        shapeOf(a).take_front(2) == shapeOf(b).take_front(2))
      families.unionSets(key(a), key(b));
  }
  void tieBoth(Value a, Value b) {
    tie(families, a, b);
    tie(places, a, b);
  }
  void addKernel(DefineOp define);
  void addProgram(ProgramOp program);
  void addCall(CallOp call);
  SmallVector<int64_t> layoutOf(Value value);
  SmallVector<int64_t> weightLayout(Value weight);
};

} // namespace

void LayoutPlan::addKernel(DefineOp define) {
  define.getBody().walk([&](Operation *op) {
    if (op->getNumResults() == 0)
      return;
    Value result = op->getResult(0);
    auto convolves = [&](ValueRange data) {
      for (Value value : data) {
        families.insert(key(value));
        convolved.insert(key(value));
      }
    };
    if (auto conv = dyn_cast<ConvOp>(op))
      return convolves({conv.getInput(), result});
    if (auto conv = dyn_cast<ConvGradInputOp>(op))
      return convolves({conv.getOutput(), result});
    if (auto conv = dyn_cast<ConvGradWeightOp>(op))
      return convolves({conv.getInput(), conv.getOutput()});
    if (isa<ReshapeOp>(op))
      return tieSpaces(op->getOperand(0), result);
    if (auto scatter = dyn_cast<ScatterAddOp>(op)) {
      tie(families, scatter.getBase(), result);
      return tieSpaces(scatter.getIndex(), result);
    }
    if (auto gather = dyn_cast<GatherOp>(op); gather && gather.takesElements())
      return tie(families, gather.getIndex(), result);
    if (auto slice = dyn_cast<DynamicSliceOp>(op))
      return tie(families, slice.getInput(), result);
    if (auto update = dyn_cast<DynamicUpdateSliceOp>(op)) {
      tie(families, update.getBase(), result);
      return tie(families, update.getUpdate(), result);
    }
    bool corresponds = op->hasTrait<ElementwiseTrait>() ||
                       isa<PadOp, SliceOp, ConcatOp, ReverseOp, WindowSumOp,
                           WindowArgMaxOp, CumsumOp>(op);
    if (corresponds)
      for (Value operand : op->getOperands())
        tie(families, operand, result);
  });
}

void LayoutPlan::addCall(CallOp call) {
  auto callee = symbols.lookup<DefineOp>(call.getCallee());
  for (auto [operand, argument] :
       llvm::zip_equal(call.getOperands(), callee.getBody().getArguments()))
    tie(families, operand, argument);
  for (auto [result, value] :
       llvm::zip_equal(call.getResults(), callee.getTerminator().getValues())) {
    tie(families, result, value);
    // It is recorded, or given.
    if (value.getDefiningOp<RandomOp>())
      fixed.insert(key(result));
  }
}

void LayoutPlan::addProgram(ProgramOp program) {
  for (Value argument : program.getBody().getArguments())
    fixed.insert(key(argument));
  program.walk([&](Operation *op) {
    if (auto call = dyn_cast<CallOp>(op))
      return addCall(call);
    if (auto loop = dyn_cast<RepeatOp>(op)) {
      Block &body = loop.getBody().front();
      for (auto [initial, argument, next, result] : llvm::zip_equal(
               loop.getInitial(), body.getArguments(),
               body.getTerminator()->getOperands(), loop.getResults()))
        for (Value other : {Value(argument), next, Value(result)})
          tieBoth(initial, other);
      return;
    }
    if (auto choice = dyn_cast<IfOp>(op)) {
      for (Region &region : choice->getRegions())
        for (auto [value, result] :
             llvm::zip_equal(region.front().getTerminator()->getOperands(),
                             choice.getResults()))
          tieBoth(value, result);
      return;
    }
    if (isa<YieldOp>(op) && !isa<ProgramOp>(op->getParentOp()))
      return;
    for (Value value :
         llvm::concat<Value>(SmallVector<Value>(op->getOperands()),
                             SmallVector<Value>(op->getResults())))
      fixed.insert(key(value));
  });
}

/// The last axis of a weight whose only uses are convolutions: features where
/// it is multiplied forward, channels where backward. None otherwise.
static std::optional<int64_t> columnAxis(Value weight) {
  std::optional<int64_t> axis;
  for (OpOperand &use : weight.getUses()) {
    Operation *user = use.getOwner();
    std::optional<int64_t> own;
    if (isa<ConvOp>(user) && use.getOperandNumber() == 1)
      own = 0;
    else if (isa<ConvGradInputOp>(user) && use.getOperandNumber() == 0)
      own = 1;
    else if (user->hasTrait<ElementwiseTrait>())
      own = columnAxis(user->getResult(0));
    if (!own || (axis && *axis != *own))
      return std::nullopt;
    axis = own;
  }
  return axis;
}

/// Space, then the summed axis, then the columns'; empty for row-major.
SmallVector<int64_t> LayoutPlan::weightLayout(Value weight) {
  int64_t rank = rankOf(weight);
  std::optional<int64_t> axis;
  for (OpOperand &use : weight.getUses()) {
    auto call = dyn_cast<CallOp>(use.getOwner());
    if (!call || rank < 3)
      return {};
    auto callee = symbols.lookup<DefineOp>(call.getCallee());
    auto own = columnAxis(callee.getBody().getArgument(use.getOperandNumber()));
    if (!own || (axis && *axis != *own))
      return {};
    axis = own;
  }
  if (!axis)
    return {};
  auto layout = llvm::to_vector(llvm::seq<int64_t>(2, rank));
  layout.push_back(1 - *axis);
  layout.push_back(*axis);
  return layout;
}

/// Outermost axis first; empty for row-major.
SmallVector<int64_t> LayoutPlan::layoutOf(Value value) {
  if (auto parameter = value.getDefiningOp<ParameterOp>()) {
    auto layout = parameter->getAttrOfType<DenseI64ArrayAttr>(kLayoutName);
    return layout ? SmallVector<int64_t>(layout.asArrayRef())
                  : SmallVector<int64_t>();
  }
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() < 3)
    return {};
  auto leader = [](llvm::EquivalenceClasses<void *> &classes, Value value) {
    return classes.getOrInsertLeaderValue(key(value));
  };
  if (!channelsLast.contains(leader(families, value)) ||
      rowMajor.contains(leader(places, value)))
    return {};
  // With one channel, or without space, the two are the same.
  if (type.getDimSize(1) == 1 ||
      llvm::all_of(type.getShape().drop_front(2),
                   [](int64_t extent) { return extent == 1; }))
    return {};
  SmallVector<int64_t> layout = {0};
  llvm::append_range(layout, llvm::seq<int64_t>(2, type.getRank()));
  layout.push_back(1);
  return layout;
}

void LayoutPlan::apply(ModuleOp module) {
  for (void *member : convolved)
    channelsLast.insert(families.getOrInsertLeaderValue(member));
  for (void *member : fixed)
    rowMajor.insert(places.getOrInsertLeaderValue(member));

  module.walk([&](ParameterOp parameter) {
    if (!parameter->getParentOfType<ProgramOp>())
      return;
    SmallVector<int64_t> layout = weightLayout(parameter);
    if (!layout.empty())
      parameter->setAttr(kLayoutName,
                         DenseI64ArrayAttr::get(module.getContext(), layout));
  });
  llvm::StringMap<FlatSymbolRefAttr> copies; // by callee and layouts
  module.walk([&](CallOp call) {
    SmallVector<SmallVector<int64_t>> arguments, results;
    for (Value operand : call.getOperands())
      arguments.push_back(layoutOf(operand));
    for (Value result : call.getResults()) {
      results.push_back(layoutOf(result));
      numLayouts += !results.back().empty();
    }
    std::string signature;
    llvm::raw_string_ostream stream(signature);
    stream << call.getCallee();
    for (ArrayRef<int64_t> layout :
         llvm::concat<SmallVector<int64_t>>(arguments, results)) {
      stream << '|';
      llvm::interleaveComma(layout, stream);
    }
    FlatSymbolRefAttr &callee = copies[signature];
    if (!callee) {
      auto copy =
          cast<DefineOp>(symbols.lookup<DefineOp>(call.getCallee())->clone());
      for (auto [index, layout] : llvm::enumerate(arguments))
        if (!layout.empty())
          copy.setArgumentLayout(index, layout);
      for (auto [index, layout] : llvm::enumerate(results))
        if (!layout.empty())
          copy.setResultLayout(index, layout);
      callee = FlatSymbolRefAttr::get(symbols.insert(copy));
    }
    call.setCalleeAttr(callee);
  });
  // The originals go where nobody calls them any more.
  numberKernels(module);
}

namespace {

class PlanLayoutPass final
    : public gan::kernel::impl::PlanLayoutPassBase<PlanLayoutPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    LayoutPlan plan(getOperation());
    plan.apply(getOperation());
    numLayouts = plan.numLayouts;
  }
};

} // namespace
