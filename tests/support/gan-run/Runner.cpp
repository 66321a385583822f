//===- Runner.cpp - the runners by name -----------------------------------===//

#include "tests/support/gan-run/Runner.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace gan::testing;

RunnerFactory gan::testing::findRunner(StringRef backend) {
  return llvm::StringSwitch<RunnerFactory>(backend)
      .Case("reference", createReferenceRunner)
      .Default(nullptr);
}

namespace {
class ReferenceRunner : public Runner {
public:
  // Expected numbers are written with few digits, literals of f32 are rounded.
  double tolerance() const override { return 1e-6; }

  FailureOr<Results> run(func::FuncOp function,
                         ArrayRef<Tensor> arguments) override {
    gan::reference::Host host;
    return gan::reference::Interpreter(host).call(function, arguments);
  }
};
} // namespace

FailureOr<std::unique_ptr<Runner>>
gan::testing::createReferenceRunner(ModuleOp) {
  return std::unique_ptr<Runner>(std::make_unique<ReferenceRunner>());
}
