//===- failing-ganc.cpp - ganc with a pass that fails ---------------------===//
//
// failing-ganc fail|crash PHASE ARGUMENT…: ganc, and behind the passes of PHASE
// one that fails or crashes.
// failing-ganc opt ARGUMENT…: gan-opt with that pass.
// failing-ganc guard FILE: a crash where FILE is to be left behind.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Reproducer.h"
#include "dialects/game/IR/GameOps.h"
#include "dialects/gan/IR/GanOps.h"
#include "dialects/kernel/IR/KernelOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include <csignal>

using namespace mlir;

namespace {

struct FailPass : public PassWrapper<FailPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FailPass)

  FailPass() = default;
  FailPass(const FailPass &other) : PassWrapper(other) {}
  explicit FailPass(bool crashes) { crash = crashes; }

  StringRef getArgument() const override { return "test-fail"; }
  StringRef getDescription() const override { return "fails or crashes"; }
  void runOnOperation() override {
    if (crash)
      std::raise(SIGSEGV);
    signalPassFailure();
  }

  Option<bool> crash{*this, "crash", llvm::cl::desc("instead of failing"),
                     llvm::cl::init(false)};
};

} // namespace

int main(int argc, char **argv) {
  if (argc < 3)
    return 1;
  StringRef mode = argv[1];
  PassRegistration<FailPass>();
  if (mode == "opt") {
    DialectRegistry registry;
    registry.insert<gan::GanDialect, gan::game::GameDialect,
                    gan::kernel::KernelDialect, arith::ArithDialect,
                    math::MathDialect>();
    argv[1] = argv[0];
    return asMainReturnCode(
        MlirOptMain(argc - 1, argv + 1, "gan-opt that fails\n", registry));
  }
  if (mode == "guard") {
    gan::CrashGuard guard(argv[2], "what failed\n", "a sentence\n");
    std::raise(SIGSEGV);
  }
  auto wanted = gan::phaseOf(argv[2]);
  gan::Options options;
  options.addPasses = [&](gan::Phase phase, OpPassManager &passes) {
    if (phase == wanted)
      passes.addPass(std::make_unique<FailPass>(mode == "crash"));
  };
  argv[2] = argv[0];
  return gan::runGanc(argc - 2, argv + 2, options);
}
