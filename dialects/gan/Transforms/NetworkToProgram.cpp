//===- NetworkToProgram.cpp - a network alone becomes an inference --------===//
//
//  1. Make `@infer` of a network, `@infer.N` of further instances: its
//  arguments are
//     inputs, its results outputs, its initializers stay constants.
//  2. Let dropout pass, forget buffers, keep the statistics that the file
//  chose: without a game nothing else chooses them.
// Holds afterwards: no gan.network is left.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/GanOps.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"

namespace gan {
#define GEN_PASS_DEF_NETWORKTOPROGRAMPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

/// Marks arguments and results whose axis 0 counts images.
static constexpr StringLiteral kBatched = "gan.batched";
/// Marks arguments whose numbers index an axis, with its length.
static constexpr StringLiteral kIndexes = "gan.indexes";

static LogicalResult inferOnly(Block &block) {
  LogicalResult result = success();
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto norm = dyn_cast<BatchNormOp>(op)) {
      if (norm.getStatistics() == Statistics::batch)
        norm.emitWarning(
                "normalised by the statistics of the batch, as the file says: "
                "every image depends on the others of its run")
                .attachNote()
            << "export the network in evaluation mode for running statistics";
    } else if (auto dropout = dyn_cast<DropoutOp>(op)) {
      if (dropout.getTraining())
        result = dropout.emitError("dropout in training mode is not supported "
                                   "without a game that trains the network");
      dropout.replaceAllUsesWith(dropout.getInput());
      dropout.erase();
    } else if (isa<UpdateBufferOp>(op)) {
      op.erase();
    }
  }
  return result;
}

static LogicalResult convert(NetworkOp network, StringRef name) {
  OpBuilder builder(network);
  SmallVector<Attribute> arguments, results;
  auto describe = [&](bool isBatched, IntegerAttr indexes, StringRef kind,
                      StringRef given, unsigned index) {
    std::string name =
        given.empty() ? (kind + Twine(index)).str() : given.str();
    std::string below =
        indexes ? ("indexes " + Twine(indexes.getInt()) + " ").str() : "";
    return builder.getStringAttr((isBatched ? "batched " : "") + below + kind +
                                 " " + name);
  };
  for (unsigned i = 0; i < network.getArgumentTypes().size(); ++i)
    arguments.push_back(
        describe(network.getArgAttr(i, kBatched) != nullptr,
                 network.getArgAttrOfType<IntegerAttr>(i, kIndexes), "input",
                 network.getArgumentName(i), i));
  for (unsigned i = 0; i < network.getResultTypes().size(); ++i)
    results.push_back(describe(network.getResultAttr(i, kBatched) != nullptr,
                               nullptr, "output", network.getResultName(i), i));
  auto program = ProgramOp::create(builder, network.getLoc(), name,
                                   builder.getArrayAttr(arguments),
                                   builder.getArrayAttr(results));
  program.getBody().takeBody(network.getBody());
  Block &block = program.getBody().front();
  LogicalResult result = inferOnly(block);
  Operation *terminator = block.getTerminator();
  builder.setInsertionPoint(terminator);
  YieldOp::create(builder, terminator->getLoc(), terminator->getOperands());
  terminator->erase();
  network.erase();
  return result;
}

namespace {

struct NetworkToProgramPass
    : public gan::impl::NetworkToProgramPassBase<NetworkToProgramPass> {
  using Base::Base;

  void runOnOperation() override {
    auto module = cast<ModuleOp>(getOperation());
    unsigned count = 0;
    for (auto network :
         llvm::make_early_inc_range(module.getOps<NetworkOp>())) {
      std::string name = count ? "infer." + std::to_string(count) : "infer";
      if (failed(convert(network, name)))
        signalPassFailure();
      ++count;
    }
  }
};

} // namespace
