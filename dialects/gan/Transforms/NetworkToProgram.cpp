//===- NetworkToProgram.cpp - a network alone becomes an inference --------===//
//
//  1. Make `@infer` of a network, `@infer.N` of further instances: its
//  arguments are
//     inputs, its results outputs, its initializers stay constants. Noise is an
//     input, too: `uniform`, or standard normal as what seeds draw.
//  2. Let dropout pass, forget buffers, keep the statistics that the file
//  chose: without a game nothing else chooses them.
//  3. Say of every result whether axis 0 counts images, and whether it is made
//     from more than the image that it belongs to.
// Holds afterwards: no gan.network is left.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/NetworkAttributes.h"
#include "dialects/gan/IR/RowDependence.h"
#include "dialects/gan/IR/TensorBuilder.h"
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
    if (auto dropout = dyn_cast<DropoutOp>(op)) {
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

/// Images of one run; 0 if no argument counts them.
static int64_t batchOf(NetworkOp network) {
  for (BlockArgument argument : network.getBody().getArguments())
    if (network.getArgAttr(argument.getArgNumber(), kBatched))
      return tensorType(argument).getDimSize(0);
  return 0;
}

/// Where the images of a run were first mixed in what `value` is made from.
static Operation *mixerOf(Value value, const RowDependence &rows) {
  Operation *op = value.getDefiningOp();
  for (bool isFound = false; !isFound;) {
    isFound = true;
    for (Value operand : op->getOperands())
      if (rows.of(operand).mixes && operand.getDefiningOp()) {
        op = operand.getDefiningOp();
        isFound = false;
        break;
      }
  }
  return op;
}

static void warnOfMixing(Value result, StringRef name,
                         const RowDependence &rows) {
  Operation *mixer = mixerOf(result, rows);
  StringRef how = mixer->hasAttr(kFromCountName)
                      ? "uses the count of images in a run as a number"
                  : rows.of(mixer->getResult(0)).byPlace
                      ? "differs from place to place in a run"
                      : "mixes the images of a run";
  InFlightDiagnostic warning = mixer->emitWarning()
                               << how << ": '" << name
                               << "' is not made image by image";
  if (isa<BatchNormOp>(mixer))
    warning.attachNote()
        << "export the network in evaluation mode for running statistics";
}

/// `batched mixed output y`: what `interfaceOf` of the driver reads.
static std::string describeResult(NetworkOp network, OpOperand &operand,
                                  int64_t batch, RowDependence &rows) {
  unsigned index = operand.getOperandNumber();
  Value result = operand.get();
  std::string name = network.getResultName(index).str();
  if (name.empty())
    name = std::to_string(index);
  Rows known = rows.of(result);
  // The file guesses by the shape, which means little where one image is run.
  bool isBatched = network.getResultAttr(index, kBatched) != nullptr;
  if (known.depends)
    isBatched = (isBatched && batch == 1) || rows.isBatched(result);
  // A constant for each image is one for each place.
  if (!known.depends && isBatched && result.getDefiningOp() &&
      llvm::is_contained(known.places, RowAxis{0}))
    rows.set(result, known = {true, true, true, RowAxis{0}, {}});
  bool isMixed = known.depends && (!isBatched || (known.mixes && batch > 1));
  if (known.mixes)
    warnOfMixing(result, name, rows);
  return (isBatched ? "batched " : "") + std::string(isMixed ? "mixed " : "") +
         "output " + name;
}

static LogicalResult convert(NetworkOp network, StringRef name) {
  OpBuilder builder(network);
  Block &block = network.getBody().front();
  if (failed(inferOnly(block)))
    return failure();
  int64_t batch = batchOf(network);
  RowDependence rows(batch);
  SmallVector<Attribute> arguments, results;
  for (BlockArgument argument : block.getArguments()) {
    unsigned i = argument.getArgNumber();
    std::string text;
    if (network.getArgAttr(i, kBatched)) {
      text += "batched ";
      rows.setBatched(argument);
    } else {
      rows.setConstant(argument);
    }
    if (auto indexes = network.getArgAttrOfType<IntegerAttr>(i, kIndexes))
      text += "indexes " + std::to_string(indexes.getInt()) + " ";
    if (auto noise = network.getArgAttrOfType<DistributionAttr>(i, kNoiseName);
        noise && noise.getValue() == Distribution::uniform)
      text += "uniform ";
    StringRef given = network.getArgumentName(i);
    text += "input " + (given.empty() ? std::to_string(i) : given.str());
    arguments.push_back(builder.getStringAttr(text));
  }
  for (Operation &op : block.without_terminator())
    rows.visit(&op);
  Operation *terminator = block.getTerminator();
  for (OpOperand &operand : terminator->getOpOperands())
    results.push_back(
        builder.getStringAttr(describeResult(network, operand, batch, rows)));
  auto program = ProgramOp::create(builder, network.getLoc(), name,
                                   builder.getArrayAttr(arguments),
                                   builder.getArrayAttr(results));
  program.getBody().takeBody(network.getBody());
  builder.setInsertionPoint(terminator);
  YieldOp::create(builder, terminator->getLoc(), terminator->getOperands());
  terminator->erase();
  network.erase();
  return success();
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
