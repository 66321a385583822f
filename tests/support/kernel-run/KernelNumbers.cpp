//===- KernelNumbers.cpp - inputs of kernels, and what they should give ---===//

#include "tests/support/kernel-run/KernelNumbers.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace gan;
using namespace gan::testing;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace cl = llvm::cl;
static cl::opt<double> tolerance(
    "tolerance", cl::init(1e-5),
    cl::desc(
        "error relative to the number plus the tensor's root mean square"));
static cl::opt<double> relative("relative", cl::init(0),
                                cl::desc("error relative to the number alone"));

static std::optional<int64_t> indexBound(mlir::Value argument) {
  for (mlir::OpOperand &use : argument.getUses()) {
    if (auto gather = llvm::dyn_cast<GatherOp>(use.getOwner()))
      return llvm::cast<mlir::RankedTensorType>(gather.getInput().getType())
          .getDimSize(gather.getDim());
    if (auto scatter = llvm::dyn_cast<ScatterAddOp>(use.getOwner()))
      return llvm::cast<mlir::RankedTensorType>(scatter.getType())
          .getDimSize(scatter.getDim());
  }
  return std::nullopt;
}

void KernelNumbers::fill(kernel::DefineOp kernel, unsigned argument,
                         Memory &memory) {
  mlir::Type element = memory.type.getElementType();
  double low = element.isF32() ? -2 : element.isInteger(1) ? 0 : -3;
  double high = element.isF32() ? 2 : element.isInteger(1) ? 1 : 3;
  if (auto bound = indexBound(kernel.getBody().getArgument(argument))) {
    low = 0;
    high = *bound - 1;
  }
  if (auto given =
          kernel.getArgAttrOfType<mlir::FloatAttr>(argument, "test.low"))
    low = given.getValueAsDouble();
  if (auto given =
          kernel.getArgAttrOfType<mlir::FloatAttr>(argument, "test.high"))
    high = given.getValueAsDouble();
  bool special = bool(kernel.getArgAttr(argument, "test.special"));
  const double specials[] = {0.0, -0.0,  INFINITY, -INFINITY,
                             NAN, 1e-40, -1e-40};
  std::uniform_real_distribution<double> real(low, high);
  std::uniform_int_distribution<int64_t> whole(low, high);
  memory.visit([&](int64_t, char *place) {
    double value = element.isF32() ? real(random) : whole(random);
    if (special && random() % 5 == 0)
      value = specials[random() % std::size(specials)];
    memory.put(place, value);
  });
}

bool gan::testing::agreesWithInterpreter(kernel::DefineOp kernel,
                                         ArrayRef<Memory *> arguments,
                                         ArrayRef<Memory *> results,
                                         bool showsErrors) {
  SmallVector<reference::Tensor> inputs;
  for (Memory *memory : arguments)
    inputs.push_back(memory->toTensor());
  reference::Host host;
  auto expected =
      reference::Interpreter(host).runRegion(kernel.getBody(), inputs);
  if (failed(expected))
    return false;
  bool fine = true;
  for (size_t i = 0; i < results.size(); ++i) {
    reference::Tensor got = results[i]->toTensor();
    const reference::Tensor &want = (*expected)[i];
    double squares = 0, count = 0;
    for (double value : want.values)
      if (std::isfinite(value)) {
        squares += value * value;
        ++count;
      }
    double scale = count ? std::sqrt(squares / count) : 0;
    double worst = 0;
    int64_t place = 0;
    for (int64_t e = 0; e < want.size(); ++e) {
      double x = got.values[e], y = want.values[e];
      // What overflows f32 is infinity there.
      if (std::fabs(y) > 3.4028236e38)
        y = std::copysign(INFINITY, y);
      double error = std::fabs(x - y) /
                     (relative ? std::fabs(y) + 1e-38 : std::fabs(y) + scale);
      if (x == y || (std::isnan(x) && std::isnan(y)))
        error = 0;
      else if (!std::isfinite(x) || !std::isfinite(y))
        error = INFINITY;
      if (error > worst) {
        worst = error;
        place = e;
      }
    }
    double bound = relative ? relative : tolerance;
    if (worst > bound) {
      llvm::outs() << llvm::format(
          "  result %zu element %lld: expected %.9g, got %.9g (error %.3g)\n",
          i, (long long)place, want.values[place], got.values[place], worst);
      fine = false;
    } else if (showsErrors || relative) {
      llvm::outs() << llvm::format("  largest error %.2g\n", worst);
    }
  }
  return fine;
}
