//===- GanDialect.h - the gan dialect -------------------------------------===//

#ifndef DIALECTS_GAN_IR_GANDIALECT_H
#define DIALECTS_GAN_IR_GANDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialects/gan/IR/GanDialect.h.inc"

#endif // DIALECTS_GAN_IR_GANDIALECT_H
