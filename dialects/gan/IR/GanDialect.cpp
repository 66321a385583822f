//===- GanDialect.cpp - registration, attributes, constants ---------------===//

#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/IR/GanOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gan;

#include "dialects/gan/IR/GanDialect.cpp.inc"
#include "dialects/gan/IR/GanEnums.cpp.inc"
#include "dialects/gan/IR/GanInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/gan/IR/GanAttrs.cpp.inc"

void GanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/gan/IR/GanAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/gan/IR/GanOps.cpp.inc"
      >();
}

Operation *GanDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getShapedType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

LogicalResult GeometryAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   ArrayRef<int64_t> stride,
                                   ArrayRef<int64_t> dilation,
                                   ArrayRef<int64_t> low,
                                   ArrayRef<int64_t> high, int64_t groups) {
  size_t axes = stride.size();
  if (dilation.size() != axes || low.size() != axes || high.size() != axes)
    return emitError() << "geometry expected one number per space axis (C1)";
  auto positive = [](int64_t n) { return n > 0 && n < (int64_t(1) << 31); };
  auto natural = [](int64_t n) { return n >= 0 && n < (int64_t(1) << 31); };
  if (!llvm::all_of(stride, positive) || !llvm::all_of(dilation, positive) ||
      !positive(groups))
    return emitError()
           << "geometry expected positive stride, dilation and groups (C2)";
  if (!llvm::all_of(low, natural) || !llvm::all_of(high, natural))
    return emitError() << "geometry expected low and high not negative (C2)";
  return success();
}
