//===- CheckDomains.cpp - logarithms and losses of the right values -------===//

#include "frontends/game/GameChecks.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;

namespace {
/// Looks at how a value was made, through names, changes of shape and
/// applications into the networks.
class ValueInspector {
public:
  explicit ValueInspector(ModuleOp module) : symbols(module) {}

  /// The operation that made the value, past what keeps its elements.
  Operation *origin(Value value);
  /// False if an element may be negative; what can't be known, passes.
  bool isPositive(Value value, unsigned depth = 0);

private:
  bool isPositiveSum(gan::AddOp add, unsigned depth);

  SymbolTable symbols;
};
} // namespace

Operation *ValueInspector::origin(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto application = dyn_cast<gan::game::ApplyOp>(op)) {
      auto instance = symbols.lookup<gan::NetworkOp>(application.getInstance());
      unsigned index = cast<OpResult>(value).getResultNumber();
      value = instance.getBody().front().getTerminator()->getOperand(index);
      continue;
    }
    if (!isa<gan::game::LetOp, gan::ReshapeOp, gan::TransposeOp, gan::SliceOp,
             gan::BroadcastOp>(op))
      return op;
    value = op->getOperand(0);
  }
  return nullptr;
}

static std::optional<double> splatOf(Operation *op) {
  DenseFPElementsAttr elements;
  if (op && matchPattern(op, m_Constant(&elements)) && elements.isSplat())
    return elements.getSplatValue<APFloat>().convertToDouble();
  return std::nullopt;
}

/// a + b of positives, or 1 - p with a probability p.
bool ValueInspector::isPositiveSum(gan::AddOp add, unsigned depth) {
  for (auto [one, other] : {std::pair(add.getLhs(), add.getRhs()),
                            std::pair(add.getRhs(), add.getLhs())}) {
    auto negated = dyn_cast_or_null<gan::NegOp>(origin(one));
    std::optional<double> bound = splatOf(origin(other));
    if (!negated || !bound || *bound < 1)
      continue;
    Operation *probability = origin(negated.getInput());
    if (isa_and_nonnull<gan::LogisticOp, gan::SoftmaxOp>(probability))
      return true;
    if (std::optional<double> known = splatOf(probability))
      return *known <= *bound;
  }
  return isPositive(add.getLhs(), depth + 1) &&
         isPositive(add.getRhs(), depth + 1);
}

bool ValueInspector::isPositive(Value value, unsigned depth) {
  constexpr unsigned kDeepest = 50;
  Operation *op = origin(value);
  if (depth > kDeepest)
    return true;
  if (!op)
    return false;
  if (std::optional<double> known = splatOf(op))
    return *known >= 0;
  return TypeSwitch<Operation *, bool>(op)
      .Case<gan::LogisticOp, gan::SoftmaxOp, gan::ExpOp, gan::SoftplusOp,
            gan::AbsOp, gan::NormOp, gan::MomentsOp, gan::SqrtOp, gan::RsqrtOp,
            gan::ReluOp>([](auto) { return true; })
      // The host's numbers and states are the author's business.
      .Case<gan::ToTensorOp, gan::game::ReadOp>([](auto) { return true; })
      .Case([&](gan::MulOp mul) {
        return origin(mul.getLhs()) == origin(mul.getRhs()) ||
               (isPositive(mul.getLhs(), depth + 1) &&
                isPositive(mul.getRhs(), depth + 1));
      })
      .Case([&](gan::DivOp div) {
        return isPositive(div.getLhs(), depth + 1) &&
               isPositive(div.getRhs(), depth + 1);
      })
      .Case([&](gan::PowOp pow) {
        return std::fmod(pow.getExponent().convertToDouble(), 2) == 0 ||
               isPositive(pow.getInput(), depth + 1);
      })
      .Case([&](gan::AddOp add) { return isPositiveSum(add, depth); })
      .Case([&](gan::ClipOp clip) {
        return clip.getLow().convertToDouble() >= 0;
      })
      .Case([&](gan::MaximumOp larger) {
        return isPositive(larger.getLhs(), depth + 1) ||
               isPositive(larger.getRhs(), depth + 1);
      })
      .Case<gan::MinimumOp, gan::ConcatOp>([&](Operation *all) {
        return llvm::all_of(all->getOperands(), [&](Value operand) {
          return isPositive(operand, depth + 1);
        });
      })
      .Case([&](gan::SelectOp select) {
        return isPositive(select.getOnTrue(), depth + 1) &&
               isPositive(select.getOnFalse(), depth + 1);
      })
      .Case<gan::ReduceSumOp, gan::ReduceMaxOp, gan::ReduceMinOp, gan::StopOp>(
          [&](Operation *reduction) {
            return isPositive(reduction->getOperand(0), depth + 1);
          })
      .Case([&](gan::game::DrawOp draw) {
        auto sample = symbols.lookup<gan::game::SampleOp>(draw.getSource());
        return sample &&
               sample.getDistribution() != gan::Distribution::normal &&
               sample.getA().convertToDouble() >= 0;
      })
      .Case([&](gan::CastOp) { return true; })
      .Default(false);
}

/// The function of the place, written again with the remedy in it.
static std::string remedy(const Diagnostics &diagnostics,
                          const SourceRecord::Use &use, StringRef undoing) {
  constexpr size_t kReadable = 40;
  StringRef text = diagnostics.source().text(use.range);
  std::string argument = text.size() <= kReadable && !text.contains('\n')
                             ? text.str()
                             : std::string("…");
  bool isLoss = use.function == "bce" || use.function == "cross_entropy";
  return ("'" + use.function + "(" + undoing + "(" + argument + ")" +
          (isLoss ? ", …)'" : ")'"))
      .str();
}

void gan::gamelang::checkDomains(ModuleOp module, const SourceRecord &record,
                                 Diagnostics &diagnostics) {
  ValueInspector inspector(module);
  // A network that ends in the wrong layer is one mistake, however often it is
  // applied.
  llvm::DenseSet<std::pair<Operation *, StringRef>> reported;
  for (const SourceRecord::Use &use : record.logits) {
    Operation *origin = inspector.origin(use.value);
    // A clip keeps probabilities away from 0 and 1; they stay probabilities.
    while (auto clip = dyn_cast_or_null<gan::ClipOp>(origin))
      origin = inspector.origin(clip.getInput());
    bool isTwice = use.takesClasses ? isa_and_nonnull<gan::SoftmaxOp>(origin)
                                    : isa_and_nonnull<gan::LogisticOp>(origin);
    if (!isTwice || !reported.insert({origin, use.function}).second)
      continue;
    StringRef layer = use.takesClasses ? "Softmax" : "Sigmoid";
    diagnostics
        .warning(
            use.takesClasses ? "double-softmax" : "double-sigmoid", use.range,
            "'" + use.function + "' takes logits, and this ends in a " + layer)
        .note(remedy(diagnostics, use, use.takesClasses ? "log" : "logit") +
              " undoes the " + layer + " exactly");
  }
  for (const SourceRecord::Use &use : record.logarithms)
    if (!inspector.isPositive(use.value))
      diagnostics
          .warning("log-domain", use.range,
                   "this may be negative, and then its logarithm is not a "
                   "number")
          .note("if a discriminator gives logits, '-softplus(-l)' is the "
                "logarithm of the probability and '-softplus(l)' that of its "
                "complement");
}
