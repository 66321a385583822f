//===- KernelOps.cpp - kernels and their calls ----------------------------===//

#include "dialects/kernel/IR/KernelOps.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

//===----------------------------------------------------------------------===//
// define
//===----------------------------------------------------------------------===//

ParseResult DefineOp::parse(OpAsmParser &parser, OperationState &result) {
  auto build = [](Builder &builder, ArrayRef<Type> inputs,
                  ArrayRef<Type> results, function_interface_impl::VariadicFlag,
                  std::string &) {
    return builder.getFunctionType(inputs, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), build,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void DefineOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

kernel::ReturnOp DefineOp::getTerminator() {
  return cast<kernel::ReturnOp>(getBody().front().getTerminator());
}

static SmallVector<int64_t> layoutOr(DenseI64ArrayAttr layout, Type type) {
  if (layout)
    return SmallVector<int64_t>(layout.asArrayRef());
  return llvm::to_vector(
      llvm::seq<int64_t>(0, cast<RankedTensorType>(type).getRank()));
}

SmallVector<int64_t> DefineOp::getArgumentLayout(unsigned index) {
  return layoutOr(getArgAttrOfType<DenseI64ArrayAttr>(index, kLayoutName),
                  getArgumentTypes()[index]);
}
SmallVector<int64_t> DefineOp::getResultLayout(unsigned index) {
  return layoutOr(getResultAttrOfType<DenseI64ArrayAttr>(index, kLayoutName),
                  getResultTypes()[index]);
}
void DefineOp::setArgumentLayout(unsigned index, ArrayRef<int64_t> layout) {
  setArgAttr(index, kLayoutName, DenseI64ArrayAttr::get(getContext(), layout));
}
void DefineOp::setResultLayout(unsigned index, ArrayRef<int64_t> layout) {
  setResultAttr(index, kLayoutName,
                DenseI64ArrayAttr::get(getContext(), layout));
}

LogicalResult DefineOp::verify() {
  for (Operation &op : getBody().front().without_terminator())
    if (!op.hasTrait<PrimitiveTrait>())
      return op.emitOpError()
             << "expected only gan primitives in a kernel (C1)";
  if (getTerminator().getValues().getTypes() != TypeRange(getResultTypes()))
    return emitOpError() << "expected kernel.return of the result types ("
                         << getResultTypes() << ") (C1)";
  auto checkShape = [&](TypeRange types) -> LogicalResult {
    for (Type type : types)
      if (!isBatched() && !cast<RankedTensorType>(type).hasStaticShape())
        return emitOpError()
               << "expected shapes without ? in a kernel that is not "
                  "batched (C2), got "
               << type;
    return success();
  };
  if (failed(checkShape(getArgumentTypes())) ||
      failed(checkShape(getResultTypes())))
    return failure();
  if (isBatched() && (static_cast<int64_t>(*getColumns()) < 0 ||
                      *getColumns() > getArgumentTypes().size()))
    return emitOpError() << "expected at most " << getArgumentTypes().size()
                         << " columns (C2), got " << *getColumns();
  auto checkLayout = [&](SmallVector<int64_t> layout,
                         Type type) -> LogicalResult {
    llvm::sort(layout);
    if (!llvm::equal(layout, llvm::seq<int64_t>(
                                 0, cast<RankedTensorType>(type).getRank())))
      return emitOpError() << "expected a layout that permutes the axes of "
                           << type << " (C3)";
    return success();
  };
  for (auto [index, type] : llvm::enumerate(getArgumentTypes()))
    if (failed(checkLayout(getArgumentLayout(index), type)))
      return failure();
  for (auto [index, type] : llvm::enumerate(getResultTypes()))
    if (failed(checkLayout(getResultLayout(index), type)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// call, batch
//===----------------------------------------------------------------------===//

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<DefineOp>(*this, getCalleeAttr());
  if (!callee || callee.isBatched())
    return emitOpError() << "expected '" << getCallee()
                         << "' to be a kernel without columns (C1)";
  if (getOperands().getTypes() != TypeRange(callee.getArgumentTypes()) ||
      getResultTypes() != TypeRange(callee.getResultTypes()))
    return emitOpError() << "expected the types of '" << getCallee() << "', "
                         << callee.getFunctionType() << " (C1)";
  return success();
}

LogicalResult BatchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<DefineOp>(*this, getCalleeAttr());
  if (!callee || !callee.isBatched())
    return emitOpError() << "expected '" << getCallee()
                         << "' to be a kernel with columns (C1)";
  size_t columns = *callee.getColumns();
  if (getShared().getTypes() !=
      TypeRange(callee.getArgumentTypes().drop_front(columns)))
    return emitOpError() << "expected shared operands of the kernel's last "
                            "argument types (C1)";
  size_t results = callee.getResultTypes().size();
  size_t rows = results ? getResults().size() / results : 0;
  if (rows == 0 || rows * results != getResults().size() ||
      rows * columns != getRowOperands().size())
    return emitOpError() << "expected rows of " << columns << " operands and "
                         << results << " results (C2), got "
                         << getRowOperands().size() << " and "
                         << getResults().size();
  for (size_t row = 0; row < rows; ++row) {
    auto fits = [&](Value value, Type expected) {
      auto type = cast<RankedTensorType>(value.getType());
      auto first =
          cast<RankedTensorType>(getResults()[row * results].getType());
      return type.getNumElements() == first.getNumElements() &&
             type.getElementType() ==
                 cast<RankedTensorType>(expected).getElementType();
    };
    for (size_t column = 0; column < columns; ++column)
      if (!fits(getRowOperands()[row * columns + column],
                callee.getArgumentTypes()[column]))
        return emitOpError()
               << "expected tensors of one size in row " << row << " (C3)";
    for (size_t column = 0; column < results; ++column)
      if (!fits(getResults()[row * results + column],
                callee.getResultTypes()[column]))
        return emitOpError()
               << "expected results of one size in row " << row << " (C3)";
  }
  return success();
}

DefineOp kernel::cloneForRows(DefineOp kernel, int64_t length) {
  DefineOp copy = kernel.clone();
  auto fix = [&](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    if (!type.hasStaticShape())
      value.setType(type.clone(ArrayRef<int64_t>{length}));
  };
  copy.walk([&](Operation *op) {
    for (Value value : op->getResults())
      fix(value);
  });
  for (Value argument : copy.getBody().getArguments())
    fix(argument);
  return copy;
}

#define GET_OP_CLASSES
#include "dialects/kernel/IR/KernelOps.cpp.inc"
