//===- gan-opt.cpp - mlir-opt with ganc's dialects and passes -------------===//

#include "compiler/conversions/GameToGan/Passes.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "compiler/tools/Dialects.h"
#include "dialects/game/Transforms/Passes.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gan::registerDialects(registry);
  mlir::registerTransformsPasses();
  gan::registerGanPasses();
  gan::registerGameToGanPasses();
  gan::game::registerGanGamePasses();
  gan::registerGanToKernelPasses();
  gan::kernel::registerGanKernelPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "optimiser of ganc\n", registry));
}
