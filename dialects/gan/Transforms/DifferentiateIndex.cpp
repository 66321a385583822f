//===- DifferentiateIndex.cpp - rules of gather, scatter, dynamic slices --===//

#include "dialects/gan/Transforms/DifferentiateRules.h"

using namespace mlir;
using namespace gan;

static void gatherRule(GatherOp op, Cotangents &c) {
  Value zeros = c.b.zeros(tensorType(op.getInput()));
  c.add(0, ScatterAddOp::create(c.b.builder, c.b.loc, zeros, op.getIndex(),
                                c.ofResult(), op.getDim(), op.getBatch()));
}

static void scatterAddRule(ScatterAddOp op, Cotangents &c) {
  c.add(0, c.ofResult());
  if (c.wants(2))
    c.add(2,
          c.b.gather(c.ofResult(), op.getIndex(), op.getDim(), op.getBatch()));
}

static void dynamicSliceRule(DynamicSliceOp op, Cotangents &c) {
  Value zeros = c.b.zeros(tensorType(op.getInput()));
  c.add(0, DynamicUpdateSliceOp::create(c.b.builder, c.b.loc, zeros.getType(),
                                        zeros, c.ofResult(), op.getStart()));
}

/// What was replaced does not matter.
static void dynamicUpdateSliceRule(DynamicUpdateSliceOp op, Cotangents &c) {
  Value y = c.ofResult();
  auto part = tensorType(op.getUpdate());
  if (c.wants(0))
    c.add(0, DynamicUpdateSliceOp::create(c.b.builder, c.b.loc, y.getType(), y,
                                          c.b.zeros(part), op.getStart()));
  if (c.wants(1))
    c.add(1,
          DynamicSliceOp::create(c.b.builder, c.b.loc, part, y, op.getStart()));
}

void gan::addIndexRules(RuleTable &rules) {
  rules.add(gatherRule);
  rules.add(scatterAddRule);
  rules.add(dynamicSliceRule);
  rules.add(dynamicUpdateSliceRule);
}
