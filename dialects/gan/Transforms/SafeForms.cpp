//===- SafeForms.cpp - logarithms of probabilities from logits ------------===//
//
//  1. A logarithm of a probability becomes a function of its logits, also where
//     the two are apart by operations that only move elements.
//  2. Products and differences of such logarithms become shorter.
// Holds afterwards: the value of every operation is what it was.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

namespace gan {
#define GEN_PASS_DEF_SAFEFORMSPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

/// The operations that give elements of their operands and nothing else. What
/// is true for every element of the operands is true for every one of the
/// result.
static bool movesElements(Operation *op) {
  return isa<ReshapeOp, TransposeOp, ReverseOp, BroadcastOp, SliceOp, ConcatOp,
             GatherOp>(op) ||
         op->hasTrait<IdentityTrait>();
}

/// The operands that such an operation takes its elements from.
static ValueRange elementOperands(Operation *op) {
  if (isa<GatherOp>(op))
    return op->getOperands().take_front(1);
  return op->getOperands();
}

/// Whether a gradient is taken by this value: then its users must stay its
/// users.
static bool isDifferentiatedBy(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    return isa<GradOp>(use.getOwner()) && use.getOperandNumber() > 0;
  });
}

static bool isSplat(Value value, double number) {
  DenseElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && elements.isSplat() &&
         isa<FloatType>(elements.getElementType()) &&
         elements.getSplatValue<APFloat>().convertToDouble() == number;
}

/// The p of `1 - p`, or null.
static Value complementOf(Value value) {
  auto sum = value.getDefiningOp<AddOp>();
  if (!sum || isDifferentiatedBy(value))
    return {};
  for (auto [one, other] : {std::pair{sum.getLhs(), sum.getRhs()},
                            std::pair{sum.getRhs(), sum.getLhs()}})
    if (auto negated = other.getDefiningOp<NegOp>();
        negated && isSplat(one, 1) && !isDifferentiatedBy(other))
      return negated.getInput();
  return {};
}

/// Past negations, up to a value that a gradient is taken by.
static Value stripSigns(Value value, bool &sign) {
  for (auto op = value.getDefiningOp<NegOp>(); op && !isDifferentiatedBy(value);
       op = value.getDefiningOp<NegOp>()) {
    sign = !sign;
    value = op.getInput();
  }
  return value;
}

static Value negated(TensorBuilder &b, Value value) {
  if (auto inner = value.getDefiningOp<NegOp>())
    return inner.getInput();
  return b.neg(value);
}

namespace {
/// Finds and builds logits (t of p = logistic(t)) and logarithms of values.
/// Asking is separate from building, so that nothing is built in vain.
class Probabilities {
public:
  bool hasLogits(Value value) const {
    Operation *op = value.getDefiningOp();
    if (!op || isDifferentiatedBy(value))
      return false;
    if (isa<LogisticOp>(op))
      return true;
    if (Value p = complementOf(value))
      return hasLogits(p);
    return movesElements(op) && llvm::all_of(elementOperands(op), [&](Value v) {
             return hasLogits(v);
           });
  }

  bool hasLogarithm(Value value) const {
    if (hasLogits(value))
      return true;
    Operation *op = value.getDefiningOp();
    if (!op || isDifferentiatedBy(value))
      return false;
    return isa<SoftmaxOp>(op) ||
           (movesElements(op) &&
            llvm::all_of(elementOperands(op),
                         [&](Value v) { return hasLogarithm(v); }));
  }

  Value logits(Value value) {
    if (Value known = built.lookup(value))
      return known;
    Operation *op = value.getDefiningOp();
    OpBuilder builder(op);
    builder.setInsertionPointAfter(op);
    TensorBuilder b(builder, op->getLoc());
    Value result;
    if (auto logistic = dyn_cast<LogisticOp>(op))
      result = logistic.getInput();
    else if (Value p = complementOf(value))
      result = negated(b, logits(p));
    else
      result = moved(b, op, [&](Value v) { return logits(v); });
    return built[value] = result;
  }

  /// Inserted before the builder's place; the value has a logarithm.
  Value logarithm(TensorBuilder &b, Value value) {
    if (hasLogits(value))
      return b.neg(b.softplus(negated(b, logits(value))));
    Operation *op = value.getDefiningOp();
    if (auto softmax = dyn_cast<SoftmaxOp>(op))
      return LogSoftmaxOp::create(b.builder, b.loc, value.getType(),
                                  softmax.getInput(), softmax.getDimAttr());
    return moved(b, op, [&](Value v) { return logarithm(b, v); });
  }

private:
  /// The same movement of other elements. Names stay with the value they name.
  static Value moved(TensorBuilder &b, Operation *op,
                     llvm::function_ref<Value(Value)> replace) {
    IRMapping mapping;
    for (Value operand : elementOperands(op))
      if (!mapping.contains(operand))
        mapping.map(operand, replace(operand));
    if (op->hasTrait<IdentityTrait>())
      return mapping.lookup(op->getOperand(0));
    return b.builder.clone(*op, mapping)->getResult(0);
  }

  DenseMap<Value, Value> built;
};

/// A softplus with signs: `outer * softplus(inner * base)`.
struct SignedSoftplus {
  Value base;
  bool isNegated = false, isOfNegated = false;

  static std::optional<SignedSoftplus> match(Value value) {
    SignedSoftplus result;
    value = stripSigns(value, result.isNegated);
    auto softplus = value.getDefiningOp<SoftplusOp>();
    if (!softplus || isDifferentiatedBy(value))
      return std::nullopt;
    result.base = stripSigns(softplus.getInput(), result.isOfNegated);
    return result;
  }
  bool is(bool negated, bool ofNegated) const {
    return isNegated == negated && isOfNegated == ofNegated;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Rewrites: each returns the new value, or null
//===----------------------------------------------------------------------===//

static Value rewriteLog(LogOp op, Probabilities &probabilities) {
  if (!probabilities.hasLogarithm(op.getInput()))
    return {};
  OpBuilder builder(op);
  TensorBuilder b(builder, op.getLoc());
  return probabilities.logarithm(b, op.getInput());
}

/// log(1 + (-p)), where p is a probability.
static Value rewriteLog1p(Log1pOp op, Probabilities &probabilities) {
  auto negation = op.getInput().getDefiningOp<NegOp>();
  if (!negation || isDifferentiatedBy(op.getInput()) ||
      !probabilities.hasLogits(negation.getInput()))
    return {};
  OpBuilder builder(op);
  TensorBuilder b(builder, op.getLoc());
  return b.neg(b.softplus(probabilities.logits(negation.getInput())));
}

/// p / (1 - p).
static Value rewriteOdds(DivOp op, Probabilities &probabilities) {
  Value p = complementOf(op.getRhs());
  if (!p || p != op.getLhs() || !probabilities.hasLogits(p))
    return {};
  OpBuilder builder(op);
  TensorBuilder b(builder, op.getLoc());
  return b.exp(probabilities.logits(p));
}

/// What PyTorch clamps at -100 so that it stays finite, is finite.
static Value rewriteClamp(Operation *op) {
  Value inner;
  if (auto clip = dyn_cast<ClipOp>(op)) {
    if (clip.getLow().convertToDouble() == -100 &&
        clip.getHigh().convertToDouble() == INFINITY)
      inner = clip.getInput();
  } else if (auto maximum = dyn_cast<MaximumOp>(op)) {
    if (isSplat(maximum.getRhs(), -100))
      inner = maximum.getLhs();
    else if (isSplat(maximum.getLhs(), -100))
      inner = maximum.getRhs();
  }
  if (!inner || isDifferentiatedBy(inner))
    return {};
  auto softplus = SignedSoftplus::match(inner);
  return softplus && softplus->isNegated ? inner : Value();
}

namespace {
/// A logarithm with its weight: `sign * a * softplus(base)`, or with 1 - a.
struct WeightedLogarithm {
  Value weight, base;
  bool isComplement = false, isNegated = false, isOfNegated = false;

  static std::optional<WeightedLogarithm> match(Value value) {
    bool isNegated = false;
    value = stripSigns(value, isNegated);
    auto product = value.getDefiningOp<MulOp>();
    if (!product || isDifferentiatedBy(value))
      return std::nullopt;
    for (auto [one, other] : {std::pair{product.getLhs(), product.getRhs()},
                              std::pair{product.getRhs(), product.getLhs()}}) {
      auto softplus = SignedSoftplus::match(other);
      if (!softplus)
        continue;
      WeightedLogarithm result;
      result.isNegated = isNegated != softplus->isNegated;
      result.isOfNegated = softplus->isOfNegated;
      result.base = softplus->base;
      result.weight = stripSigns(one, result.isNegated);
      if (Value a = complementOf(result.weight)) {
        result.weight = a;
        result.isComplement = true;
      } else if (Value a = lessOne(result.weight)) {
        result.weight = a;
        result.isComplement = true;
        result.isNegated = !result.isNegated;
      }
      return result;
    }
    return std::nullopt;
  }

private:
  /// The a of `a - 1`, as PyTorch decomposes its loss.
  static Value lessOne(Value value) {
    auto sum = value.getDefiningOp<AddOp>();
    if (!sum || isDifferentiatedBy(value))
      return {};
    for (auto [one, other] : {std::pair{sum.getLhs(), sum.getRhs()},
                              std::pair{sum.getRhs(), sum.getLhs()}}) {
      auto negation = other.getDefiningOp<NegOp>();
      if (isSplat(other, -1) || (negation && isSplat(negation.getInput(), 1)))
        return one;
    }
    return {};
  }
};
} // namespace

/// log p - log(1 - p) is t; a log p + (1 - a) log(1 - p) is a t - sp(t).
static Value rewriteSum(AddOp op) {
  Value x = op.getLhs(), y = op.getRhs();
  OpBuilder builder(op);
  TensorBuilder b(builder, op.getLoc());
  auto left = SignedSoftplus::match(x), right = SignedSoftplus::match(y);
  if (left && right && left->base == right->base &&
      left->isNegated != right->isNegated &&
      left->isOfNegated != right->isOfNegated) {
    // sp(t) - sp(-t) = t.
    SignedSoftplus positive = left->isNegated ? *right : *left;
    return positive.isOfNegated ? b.neg(left->base) : left->base;
  }
  auto first = WeightedLogarithm::match(x),
       second = WeightedLogarithm::match(y);
  if (!first || !second || first->isComplement == second->isComplement ||
      first->weight != second->weight || first->base != second->base ||
      first->isNegated != second->isNegated ||
      first->isOfNegated == second->isOfNegated)
    return {};
  // a sp(-t) + (1 - a) sp(t) = sp(t) - a t.
  const WeightedLogarithm &plain = first->isComplement ? *second : *first;
  Value t = plain.isOfNegated ? plain.base : negated(b, plain.base);
  Value linear = b.mul(plain.weight, t), softplus = b.softplus(t);
  return plain.isNegated ? b.add(linear, b.neg(softplus))
                         : b.add(softplus, b.neg(linear));
}

namespace {
struct SafeFormsPass : gan::impl::SafeFormsPassBase<SafeFormsPass> {
  using Base::Base;

  void replace(Operation *op, Value value) {
    if (!value)
      return;
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
    ++numRewritten;
  }

  void runOnOperation() override {
    Probabilities probabilities;
    SmallVector<Operation *> found;
    getOperation()->walk([&](Operation *op) {
      if (isa<LogOp, Log1pOp, DivOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found) {
      if (auto log = dyn_cast<LogOp>(op))
        replace(op, rewriteLog(log, probabilities));
      else if (auto log1p = dyn_cast<Log1pOp>(op))
        replace(op, rewriteLog1p(log1p, probabilities));
      else
        replace(op, rewriteOdds(cast<DivOp>(op), probabilities));
    }
    found.clear();
    getOperation()->walk([&](Operation *op) {
      if (isa<ClipOp, MaximumOp, AddOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found)
      replace(op,
              isa<AddOp>(op) ? rewriteSum(cast<AddOp>(op)) : rewriteClamp(op));
  }
};
} // namespace
