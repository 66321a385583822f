//===- Interpreter.h - the reference interpreter --------------------------===//
//
// Runs a function, a network, a program, or any region of gan operations in
// float64. It is the oracle: it shares only the operations' definitions with
// the passes and backends that it judges. Composites are evaluated by their
// expansion. Not rounded to f32: neither tensors nor `gan.to_tensor`.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_REFERENCE_INTERPRETER_H
#define DIALECTS_GAN_REFERENCE_INTERPRETER_H

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace gan::reference {

/// The world around a program: what the runtime is to a compiled one. Every
/// callback may be missing; an operation that needs a missing one is an error.
struct Host {
  uint64_t seed = 0;
  /// Finished steps; `finishStep` advances it.
  uint64_t step = 0;
  /// Samples drawn from the first data stream, and how many that stream has.
  uint64_t images = 0;
  double streamSize = 1;

  std::function<Tensor(llvm::StringRef stream, mlir::RankedTensorType)>
      drawData;
  std::function<double(llvm::StringRef name)> option;
  /// The bytes of a blob as a tensor.
  std::function<Tensor(BlobAttr, mlir::RankedTensorType)> weights;
  /// The current value of a network's parameter or buffer; without it, the
  /// numbers of its blob.
  std::function<Tensor(ParameterOp)> parameter;
  /// May give the value of a draw in place of the generator's.
  std::function<std::optional<Tensor>(RandomOp, const Key &)> givenDraw;
  /// What a `gan.stop` gives in place of its operand: what it gave before,
  /// where differences are taken.
  std::function<Tensor(StopOp, const Tensor &)> stop;
  /// What an operation of another dialect on tensors gives: the call of a
  /// kernel, where compiled ones are to be judged.
  std::function<llvm::FailureOr<Results>(mlir::Operation *, Operands)> foreign;
  std::function<void(llvm::StringRef name, double value)> report;
  std::function<void(llvm::StringRef name, const Tensor &)> record;
  /// A network's `gan.update_buffer`.
  std::function<void(llvm::StringRef name, const Tensor &)> updateBuffer;

  llvm::StringMap<double> updateCounts;
  /// Instances of every block that have run in this step.
  llvm::DenseMap<int32_t, uint32_t> iterations;
  /// The stream that `images` counts: the first one drawn.
  std::string firstStream;

  void finishStep() {
    ++step;
    iterations.clear();
  }
};

/// The state block of a module, by name.
using State = llvm::StringMap<Tensor>;

class Interpreter {
public:
  explicit Interpreter(Host &host) : host(host) {}

  /// Runs a `func.func` or `gan.network`.
  llvm::FailureOr<Results> call(mlir::FunctionOpInterface function,
                                llvm::ArrayRef<Tensor> arguments);

  /// Runs a region's block by itself and returns the operands of its
  /// terminator. It may not use values from outside.
  llvm::FailureOr<Results> runRegion(mlir::Region &region,
                                     llvm::ArrayRef<Tensor> arguments);

  /// Runs a program: takes state from `state` and `inputs` in order, writes new
  /// state back, and returns the outputs in order.
  llvm::FailureOr<Results> runProgram(ProgramOp program, State &state,
                                      llvm::ArrayRef<Tensor> inputs);

  /// The start of everything that the module's `gan.state` declare.
  llvm::FailureOr<State> startState(mlir::ModuleOp module);

private:
  /// The numbers of all live values; tensors may be shared between names.
  struct Environment {
    llvm::DenseMap<mlir::Value, std::shared_ptr<const Tensor>> tensors;
    llvm::DenseMap<mlir::Value, double> scalars;
  };

  llvm::LogicalResult runBlock(mlir::Block &block, Environment &environment);
  llvm::LogicalResult runOperation(mlir::Operation *op,
                                   Environment &environment);
  llvm::LogicalResult runRepeat(RepeatOp op, Environment &environment);
  llvm::LogicalResult runIf(IfOp op, Environment &environment);
  llvm::LogicalResult runCall(mlir::CallOpInterface op,
                              Environment &environment);
  llvm::LogicalResult runComposite(CompositeOpInterface op,
                                   Environment &environment);
  /// Clocks, keys, data, reports. False: not one of them.
  llvm::FailureOr<bool> runHostOperation(mlir::Operation *op,
                                         Environment &environment);

  Host &host;
};

/// Evaluates one operation of arith or math on host numbers (f64, i64, i1), or
/// fails silently when it knows no such operation.
llvm::FailureOr<double> evaluateScalar(mlir::Operation *op,
                                       llvm::ArrayRef<double> operands);

} // namespace gan::reference

#endif // DIALECTS_GAN_REFERENCE_INTERPRETER_H
