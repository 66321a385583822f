//===- Simplify.cpp - algebra that keeps every number ---------------------===//
//
// Holds afterwards: no pattern of the three families applies anywhere.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/Transforms/Passes.h"
#include "dialects/gan/Transforms/SimplifyPatterns.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace gan {
#define GEN_PASS_DEF_SIMPLIFYPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

std::optional<double> gan::splatOf(Value value) {
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat() ||
      !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToDouble();
}

namespace {
struct SimplifyPass : gan::impl::SimplifyPassBase<SimplifyPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    addArithmeticPatterns(set);
    addShapePatterns(set);
    addContractionPatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    // Top down, so that a chain is seen from its end; each pattern shortens its
    // expression or moves it towards the end, so this ends.
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true).setMaxIterations(
        GreedyRewriteConfig::kNoLimit);
    if (failed(applyPatternsGreedily(getOperation(), patterns, config)))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
