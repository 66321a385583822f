//===- KernelDialect.h - the kernel dialect -------------------------------===//

#ifndef DIALECTS_KERNEL_IR_KERNELDIALECT_H
#define DIALECTS_KERNEL_IR_KERNELDIALECT_H

#include "dialects/gan/IR/GanDialect.h"
#include "mlir/IR/Dialect.h"

#include "dialects/kernel/IR/KernelDialect.h.inc"

#endif // DIALECTS_KERNEL_IR_KERNELDIALECT_H
