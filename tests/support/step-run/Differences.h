//===- Differences.h - gradients of a step against finite differences -----===//
//
// Every gradient that a program takes, those inside objectives too: a step is
// run once as it is, and again with what the gradient is taken by moved a
// little, all draws and all that is stopped being as before. So former
// parameters, lets and other players stay as they are, as the rules of
// differentiation in docs/game-language.md say.
//
// What is moved is marked before differentiation, by adding a stopped zero.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_STEP_RUN_DIFFERENCES_H
#define TESTS_SUPPORT_STEP_RUN_DIFFERENCES_H

#include "dialects/gan/Reference/Interpreter.h"
#include <random>

namespace gan::testing {

class Differences {
public:
  /// Marks the gradients of a program that is not differentiated yet. What lies
  /// behind a `gan.reverse_gradient` gets no slope of a function: left out.
  void mark(ProgramOp program);

  /// The step's program, in the interpreter, as often as it is called.
  using Step = llvm::function_ref<llvm::LogicalResult(reference::Host &)>;

  /// Compares one step; `step` starts at the same state and draws each time.
  llvm::LogicalResult check(const reference::Host &host, Step step);

  /// Whether all that was marked did run, and how well it agreed.
  llvm::LogicalResult finish(mlir::Operation *root);

private:
  struct Source {
    StopOp zero;
    /// Names of the records of the value and of its gradient by this.
    std::string value, gradient;
    mlir::Location loc;
    bool hasRun = false;
  };
  using Instances = llvm::SmallVector<reference::Tensor>;
  using Records = llvm::StringMap<Instances>;

  StopOp markSource(mlir::Value value);
  llvm::FailureOr<Records> run(const reference::Host &host, Step step,
                               const Source *moved, double distance,
                               const reference::Tensor &direction);
  llvm::LogicalResult compare(const reference::Host &host, Step step,
                              Source &source, const Records &here);

  llvm::SmallVector<Source> sources;
  llvm::DenseMap<mlir::Value, StopOp> marked;
  /// What every gan.stop gave, in order.
  std::vector<reference::Tensor> stopped;
  /// The same directions in every run.
  std::mt19937 engine;
  unsigned gradients = 0, skipped = 0, count = 0;
  double worst = 0;
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_STEP_RUN_DIFFERENCES_H
