//===- RowDependence.cpp - where the rows of a batch are in a value -------===//
//
//  1. For each primitive, `follow` says where the axis of rows of one operand
//     is in the results; a composite is what its expansion is.
//  2. Rows of several operands must meet in one axis, or they mix.
//  3. Of a constant every axis is followed that rows could have; where rows
//  meet
//     one along which it differs, they mix.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/RowDependence.h"
#include "dialects/gan/IR/NetworkAttributes.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "llvm/ADT/TypeSwitch.h"
#include <numeric>

using namespace mlir;
using namespace gan;

using Axis = std::optional<RowAxis>;

//===----------------------------------------------------------------------===//
// One axis through one primitive
//===----------------------------------------------------------------------===//

static int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// The axis in a shape of the same elements: there, as here, elements at the
/// distance `inner` times the stride are of the next row.
static Axis reshaped(ArrayRef<int64_t> from, ArrayRef<int64_t> to, RowAxis axis,
                     int64_t batch) {
  if (product(from) == 0)
    return std::nullopt;
  int64_t distance = axis.inner * product(from.drop_front(axis.dim + 1));
  auto at = [&](int64_t dim) -> Axis {
    int64_t stride = product(to.drop_front(dim + 1));
    int64_t inner = distance / stride;
    if (distance % stride != 0 || to[dim] % (inner * batch) != 0)
      return std::nullopt;
    return RowAxis{dim, inner};
  };
  // With one row every axis would do: rather none that moves.
  auto rank = static_cast<int64_t>(to.size());
  if (axis.dim < rank)
    if (Axis same = at(axis.dim))
      return same;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (Axis other = at(dim))
      return other;
  return std::nullopt;
}

static Axis without(ArrayRef<int64_t> dims, RowAxis axis) {
  if (llvm::is_contained(dims, axis.dim))
    return std::nullopt;
  int64_t before =
      llvm::count_if(dims, [&](int64_t dim) { return dim < axis.dim; });
  return RowAxis{axis.dim - before, axis.inner};
}

static Axis broadcasted(ArrayRef<int64_t> dims, RowAxis axis) {
  int64_t dim = axis.dim;
  for (int64_t added : dims) // in increasing order
    dim += added <= dim;
  return RowAxis{dim, axis.inner};
}

static Axis contracted(DotOp op, bool isLeft, RowAxis axis) {
  auto batch = isLeft ? op.getLhsBatch() : op.getRhsBatch();
  auto contract = isLeft ? op.getLhsContract() : op.getRhsContract();
  const auto *paired = llvm::find(batch, axis.dim);
  if (paired != batch.end())
    return RowAxis{paired - batch.begin(), axis.inner};
  if (llvm::is_contained(contract, axis.dim))
    return std::nullopt;
  SmallVector<int64_t> bound(batch);
  llvm::append_range(bound, contract);
  Axis free = without(bound, axis);
  free->dim += static_cast<int64_t>(batch.size());
  if (!isLeft)
    free->dim += tensorType(op.getLhs()).getRank() -
                 static_cast<int64_t>(batch.size() + contract.size());
  return free;
}

/// From an axis of channels to the other one, if groups keep rows apart.
static Axis grouped(RowAxis axis, int64_t from, int64_t to, int64_t groups,
                    int64_t batch) {
  if (axis.inner * batch != from || groups % batch != 0)
    return std::nullopt;
  return RowAxis{1, to / batch};
}

/// Where the rows of operand `index` are in the results; none if they mix.
static Axis follow(Operation *op, unsigned index, RowAxis axis, int64_t batch) {
  auto type = tensorType(op->getOperand(index));
  int64_t dim = axis.dim;
  auto kept = [&](bool holds) { return holds ? Axis(axis) : std::nullopt; };
  return llvm::TypeSwitch<Operation *, Axis>(op)
      .Case([&](ReshapeOp op) {
        return reshaped(type.getShape(), op.getType().getShape(), axis, batch);
      })
      .Case([&](TransposeOp op) {
        auto permutation = op.getPermutation();
        return RowAxis{llvm::find(permutation, dim) - permutation.begin(),
                       axis.inner};
      })
      .Case([&](ReverseOp op) {
        return kept(!llvm::is_contained(op.getDims(), dim));
      })
      .Case([&](BroadcastOp op) { return broadcasted(op.getDims(), axis); })
      .Case<ConcatOp, CumsumOp>([&](auto op) {
        return kept(static_cast<int64_t>(op.getDim()) != dim);
      })
      .Case([&](SliceOp op) {
        return kept(op.getStart()[dim] == 0 && op.getStride()[dim] == 1 &&
                    op.getStop()[dim] == type.getDimSize(dim));
      })
      .Case([&](PadOp op) {
        return kept(op.getLow()[dim] == 0 && op.getHigh()[dim] == 0 &&
                    op.getInterior()[dim] == 0);
      })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp>(
          [&](auto op) { return without(op.getDims(), axis); })
      .Case<ArgMaxOp, ArgMinOp>([&](auto op) {
        return without({static_cast<int64_t>(op.getDim())}, axis);
      })
      .Case([&](SortOp op) {
        return kept(static_cast<int64_t>(op.getDim()) != dim);
      })
      .Case([&](WindowArgMaxOp op) {
        int64_t windows = op.getWindow().size();
        return kept(dim < type.getRank() - windows);
      })
      .Case<DynamicSliceOp, DynamicUpdateSliceOp>([&](auto op) {
        // The last axis of the starts counts the sliced ones.
        ArrayRef<int64_t> starts = tensorType(op.getStart()).getShape();
        int64_t sliced =
            op->getOperand(index) == op.getStart() ? 1 : starts.back();
        return kept(dim < type.getRank() - sliced);
      })
      .Case([&](WindowSumOp op) {
        return kept(op.getWindow()[dim] == 1 && op.getStride()[dim] == 1);
      })
      .Case([&](GatherOp op) -> Axis {
        auto chosen = static_cast<int64_t>(op.getDim());
        auto shared = static_cast<int64_t>(op.getBatch());
        if (index == 1)
          return RowAxis{dim < shared ? dim : dim - shared + chosen,
                         axis.inner};
        if (dim == chosen)
          return std::nullopt;
        int64_t added = tensorType(op.getIndex()).getRank() - shared - 1;
        return RowAxis{dim < chosen ? dim : dim + added, axis.inner};
      })
      .Case([&](ScatterAddOp op) -> Axis {
        auto chosen = static_cast<int64_t>(op.getDim());
        auto shared = static_cast<int64_t>(op.getBatch());
        int64_t rank = tensorType(op.getIndex()).getRank() - shared;
        if (index == 0 || dim < shared)
          return axis;
        if (index == 1 || (dim >= chosen && dim < chosen + rank))
          return std::nullopt;
        return RowAxis{dim < chosen ? dim : dim - rank + 1, axis.inner};
      })
      .Case([&](DotOp op) { return contracted(op, index == 0, axis); })
      .Case([&](ConvOp op) -> Axis {
        int64_t channels = op.getType().getDimSize(1);
        if (index == 0 && dim == 1)
          return grouped(axis, type.getDimSize(1), channels,
                         op.getGeometry().getGroups(), batch);
        if (dim != 0)
          return std::nullopt;
        return index == 0 ? axis : RowAxis{1, axis.inner};
      })
      .Case([&](ConvGradInputOp op) -> Axis {
        if (index == 1 && dim == 0)
          return axis;
        if (dim != (index == 0 ? 0 : 1)) // the axis of output channels
          return std::nullopt;
        return grouped(axis, type.getDimSize(dim), op.getType().getDimSize(1),
                       op.getGeometry().getGroups(), batch);
      })
      .Case([&](DropoutOp) { return axis; })
      .Default([&](Operation *op) {
        return kept(op->hasTrait<ElementwiseTrait>());
      });
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Every axis that rows could have in a tensor.
static SmallVector<RowAxis, 0> axesOf(Type type, int64_t batch) {
  SmallVector<RowAxis, 0> axes;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || batch < 2) // one row has one place
    return axes;
  for (auto [dim, size] : llvm::enumerate(tensor.getShape())) {
    int64_t most = size % batch == 0 ? size / batch : 0;
    for (int64_t inner = 1; inner * inner <= most; ++inner)
      if (most % inner == 0) {
        axes.push_back({static_cast<int64_t>(dim), inner});
        if (inner * inner != most)
          axes.push_back({static_cast<int64_t>(dim), most / inner});
      }
  }
  return axes;
}

/// Whether an element differs from the one at the same place of row 0.
static bool differs(ElementsAttr value, RowAxis axis, int64_t batch) {
  auto elements = dyn_cast<DenseElementsAttr>(value);
  if (!elements)
    return true;
  if (elements.isSplat())
    return false;
  ArrayRef<int64_t> shape = elements.getType().getShape();
  int64_t distance = product(shape.drop_front(axis.dim + 1)) * axis.inner;
  auto values = elements.getValues<Attribute>();
  for (int64_t i = 0, e = values.size(); i < e; ++i)
    if (values[i] != values[i - i / distance % batch * distance])
      return true;
  return false;
}

/// Whether a result that depends on no row differs along `axis`: if an operand
/// does along the axis that becomes this one, or if none becomes it.
bool RowDependence::varies(Operation *op, RowAxis axis) const {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return differs(constant.getValue(), axis, batch);
  if (auto iota = dyn_cast<IotaOp>(op))
    return static_cast<int64_t>(iota.getDim()) == axis.dim;
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    if (llvm::is_contained(broadcast.getDims(), axis.dim))
      return false;
  bool isFound = false;
  for (OpOperand &operand : op->getOpOperands())
    for (RowAxis before : axesOf(operand.get().getType(), batch))
      if (follow(op, operand.getOperandNumber(), before, batch) == axis) {
        isFound = true;
        if (llvm::is_contained(of(operand.get()).places, before))
          return true;
      }
  return !isFound;
}

void RowDependence::setConstant(Value value) {
  set(value, {.places = axesOf(value.getType(), batch)});
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Rows RowDependence::afterPrimitive(Operation *op) const {
  Rows result;
  // What a region captures is no operand.
  if (op->getNumRegions() != 0 || op->hasAttr(kFromCountName))
    return {.depends = true, .mixes = true};
  for (OpOperand &operand : op->getOpOperands()) {
    Rows before = of(operand.get());
    if (!before.depends)
      continue;
    result.depends = true;
    result.mixes |= before.mixes;
    result.byPlace |= before.byPlace;
    if (!before.axis)
      continue;
    Axis axis = follow(op, operand.getOperandNumber(), *before.axis, batch);
    if (!axis || (result.axis && !(*result.axis == *axis)))
      result.mixes = true;
    else
      result.axis = axis;
  }
  if (!result.depends) {
    if (op->getNumResults() != 0)
      for (RowAxis axis : axesOf(op->getResult(0).getType(), batch))
        if (varies(op, axis))
          result.places.push_back(axis);
    return result;
  }
  for (OpOperand &operand : op->getOpOperands())
    for (RowAxis place : of(operand.get()).places)
      if (result.axis &&
          follow(op, operand.getOperandNumber(), place, batch) == result.axis)
        result.mixes = result.byPlace = true;
  return result;
}

void RowDependence::visitComposite(Operation *op) {
  Block scratch;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&scratch);
  SmallVector<Value> values = cast<CompositeOpInterface>(op).expand(builder);
  for (Operation &part : scratch)
    visit(&part);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), values))
    set(result, of(value));
  for (Operation &part : scratch)
    for (Value value : part.getResults())
      rows.erase(value); // another value may get its address
}

void RowDependence::visit(Operation *op) {
  bool depends = llvm::any_of(op->getOperands(),
                              [&](Value value) { return of(value).depends; });
  bool isPossible = depends || batch > 1; // one row has one place
  if (isPossible && isa<CompositeOpInterface>(op) &&
      !op->hasAttr(kFromCountName))
    return visitComposite(op);
  Rows after = afterPrimitive(op);
  for (Value result : op->getResults())
    set(result, after);
}

bool RowDependence::isBatched(Value value) const {
  Rows known = of(value);
  return known.axis == RowAxis{0} && tensorType(value).getDimSize(0) == batch;
}
