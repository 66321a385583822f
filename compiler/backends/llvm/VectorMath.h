//===- VectorMath.h - transcendental functions as polynomials -------------===//
//
// Every function takes a float or a vector of floats and emits straight-line
// code without calls. Largest errors, found by running through all floats
// (`tests`):
//   exp 1.1 ulp, log 1 ulp, log1p, softplus, tanh, logistic, erf, sin, cos 2
//   ulp, pow 1 ulp (through double precision).
// NaN, infinities, zeros of both signs and subnormals are those of IEEE.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_VECTORMATH_H
#define COMPILER_BACKENDS_LLVM_VECTORMATH_H

#include "compiler/backends/llvm/VectorBuilder.h"

namespace gan::codegen {

llvm::Value *emitExp(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitLog(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitLog1p(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitTanh(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitLogistic(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitSoftplus(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitSine(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitCosine(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitErf(VectorBuilder &b, llvm::Value *x);
llvm::Value *emitPower(VectorBuilder &b, llvm::Value *x, double exponent);

/// The float of a draw, from the element's row-major index in its tensor; the
/// operations of ganrt/random.h, one by one.
llvm::Value *emitRandom(VectorBuilder &b, RandomOp op, llvm::Value *element,
                        llvm::ArrayRef<llvm::Value *> key);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_VECTORMATH_H
