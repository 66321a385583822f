//===- StepBuilder.h - statements in text order become one pure region ----===//

#ifndef COMPILER_CONVERSIONS_GAMETOGAN_STEPBUILDER_H
#define COMPILER_CONVERSIONS_GAMETOGAN_STEPBUILDER_H

#include "compiler/conversions/GameToGan/Optimiser.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

namespace gan {

/// Builds the programs of a game. The environment says which value every state
/// has at the place that is being built; text order becomes data flow by it.
class StepBuilder {
public:
  explicit StepBuilder(mlir::ModuleOp module);

  mlir::LogicalResult buildStep(game::StepOp step);
  mlir::LogicalResult buildStart(game::StartOp start);
  mlir::LogicalResult buildShow(game::ShowOp show);
  mlir::LogicalResult buildFolded(game::FoldedOp folded);

private:
  using Names = llvm::SmallVector<mlir::StringAttr>;

  /// A buffer that an application may still advance.
  struct PendingBuffer {
    mlir::StringAttr name;
    int64_t application;
    mlir::Value before; // the buffer when the application ran
    mlir::Value after;
  };

  /// An update whose gradients are taken and whose parameters are not yet
  /// changed.
  struct PreparedUpdate {
    game::UpdateOp op;
    Names parameters;
    llvm::SmallVector<mlir::Value> gradients;
    llvm::SmallVector<PendingBuffer> buffers;
  };

  // Programs.
  gan::ProgramOp beginProgram(mlir::Location loc, llvm::StringRef name);
  void makeSharedKeys(mlir::Operation *root);
  void finishProgram(gan::ProgramOp program, mlir::ValueRange outputs,
                     llvm::ArrayRef<mlir::Attribute> outputNames);

  // Statements.
  mlir::FailureOr<mlir::Value> stateHere(game::ReadOp read);
  mlir::LogicalResult emitBlock(mlir::Block &block);
  mlir::LogicalResult emitStatements(mlir::Block &block);
  mlir::LogicalResult emitStatement(mlir::Operation &op);
  mlir::LogicalResult emitDraw(game::DrawOp draw);
  mlir::LogicalResult emitRepeat(game::RepeatOp repeat);
  mlir::LogicalResult emitLoop(mlir::Operation *loop, mlir::Value count,
                               const Names &carried);
  mlir::LogicalResult emitAccumulate(game::AccumulateOp accumulate);
  mlir::LogicalResult emitWhen(game::WhenOp when);
  mlir::LogicalResult emitTogether(game::TogetherOp together);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  evaluateSchedule(mlir::Block &block);
  mlir::LogicalResult emitAverages();

  // Updates.
  mlir::LogicalResult emitUpdates(mlir::ArrayRef<game::UpdateOp> updates);
  mlir::FailureOr<PreparedUpdate> prepareUpdate(game::UpdateOp update);
  void advanceBuffers(llvm::ArrayRef<PendingBuffer> buffers);
  mlir::LogicalResult applyUpdate(PreparedUpdate &update);
  std::string reportName(llvm::StringRef player);
  mlir::LogicalResult checkCurrent(game::UpdateOp update, mlir::Value objective,
                                   const Names &parameters);
  mlir::LogicalResult collectBuffers(game::UpdateOp update,
                                     mlir::Value objective,
                                     const Names &parameters,
                                     PreparedUpdate &prepared);

  // State.
  void declareMoments();
  Names parametersOf(game::PlayerOp player);
  void addShared(llvm::StringRef network, llvm::StringRef pattern,
                 Names &names);
  /// What a player keeps beside a parameter: a moment, or while an accumulation
  /// runs, "sum".
  mlir::StringAttr momentName(game::PlayerOp player, mlir::StringAttr parameter,
                              llvm::StringRef moment);
  Names changedIn(mlir::Block &block);
  void assign(mlir::StringAttr name, mlir::Value value, mlir::Location loc);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  mlir::OpBuilder builder;
  mlir::IRMapping mapping;
  llvm::MapVector<mlir::StringAttr, gan::StateOp> states;
  llvm::MapVector<mlir::StringAttr, mlir::Value> environment;

  struct Change {
    mlir::StringAttr state;
    mlir::Location loc;
  };
  llvm::DenseMap<mlir::Value, Change> stale; // values that were a state's once
  llvm::SmallVector<PendingBuffer> pendingBuffers;
  llvm::StringMap<unsigned> objectives; // statements so far, by player
  /// Updates of the accumulation that is being built; null outside of one.
  llvm::SmallVector<PreparedUpdate> *accumulated = nullptr;

  mlir::Value blockKey;                         // of the innermost block
  llvm::SmallVector<mlir::Value, 3> sharedKeys; // by scope: step, run
  int32_t nextBlock = 0;
};

} // namespace gan

#endif // COMPILER_CONVERSIONS_GAMETOGAN_STEPBUILDER_H
