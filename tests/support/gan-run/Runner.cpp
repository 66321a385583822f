//===- Runner.cpp - the runners by name -----------------------------------===//

#include "tests/support/gan-run/Runner.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;

Tensor gan::testing::parameterValue(ParameterOp op) {
  auto name = static_cast<uint32_t>(llvm::xxh3_64bits(op.getName()));
  return reference::drawRandom(
      Distribution::uniform, {name, 0, 0, 0}, 0, 0.5, 1.5,
      cast<RankedTensorType>(op.getResult().getType()).getShape());
}

RunnerFactory gan::testing::findRunner(StringRef backend) {
  if (backend == "reference")
    return createReferenceRunner;
  return compiledRunner(backend);
}

namespace {
class ReferenceRunner : public Runner {
public:
  // Expected numbers are written with few digits, literals of f32 are rounded.
  double tolerance() const override { return 1e-6; }

  FailureOr<Results> run(func::FuncOp function,
                         ArrayRef<Tensor> arguments) override {
    reference::Host host;
    host.parameter = parameterValue;
    return reference::Interpreter(host).call(function, arguments);
  }
};
} // namespace

FailureOr<std::unique_ptr<Runner>>
gan::testing::createReferenceRunner(ModuleOp) {
  return std::unique_ptr<Runner>(std::make_unique<ReferenceRunner>());
}
