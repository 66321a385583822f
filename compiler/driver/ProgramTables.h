//===- ProgramTables.h - programs as instructions -------------------------===//

#ifndef COMPILER_DRIVER_PROGRAMTABLES_H
#define COMPILER_DRIVER_PROGRAMTABLES_H

#include "dialects/kernel/IR/KernelOps.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "ganrt/abi.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include <map>
#include <vector>

namespace gan {

/// A list of names with the order in which they were first asked for.
class NameTable {
public:
  uint32_t indexOf(llvm::StringRef name);
  llvm::ArrayRef<std::string> getNames() const { return names; }

private:
  std::vector<std::string> names;
};

/// A function of the artefact before it is constant data.
struct FunctionTable {
  gan::ProgramOp program;
  std::string name;
  std::vector<ganrt_instruction> instructions;
};

/// A batch's rows of places and its chunks.
struct BatchTable {
  uint32_t firstPlace, rows, columns;
  std::vector<ganrt_batch_chunk> chunks;
  uint32_t kernel;
  std::vector<int64_t> rowElements; // of each row's results
};

/// A tensor with a name, for draws and records.
struct NamedTensor {
  std::string name;
  mlir::RankedTensorType type;
};

/// Flattens the programs of a planned module; the tables are shared by all.
class ProgramTables {
public:
  explicit ProgramTables(mlir::ModuleOp module);
  mlir::LogicalResult addProgram(gan::ProgramOp program);

  std::vector<FunctionTable> functions;
  std::vector<ganrt_place> places;
  std::vector<BatchTable> tables;
  std::vector<ganrt_expression> expressions;
  std::vector<ganrt_expression_code> codes;
  std::vector<kernel::DefineOp> kernels;
  std::vector<int64_t> kernelWorkspaces;
  std::vector<kernel::KernelCost> kernelCosts; // of one call, the largest
  std::vector<NamedTensor> draws, records;
  NameTable players, reports, streams, options;
  int32_t blockCount = 0;
  uint32_t heldCount = 0;

private:
  using Instructions = std::vector<ganrt_instruction>;

  mlir::LogicalResult emitBlock(mlir::Block &block, Instructions &out);
  mlir::LogicalResult emit(mlir::Operation &op, Instructions &out);
  mlir::LogicalResult emitCall(kernel::CallOp call, Instructions &out);
  mlir::LogicalResult emitBatch(kernel::BatchOp batch, Instructions &out);
  mlir::LogicalResult emitIf(gan::IfOp op, Instructions &out);
  void emitDrawn(kernel::DefineOp define, mlir::ValueRange results,
                 Instructions &out);

  uint32_t addPlace(mlir::Value value);
  uint32_t addPlaces(mlir::ValueRange values);
  ganrt_place placeOf(mlir::Value value);
  uint32_t addKernel(mlir::Operation *call, llvm::StringRef name,
                     int64_t workspace);
  mlir::FailureOr<uint32_t> addExpression(mlir::Value value);
  mlir::LogicalResult emitExpression(mlir::Value value);
  void addHeld(mlir::Value value, ganrt_instruction instruction,
               Instructions &out);
  uint32_t addNamed(std::vector<NamedTensor> &list, llvm::StringRef name,
                    mlir::Type type);

  mlir::SymbolTable symbols;
  llvm::DenseMap<mlir::Operation *, uint32_t> kernelIndices;
  /// Host numbers of the function at hand that are read where they stand.
  llvm::DenseMap<mlir::Value, uint32_t> held;
};

} // namespace gan

#endif // COMPILER_DRIVER_PROGRAMTABLES_H
