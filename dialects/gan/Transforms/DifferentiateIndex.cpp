//===- DifferentiateIndex.cpp - rules of gather and scatter ---------------===//

#include "dialects/gan/Transforms/DifferentiateRules.h"

using namespace mlir;
using namespace gan;

static void gatherRule(GatherOp op, Cotangents &c) {
  Value zeros = c.b.zeros(tensorType(op.getInput()));
  c.add(0, ScatterAddOp::create(c.b.builder, c.b.loc, zeros.getType(), zeros,
                                op.getIndex(), c.ofResult(), op.getDimAttr()));
}

static void scatterAddRule(ScatterAddOp op, Cotangents &c) {
  c.add(0, c.ofResult());
  if (c.wants(2))
    c.add(2, c.b.gather(c.ofResult(), op.getIndex(), op.getDim()));
}

void gan::addIndexRules(RuleTable &rules) {
  rules.add(gatherRule);
  rules.add(scatterAddRule);
}
