//===- JoinCalls.cpp - equal updates of many tensors run as one batch -----===//
//
//  1. A kernel can be batched if its region is element-wise on tensors of one
//     shape, reads scalars through broadcasts and numbers as splats: it does
//     not care for the shape. Its form is the region on tensor<?x…>.
//  2. Calls of kernels of one form with the same scalars are joined, in program
//     order, where none needs another's result. Joined are updates (calls that
//     read state) and calls of small tensors: a large tensor that would
//     have to be kept until the others are there costs more than a launch.
//  3. The block is put into an order in which the batches can run.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/kernel/Transforms/DependenceGraph.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/NumberKernels.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_JOINCALLSPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// Tensors below this are worth joining though they update no state.
constexpr uint64_t kSmallBytes = 1 << 16;

/// A kernel as it looks on tensors of any length.
struct Form {
  DefineOp define;                       // null: the kernel cannot be batched
  SmallVector<unsigned> columns, shared; // arguments of the kernel
};

class Batcher {
public:
  explicit Batcher(ModuleOp module) : symbols(module) {}

  unsigned numBatches = 0;

  void join(Block &block);

private:
  SymbolTable symbols;
  DenseMap<Operation *, Form> forms;      // by kernel
  llvm::StringMap<DefineOp> definedForms; // by text

  const Form &formOf(DefineOp kernel);
  DefineOp buildForm(DefineOp kernel, Form &form);
  void emit(MutableArrayRef<CallOp> calls);
};

/// Whether the region does not care for the shape of its tensors.
bool isShapeless(DefineOp kernel) {
  if (kernel.isBatched() || kernel.getResultTypes().empty())
    return false;
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(kernel.getResultTypes()[0]).getShape();
  auto fits = [&](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.getRank() == 0 || tensor.getShape() == shape;
  };
  if (shape.empty() || !llvm::all_of(kernel.getArgumentTypes(), fits))
    return false;
  for (Type type : kernel.getResultTypes())
    if (cast<RankedTensorType>(type).getShape() != shape)
      return false;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (!llvm::all_of(op.getResultTypes(), fits))
      return false;
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      if (!cast<ElementsAttr>(constant.getValue()).isSplat())
        return false;
    } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
      if (cast<RankedTensorType>(broadcast.getInput().getType()).getRank())
        return false;
    } else if (!op.hasTrait<ElementwiseTrait>()) {
      return false;
    }
  }
  return true;
}

/// The kernel's region on tensor<?x…>, columns before shared scalars.
DefineOp Batcher::buildForm(DefineOp kernel, Form &form) {
  MLIRContext *context = kernel.getContext();
  OpBuilder builder(context);
  auto flat = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.getRank() == 0
               ? tensor
               : RankedTensorType::get({ShapedType::kDynamic},
                                       tensor.getElementType());
  };
  for (auto [index, type] : llvm::enumerate(kernel.getArgumentTypes()))
    (cast<RankedTensorType>(type).getRank() ? form.columns : form.shared)
        .push_back(index);

  OperationState state(kernel.getLoc(), DefineOp::getOperationName());
  Block *body = builder.createBlock(state.addRegion());
  IRMapping mapping;
  for (unsigned index : llvm::concat<unsigned>(form.columns, form.shared)) {
    BlockArgument old = kernel.getBody().getArgument(index);
    mapping.map(old, body->addArgument(flat(old.getType()), old.getLoc()));
  }
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    if (type.getRank() && isa<ConstantOp, BroadcastOp>(op)) {
      // A number that every element reads.
      Value number;
      if (auto constant = dyn_cast<ConstantOp>(op)) {
        auto splat = cast<DenseElementsAttr>(constant.getValue())
                         .getSplatValue<Attribute>();
        auto scalar = RankedTensorType::get({}, type.getElementType());
        number = ConstantOp::create(
            builder, op.getLoc(), scalar,
            cast<ElementsAttr>(DenseElementsAttr::get(scalar, splat)));
      } else {
        number = mapping.lookup(op.getOperand(0));
      }
      mapping.map(op.getResult(0),
                  BroadcastOp::create(builder, op.getLoc(), flat(type), number,
                                      ArrayRef<int64_t>{0}));
      continue;
    }
    Operation *copy = builder.clone(op, mapping);
    copy->getResult(0).setType(cast<RankedTensorType>(flat(type)));
  }
  SmallVector<Value> results;
  for (Value value : kernel.getTerminator().getValues())
    results.push_back(mapping.lookup(value));
  kernel::ReturnOp::create(builder, kernel.getLoc(), results);

  auto type = FunctionType::get(context, body->getArgumentTypes(),
                                TypeRange(ValueRange(results)));
  state.addAttribute("sym_name", builder.getStringAttr("batch"));
  state.addAttribute("function_type", TypeAttr::get(type));
  state.addAttribute("columns", builder.getI64IntegerAttr(form.columns.size()));
  return cast<DefineOp>(Operation::create(state));
}

const Form &Batcher::formOf(DefineOp kernel) {
  auto [it, isNew] = forms.try_emplace(kernel);
  Form &form = it->second;
  if (!isNew || !isShapeless(kernel))
    return form;
  DefineOp define = buildForm(kernel, form);
  std::string text;
  llvm::raw_string_ostream(text) << define;
  auto [known, isNewForm] = definedForms.try_emplace(text, define);
  if (isNewForm)
    symbols.insert(define);
  else
    define->erase();
  form.define = known->second;
  return form;
}

/// Whether the call reads a tensor of the last step or iteration.
bool isUpdate(CallOp call) {
  auto isState = [](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && (isa<RepeatOp>(argument.getOwner()->getParentOp()) ||
                        !cast<ProgramOp>(argument.getOwner()->getParentOp())
                             .getArgumentState(argument.getArgNumber())
                             .empty());
  };
  return llvm::any_of(call.getOperands(), isState);
}

/// Replaces calls of one form by a batch.
void Batcher::emit(MutableArrayRef<CallOp> calls) {
  const Form &first = formOf(symbols.lookup<DefineOp>(calls[0].getCallee()));
  DefineOp define = first.define;
  SmallVector<Value> rows, shared, results;
  SmallVector<Type> types;
  for (unsigned index : first.shared)
    shared.push_back(calls[0].getOperands()[index]);
  for (CallOp call : calls) {
    const Form &form = formOf(symbols.lookup<DefineOp>(call.getCallee()));
    for (unsigned index : form.columns)
      rows.push_back(call.getOperands()[index]);
    llvm::append_range(types, call.getResultTypes());
    llvm::append_range(results, call.getResults());
  }
  OpBuilder builder(calls.back());
  auto batch = BatchOp::create(builder, calls.back().getLoc(), types,
                               define.getSymName(), rows, shared,
                               /*backend=*/StringAttr(),
                               /*workspace=*/IntegerAttr());
  for (auto [old, result] : llvm::zip(results, batch.getResults()))
    old.replaceAllUsesWith(result);
  for (CallOp call : calls)
    call.erase();
  ++numBatches;
}

void Batcher::join(Block &block) {
  for (Operation &op : block)
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        join(inner);

  struct Group {
    unsigned node;
    SmallVector<CallOp> calls;
  };
  BlockGraph order(block, symbols);
  // By form and scalars.
  std::map<std::pair<Operation *, SmallVector<void *>>, SmallVector<Group>>
      groups;
  SmallVector<SmallVector<Group> *> inOrder;
  for (auto call : block.getOps<CallOp>()) {
    const Form &form = formOf(symbols.lookup<DefineOp>(call.getCallee()));
    if (!form.define)
      continue;
    uint64_t bytes = 0;
    for (Type type : call.getResultTypes())
      bytes += bytesOf(type);
    if (bytes > kSmallBytes && !isUpdate(call))
      continue;
    SmallVector<void *> scalars;
    for (unsigned index : form.shared)
      scalars.push_back(call.getOperands()[index].getAsOpaquePointer());
    auto [it, isNew] = groups.try_emplace({form.define, scalars});
    if (isNew)
      inOrder.push_back(&it->second);
    unsigned node = order.indexOf.lookup(call);
    Group *group = llvm::find_if(it->second, [&](const Group &group) {
      return !order.graph.reaches(group.node, node) &&
             !order.graph.reaches(node, group.node) &&
             order.graph.merge(group.node, node);
    });
    if (group == it->second.end())
      it->second.push_back({node, {call}});
    else {
      group->node = node;
      group->calls.push_back(call);
    }
  }
  order.reorder();
  for (SmallVector<Group> *list : inOrder)
    for (Group &group : *list)
      if (group.calls.size() > 1)
        emit(group.calls);
}

class JoinCallsPass final
    : public gan::kernel::impl::JoinCallsPassBase<JoinCallsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    Batcher batcher(getOperation());
    for (auto program : getOperation().getOps<ProgramOp>())
      batcher.join(program.getBody().front());
    numBatches = batcher.numBatches;
    numberKernels(getOperation());
  }
};

} // namespace
