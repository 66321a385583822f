//===- Runner.h - something that runs functions of a module ---------------===//
//
// `gan-run` asks a runner for numbers. Every backend of the registry has one.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_GAN_RUN_RUNNER_H
#define TESTS_SUPPORT_GAN_RUN_RUNNER_H

#include "dialects/gan/Reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>
#include <memory>

namespace gan::testing {

using reference::Results;
using reference::Tensor;

class Runner {
public:
  virtual ~Runner() = default;

  /// How far its numbers may be from the exact ones, relative to 1, to the
  /// exact number or to the root mean square of its tensor, whichever is
  /// largest.
  virtual double tolerance() const = 0;

  /// Runs a function of the module with tensors of its argument types. Booleans
  /// and integers are numbers here, as in the reference interpreter.
  virtual llvm::FailureOr<Results> run(mlir::func::FuncOp function,
                                       llvm::ArrayRef<Tensor> arguments) = 0;
};

/// Makes the module ready to run (it may be rewritten), or explains why it
/// cannot. The module holds no gan.grad.
using RunnerFactory = std::function<llvm::FailureOr<std::unique_ptr<Runner>>(
    mlir::ModuleOp module)>;

/// The parameter of a network: uniform in [0.5, 1.5), keyed by its name, so
/// that it may also be a variance.
Tensor parameterValue(ParameterOp op);

/// The runner of a backend, or null for an unknown name.
RunnerFactory findRunner(llvm::StringRef backend);

llvm::FailureOr<std::unique_ptr<Runner>>
createReferenceRunner(mlir::ModuleOp module);
RunnerFactory compiledRunner(llvm::StringRef backend);

} // namespace gan::testing

#endif // TESTS_SUPPORT_GAN_RUN_RUNNER_H
