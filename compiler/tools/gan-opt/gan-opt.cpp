//===- gan-opt.cpp - mlir-opt with ganc's dialects and passes -------------===//

#include "compiler/conversions/GameToGan/Passes.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/game/IR/GameDialect.h"
#include "dialects/game/Transforms/Passes.h"
#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/IR/KernelDialect.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<gan::GanDialect, gan::game::GameDialect,
                  gan::kernel::KernelDialect, mlir::arith::ArithDialect,
                  mlir::func::FuncDialect, mlir::math::MathDialect>();
  mlir::registerTransformsPasses();
  gan::registerGanPasses();
  gan::registerGameToGanPasses();
  gan::game::registerGanGamePasses();
  gan::registerGanToKernelPasses();
  gan::kernel::registerGanKernelPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "optimiser of ganc\n", registry));
}
