//===- KernelCost.h - kinds of operations, and what a kernel costs --------===//
//
// The numbers that fusion, the plan and its table share. Arithmetic counts as
// in the literature: a multiplication and an addition are 2; functions count
// what their polynomials cost in vector code.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_KERNELCOST_H
#define DIALECTS_KERNEL_TRANSFORMS_KERNELCOST_H

#include "dialects/kernel/IR/KernelOps.h"

namespace gan::kernel {

/// Moves or makes elements, so that any of its elements can be computed alone
/// for little: shape operations, constants, iota, dynamic slices, a gather
/// whose index is made of these.
bool movesElements(mlir::Operation *op);

/// Neither element-wise nor moving elements: may be a kernel's root only.
bool isRoot(mlir::Operation *op);

/// conv, conv_grad_input, conv_grad_weight, dot.
bool isContraction(mlir::Operation *op);

/// A filter or window of constant, small support that keeps channels apart.
bool isStencil(mlir::Operation *op);

/// Whether stencils follow each other in a kernel, or something that moves
/// elements follows one: the kernel has no single root.
bool isChain(DefineOp kernel);

/// Arithmetic of one element of the result; 0 for roots.
double flopPerElement(mlir::Operation *op);

/// Arithmetic of all elements.
double flopOf(mlir::Operation *op);

/// In memory: i1 is one byte. An axis of unknown length counts as one element.
uint64_t bytesOf(mlir::Type type);
int64_t elementsOf(mlir::Type type);

struct KernelCost {
  double flop = 0;
  double bytes = 0; // every argument and result once
};
/// Of one call; of one element of a row for a batched kernel.
KernelCost costOf(DefineOp kernel);
/// Of a kernel.call or kernel.batch; zero for anything else.
KernelCost costOfCall(mlir::Operation *call, DefineOp callee);

/// The operation that a kernel is named after: its root, or the last of its
/// body if nothing else is one. Null in an empty body.
mlir::Operation *rootOf(DefineOp kernel);

/// Whether result `result` may lie in the place of argument `argument`: every
/// element of any result reads that element of the argument and no other.
bool mayOverwrite(DefineOp kernel, unsigned result, unsigned argument);

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_KERNELCOST_H
