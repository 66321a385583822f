//===- GanAttrs.h - attributes and enums of the gan dialect ---------------===//

#ifndef DIALECTS_GAN_IR_GANATTRS_H
#define DIALECTS_GAN_IR_GANATTRS_H

#include "mlir/IR/BuiltinAttributes.h"

#include "dialects/gan/IR/GanEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/gan/IR/GanAttrs.h.inc"

#endif // DIALECTS_GAN_IR_GANATTRS_H
