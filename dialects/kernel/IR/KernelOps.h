//===- KernelOps.h - kernels, their calls and their places ----------------===//

#ifndef DIALECTS_KERNEL_IR_KERNELOPS_H
#define DIALECTS_KERNEL_IR_KERNELOPS_H

#include "dialects/gan/IR/GanOps.h"
#include "dialects/kernel/IR/KernelDialect.h"

#include "dialects/kernel/IR/KernelEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/kernel/IR/KernelAttrs.h.inc"

namespace gan::kernel {
class ReturnOp;

// Names of the attributes that the plan writes.
inline constexpr llvm::StringLiteral kLayoutName = "kernel.layout";
inline constexpr llvm::StringLiteral kPlacesName = "kernel.places";
inline constexpr llvm::StringLiteral kArgumentPlacesName =
    "kernel.argument_places";
inline constexpr llvm::StringLiteral kArenaBytesName = "kernel.arena_bytes";
inline constexpr llvm::StringLiteral kStateBytesName = "kernel.state_bytes";
inline constexpr llvm::StringLiteral kConstantBytesName =
    "kernel.constant_bytes";
inline constexpr llvm::StringLiteral kDevicesName = "kernel.devices";
inline constexpr llvm::StringLiteral kDeviceBackendsName =
    "kernel.device_backends";
inline constexpr llvm::StringLiteral kDeviceBlockName =
    "kernel.device_block_bytes";
} // namespace gan::kernel

#define GET_OP_CLASSES
#include "dialects/kernel/IR/KernelOps.h.inc"

namespace gan::kernel {
/// A copy of a batched kernel for rows of one length, which the caller
/// destroys.
DefineOp cloneForRows(DefineOp kernel, int64_t length);
} // namespace gan::kernel

#endif // DIALECTS_KERNEL_IR_KERNELOPS_H
