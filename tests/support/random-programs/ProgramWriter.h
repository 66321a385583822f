//===- ProgramWriter.h - random programs with state, loops and branches ---===//

#ifndef TESTS_SUPPORT_RANDOM_PROGRAMS_PROGRAMWRITER_H
#define TESTS_SUPPORT_RANDOM_PROGRAMS_PROGRAMWRITER_H

#include "dialects/gan/IR/TensorBuilder.h"
#include "mlir/IR/BuiltinOps.h"
#include <random>

namespace gan::testing {

/// Writes a module with states `s0`, `s1`, … and a program `step` with an input
/// of 4 x 6 numbers; the same one for the same seed. Values stay small, and all
/// operations are primitives, any that has a sample among them. With
/// derivatives there are no loops and branches, and the new states are first
/// and second derivatives by the old ones.
class ProgramWriter {
public:
  ProgramWriter(mlir::MLIRContext &context, unsigned seed)
      : engine(seed), builder(&context) {}

  mlir::OwningOpRef<mlir::ModuleOp> write(bool withDerivatives = false);

private:
  std::mt19937 engine;
  mlir::OpBuilder builder;
  std::optional<TensorBuilder> b;
  mlir::Location loc = builder.getUnknownLoc();
  llvm::SmallVector<mlir::Value> pool;
  unsigned numReports = 0;

  int64_t below(int64_t n) { return engine() % n; }
  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }
  mlir::Value any() { return pool[below(pool.size())]; }
  /// A value of `shape`, made from any other if there is none.
  mlir::Value anyOf(llvm::ArrayRef<int64_t> shape) {
    llvm::SmallVector<mlir::Value> fitting;
    for (mlir::Value value : pool)
      if (tensorType(value).getShape() == shape)
        fitting.push_back(value);
    if (!fitting.empty() && below(8))
      return fitting[below(fitting.size())];
    mlir::Value sum = b->sumAll(b->tanh(any()));
    return shape.empty() ? sum : b->splat(sum, shape);
  }

  mlir::Value elementwise(mlir::Value x);
  mlir::Value moved(mlir::Value x);
  mlir::Value pattern(llvm::ArrayRef<int64_t> shape);
  mlir::Value indices(int64_t count, int64_t bound);
  llvm::SmallVector<mlir::Value> derivatives(mlir::ValueRange arguments);
  mlir::Value convolved(mlir::Value x);
  mlir::Value reduced(mlir::Value x);
  mlir::Value sampled();
  void addOperations(unsigned count, unsigned depth);
  void addLoop(unsigned depth);
  void addBranch(unsigned depth);
};

/// The shapes of its states.
llvm::ArrayRef<llvm::SmallVector<int64_t>> randomProgramShapes();

} // namespace gan::testing

#endif // TESTS_SUPPORT_RANDOM_PROGRAMS_PROGRAMWRITER_H
