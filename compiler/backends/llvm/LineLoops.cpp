//===- LineLoops.cpp - kernels that go line by line -----------------------===//

#include "compiler/backends/llvm/LineLoops.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

static bool variesOverLanes(IndexRef index) {
  return llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
}

/// The kernel's result as memory of the root's shape.
static Buffer resultOf(KernelContext &context, mlir::Value root) {
  Buffer buffer = context.results[0];
  if (shapeOf(root) == shapeOf(context.kernel.getTerminator().getValues()[0]))
    return buffer;
  int64_t stride = 1;
  buffer.strides.resize(shapeOf(root).size());
  for (size_t axis = buffer.strides.size(); axis-- > 0;
       stride *= shapeOf(root)[axis])
    buffer.strides[axis] = stride;
  return buffer;
}

static void emitRunningSums(KernelContext &context, CumsumOp op, IndexRef start,
                            unsigned active) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  Buffer result = resultOf(context, op);
  int64_t dim = op.getDim();
  bool varies = variesOverLanes(start);
  llvm::Type *type = b.getFloatTy();
  Value *zero = llvm::Constant::getNullValue(varies ? b.toVector(type) : type);
  region.emitLoop(
      shapeOf(op)[dim], {zero},
      [&](const IndexExpression &position, ArrayRef<Value *> carried) {
        Index index(start);
        index[dim] = position;
        Value *next = region.emit(op.getInput(), index);
        Value *sum = b.CreateFAdd(carried[0], varies ? b.splat(next) : next);
        b.store(sum, result, result.offset(index), active);
        return Values{sum};
      });
}

static void emitScatter(KernelContext &context, ScatterAddOp op, IndexRef start,
                        unsigned active) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  Buffer result = resultOf(context, op);
  int64_t dim = op.getDim(), extent = shapeOf(op)[dim];
  Value *mask = active < kLanes ? b.prefixMask(active) : nullptr;
  region.emitLoop(extent, {},
                  [&](const IndexExpression &position, ArrayRef<Value *>) {
                    Index index(start);
                    index[dim] = position;
                    b.store(region.emit(op.getBase(), index), result,
                            result.offset(index), active);
                    return Values{};
                  });
  ArrayRef<int64_t> places = shapeOf(op.getIndex());
  int64_t count = 1;
  for (int64_t length : places)
    count *= length;
  region.emitLoop(
      count, {}, [&](const IndexExpression &position, ArrayRef<Value *>) {
        Index place = context.indices.delinearise(position, places);
        Value *chosen =
            b.CreateSExt(region.emit(op.getIndex(), place), b.getInt64Ty());
        // What lies outside goes nowhere.
        b.branch(b.CreateICmpULT(chosen, b.getInt64(extent)), [&] {
          RegionEmitter::Scope scope(region);
          Index from(start.take_front(dim)), to(start);
          from.append(place);
          from.append(start.begin() + dim + 1, start.end());
          to[dim] = context.indices.makeLoaded(extent, chosen, false);
          Value *operands[] = {b.load(result, result.offset(to), mask),
                               region.emit(op.getUpdates(), from)};
          b.unify(operands);
          b.store(b.CreateFAdd(operands[0], operands[1]), result,
                  result.offset(to), active);
        });
        return Values{};
      });
}

std::optional<Lines> gan::codegen::findLines(kernel::DefineOp kernel) {
  if (kernel.isBatched() || kernel.getResultTypes().size() != 1)
    return std::nullopt;
  mlir::Value root = kernel.getTerminator().getValues()[0];
  SmallVector<int64_t> layout = kernel.getResultLayout(0);
  while (auto reshape = root.getDefiningOp<ReshapeOp>()) {
    if (!llvm::is_sorted(layout))
      return std::nullopt;
    root = reshape.getInput();
    layout = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(root).size()));
  }
  mlir::Operation *op = root.getDefiningOp();
  if (!llvm::isa_and_nonnull<CumsumOp, ScatterAddOp>(op))
    return std::nullopt;
  int64_t dim = op->getAttrOfType<mlir::IntegerAttr>("dim").getInt();
  Lines lines;
  lines.walk.shape = llvm::to_vector(shapeOf(root));
  lines.walk.shape[dim] = 1;
  lines.walk.layout = layout;
  lines.body = [op](KernelContext &context, IndexRef index, unsigned active) {
    RegionEmitter::MaskScope scope(
        context.region,
        active < kLanes ? context.b.prefixMask(active) : nullptr);
    if (auto sum = llvm::dyn_cast<CumsumOp>(op))
      emitRunningSums(context, sum, index, active);
    else
      emitScatter(context, llvm::cast<ScatterAddOp>(op), index, active);
  };
  return lines;
}
