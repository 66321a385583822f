//===- Differences.cpp - gradients of a step against finite differences ---===//

#include "tests/support/step-run/Differences.h"
#include "compiler/conversions/GameToGan/DifferentiatedPath.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using reference::Host;
using reference::Tensor;

//===----------------------------------------------------------------------===//
// Marks
//===----------------------------------------------------------------------===//

StopOp Differences::markSource(Value value) {
  StopOp &zero = marked[value];
  if (zero)
    return zero;
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  TensorBuilder b(builder, value.getLoc());
  zero =
      StopOp::create(builder, b.loc, value.getType(), b.constantLike(value, 0));
  Value moved = b.add(value, zero);
  value.replaceAllUsesExcept(moved, moved.getDefiningOp());
  marked[moved] = zero;
  return zero;
}

static bool passesReversal(Value value, Value source) {
  DifferentiatedPath path(value, source);
  return llvm::any_of(path.getOperations(),
                      [](Operation *op) { return isa<ReverseGradientOp>(op); });
}

void Differences::mark(ProgramOp program) {
  SmallVector<GradOp> grads;
  program.walk([&](GradOp grad) { grads.push_back(grad); });
  for (GradOp grad : grads) {
    std::string name = "difference/" + std::to_string(gradients++);
    OpBuilder builder(grad);
    builder.setInsertionPointAfter(grad);
    RecordOp::create(builder, grad.getLoc(), name, grad.getValue());
    for (size_t i = 0; i < grad.getWrt().size(); ++i) {
      if (passesReversal(grad.getValue(), grad.getWrt()[i])) {
        ++skipped;
        continue;
      }
      std::string own = name + "/" + std::to_string(i);
      RecordOp::create(builder, grad.getLoc(), own, grad.getGradients()[i]);
      sources.push_back(
          {markSource(grad.getWrt()[i]), name, own, grad.getLoc()});
    }
  }
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

FailureOr<Differences::Records> Differences::run(const Host &host, Step step,
                                                 const Source *moved,
                                                 double distance,
                                                 const Tensor &direction) {
  Host own = host;
  Records records;
  own.record = [&](StringRef name, const Tensor &tensor) {
    records[name].push_back(tensor);
  };
  own.report = [](StringRef, double) {};
  size_t next = 0;
  own.stop = [&](StopOp stop, const Tensor &value) {
    if (!moved)
      return stopped.emplace_back(value);
    Tensor before = stopped[next++];
    if (stop == moved->zero)
      for (int64_t i = 0; i < before.size(); ++i)
        before.values[i] = distance * direction.values[i];
    return before;
  };
  if (failed(step(own)))
    return failure();
  return records;
}

static double sumOf(const Tensor &tensor) {
  double sum = 0;
  for (double value : tensor.values)
    sum += value;
  return sum;
}

LogicalResult Differences::compare(const Host &host, Step step, Source &source,
                                   const Records &here) {
  Instances gradients = here.lookup(source.gradient);
  if (gradients.empty())
    return success();
  source.hasRun = true;
  Tensor direction(gradients[0].shape);
  std::normal_distribution<double> normal;
  for (double &value : direction.values)
    value = normal(engine);
  SmallVector<double> got(gradients.size(), 0), error(gradients.size());
  SmallVector<double> scale(gradients.size(), 0);
  for (size_t instance = 0; instance < gradients.size(); ++instance)
    for (int64_t i = 0; i < direction.size(); ++i) {
      double term = gradients[instance].values[i] * direction.values[i];
      got[instance] += term;
      scale[instance] += term * term;
    }
  // What one step loses to curvature or rounding, another one does not.
  for (double distance : {1e-5, 1e-4, 1e-6}) {
    auto ahead = run(host, step, &source, distance, direction);
    auto behind = run(host, step, &source, -distance, direction);
    if (failed(ahead) || failed(behind))
      return failure();
    bool agree = true;
    for (size_t instance = 0; instance < gradients.size(); ++instance) {
      const Tensor &a = (*ahead)[source.value][instance];
      double want = (sumOf(a) - sumOf((*behind)[source.value][instance])) /
                    (2 * distance);
      double size = std::sqrt(scale[instance]) + std::fabs(want) +
                    1e-4 * std::fabs(sumOf(a));
      error[instance] = std::fabs(got[instance] - want) / std::fmax(size, 1e-9);
      agree &= error[instance] <= 1e-6;
    }
    if (agree) {
      count += gradients.size();
      for (double value : error)
        worst = std::fmax(worst, value);
      return success();
    }
  }
  size_t instance = llvm::max_element(error) - error.begin();
  return emitError(source.loc)
         << "gradient " << source.gradient << ", instance " << instance
         << ": expected the slope of differences, got "
         << std::to_string(got[instance]) << " with a relative error of "
         << std::to_string(error[instance]);
}

LogicalResult Differences::check(const Host &host, Step step) {
  stopped.clear();
  auto here = run(host, step, nullptr, 0, Tensor());
  if (failed(here))
    return failure();
  LogicalResult result = success();
  for (Source &source : sources)
    if (failed(compare(host, step, source, *here)))
      result = failure();
  return result;
}

LogicalResult Differences::finish(Operation *root) {
  for (const Source &source : sources)
    if (!source.hasRun)
      return emitError(source.loc)
             << "gradient " << source.gradient << " is taken in no step";
  llvm::outs() << gradients << " gradients by " << sources.size() << " values, "
               << count << " slopes, worst difference "
               << llvm::format("%.2g", worst);
  if (skipped)
    llvm::outs() << ", " << skipped
                 << " values behind reverse_gradient left out";
  llvm::outs() << "\n";
  if (count == 0)
    return root->emitError() << "takes no gradient";
  return success();
}
