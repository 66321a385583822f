//===- Dialects.h - what the tools that read .mlir can read ---------------===//

#ifndef COMPILER_TOOLS_DIALECTS_H
#define COMPILER_TOOLS_DIALECTS_H

#include "dialects/game/IR/GameDialect.h"
#include "dialects/gan/IR/GanDialect.h"
#include "dialects/kernel/IR/KernelDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace gan {

/// Our dialects, and those of MLIR that dumps and tests contain.
inline void registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<GanDialect, game::GameDialect, kernel::KernelDialect,
                  mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::math::MathDialect>();
}

} // namespace gan

#endif // COMPILER_TOOLS_DIALECTS_H
