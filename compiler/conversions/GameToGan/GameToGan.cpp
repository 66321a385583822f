//===- GameToGan.cpp - turn the step and the views of a game into programs ===//
//
//  1. Build @step, one program per view, one for the start of a run and one per
//     written network that needs it (StepBuilder).
//  2. Erase the statements and the moments that no update reaches.
// Holds afterwards: no statement of the game dialect is left, its declarations
// are.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GameToGan/Passes.h"
#include "compiler/conversions/GameToGan/StepBuilder.h"
#include "llvm/ADT/StringSet.h"

#define DEBUG_TYPE "convert-game-to-gan"

namespace gan {
#define GEN_PASS_DEF_CONVERTGAMETOGAN
#include "compiler/conversions/GameToGan/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

namespace {

struct ConvertGameToGanPass
    : public gan::impl::ConvertGameToGanBase<ConvertGameToGanPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    StepBuilder programs(module);
    for (auto step :
         llvm::make_early_inc_range(module.getOps<game::StepOp>())) {
      if (failed(programs.buildStep(step)))
        return signalPassFailure();
      step.erase();
    }
    for (auto show :
         llvm::make_early_inc_range(module.getOps<game::ShowOp>())) {
      if (failed(programs.buildShow(show)))
        return signalPassFailure();
      show.erase();
    }
    for (auto start :
         llvm::make_early_inc_range(module.getOps<game::StartOp>())) {
      if (failed(programs.buildStart(start)))
        return signalPassFailure();
      start.erase();
    }
    for (auto folded :
         llvm::make_early_inc_range(module.getOps<game::FoldedOp>())) {
      if (failed(programs.buildFolded(folded)))
        return signalPassFailure();
      folded.erase();
    }
    for (auto follow :
         llvm::make_early_inc_range(module.getOps<game::FollowOp>()))
      follow.erase();
    eraseUnreachedMoments(module);
  }

  void eraseUnreachedMoments(ModuleOp module) {
    llvm::StringSet<> used;
    for (auto program : module.getOps<gan::ProgramOp>())
      for (unsigned i = 0; i < program.getArgumentNames().size(); ++i)
        used.insert(program.getArgumentState(i));
    for (auto state : llvm::make_early_inc_range(module.getOps<gan::StateOp>()))
      if (state.getKind() == StateKind::moment &&
          !used.contains(state.getName()))
        state.erase();
  }
};

} // namespace
