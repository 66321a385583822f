//===- CheckDirections.cpp - players that pull the same way ---------------===//
//
// Every value of the step becomes a sum of terms with factors. A term is an
// operation with its attributes and the sums that are its operands, so that two
// values that mean the same are the same sum however they were written: names,
// brackets, defs, the order of what is added or multiplied, and factors aside.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/GameChecks.h"
#include "frontends/game/Parser.h"

#include "dialects/gan/IR/GanOps.h"
#include "mlir/IR/Matchers.h"
#include <map>

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;

namespace {
/// Factors by the numbers of terms; term 0 is the number 1.
using Sum = std::map<unsigned, double>;
constexpr unsigned kOne = 0;

class SumReader {
public:
  /// Operands come before their users.
  void read(Operation *op);
  Sum sumOf(Value value) const { return sums.lookup(value); }

private:
  using Term = std::tuple<const void *, const void *, const void *, unsigned,
                          std::vector<Sum>>;

  std::optional<Sum> linear(Operation *op);
  Sum product(const Sum &a, const Sum &b, Operation *op);
  Sum term(Operation *op, unsigned result, std::vector<Sum> operands);

  llvm::DenseMap<Value, Sum> sums;
  std::map<Term, unsigned> terms;
};
} // namespace

static void addTo(Sum &sum, const Sum &other, double factor) {
  for (auto [number, theirs] : other) {
    double &ours = sum[number];
    ours += factor * theirs;
    if (ours == 0)
      sum.erase(number);
  }
}

static Sum scaled(const Sum &sum, double factor) {
  Sum result;
  addTo(result, sum, factor);
  return result;
}

/// The factor of the first term; of nothing 1.
static double leading(const Sum &sum) {
  return sum.empty() ? 1 : sum.begin()->second;
}

static std::optional<double> numberIn(const Sum &sum) {
  if (sum.empty())
    return 0;
  if (sum.size() == 1 && sum.begin()->first == kOne)
    return sum.begin()->second;
  return std::nullopt;
}

/// What tells applications and draws of the same apart says nothing here.
static Attribute meaningOf(Operation *op) {
  NamedAttrList kept;
  for (NamedAttribute attribute : op->getAttrs())
    if (!(isa<gan::game::ApplyOp>(op) &&
          attribute.getName() == "application") &&
        !isa<gan::game::DrawOp>(op))
      kept.append(attribute);
  if (auto draw = dyn_cast<gan::game::DrawOp>(op)) {
    // `D#3/noise`, of an application.
    auto [owner, rest] = draw.getSource().split('#');
    kept.append("source", StringAttr::get(op->getContext(),
                                          owner + rest.substr(rest.find('/'))));
  }
  return kept.getDictionary(op->getContext());
}

Sum SumReader::term(Operation *op, unsigned result, std::vector<Sum> operands) {
  if (op->hasTrait<OpTrait::IsCommutative>())
    llvm::sort(operands);
  Term key(op->getName().getAsOpaquePointer(),
           meaningOf(op).getAsOpaquePointer(),
           op->getResult(result).getType().getAsOpaquePointer(), result,
           std::move(operands));
  auto [entry, isNew] = terms.try_emplace(std::move(key), terms.size() + 1);
  return {{entry->second, 1.0}};
}

/// Factors of the operands become one of the product.
Sum SumReader::product(const Sum &a, const Sum &b, Operation *op) {
  if (std::optional<double> number = numberIn(a))
    return scaled(b, *number);
  if (std::optional<double> number = numberIn(b))
    return scaled(a, *number);
  double x = leading(a), y = leading(b);
  return scaled(term(op, 0, {scaled(a, 1 / x), scaled(b, 1 / y)}), x * y);
}

/// The sum of an operation that gives one; none of another.
std::optional<Sum> SumReader::linear(Operation *op) {
  if (DenseFPElementsAttr elements;
      matchPattern(op, m_Constant(&elements)) && elements.isSplat()) {
    double number = elements.getSplatValue<APFloat>().convertToDouble();
    return number == 0 ? Sum() : Sum{{kOne, number}};
  }
  auto operand = [&](unsigned i) { return sums.lookup(op->getOperand(i)); };
  if (isa<gan::game::LetOp>(op))
    return operand(0);
  if (isa<gan::NegOp>(op))
    return scaled(operand(0), -1);
  if (isa<gan::AddOp>(op)) {
    Sum sum = operand(0);
    addTo(sum, operand(1), 1);
    return sum;
  }
  if (isa<gan::MulOp>(op))
    return product(operand(0), operand(1), op);
  if (isa<gan::DivOp>(op)) {
    Sum over = operand(0), under = operand(1);
    double x = leading(over), y = leading(under);
    if (numberIn(under))
      return scaled(over, 1 / y);
    return scaled(term(op, 0, {scaled(over, 1 / x), scaled(under, 1 / y)}),
                  x / y);
  }
  if (!isa<gan::ReduceSumOp, gan::BroadcastOp, gan::ReshapeOp>(op))
    return std::nullopt;
  auto elementsOf = [](Value value) {
    return double(cast<RankedTensorType>(value.getType()).getNumElements());
  };
  double added = isa<gan::ReduceSumOp>(op) ? elementsOf(op->getOperand(0)) /
                                                 elementsOf(op->getResult(0))
                                           : 1;
  Sum sum;
  for (auto [number, factor] : operand(0)) {
    Sum part = number == kOne
                   ? Sum{{kOne, added}}
                   : term(op, 0, std::vector<Sum>(1, Sum{{number, 1.0}}));
    addTo(sum, part, factor);
  }
  return sum;
}

void SumReader::read(Operation *op) {
  if (op->getNumResults() == 1)
    if (std::optional<Sum> sum = linear(op)) {
      sums[op->getResult(0)] = std::move(*sum);
      return;
    }
  std::vector<Sum> operands;
  for (Value operand : op->getOperands())
    operands.push_back(sums.lookup(operand));
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    sums[op->getResult(i)] = term(op, i, operands);
}

/// Whether one is a positive number of times the other; what is added to it
/// moves nobody.
static bool pullTheSameWay(Sum a, Sum b) {
  a.erase(kOne);
  b.erase(kOne);
  if (a.empty() || a.size() != b.size())
    return false;
  double ratio = leading(b) / leading(a);
  return ratio > 0 && llvm::all_of(llvm::zip(a, b), [&](auto pair) {
           auto [ours, theirs] = pair;
           constexpr double kRounding = 1e-6;
           return ours.first == theirs.first &&
                  std::abs(ratio * ours.second - theirs.second) <=
                      kRounding * std::abs(theirs.second);
         });
}

void gan::gamelang::checkDirections(ModuleOp module, const SourceRecord &record,
                                    Diagnostics &diagnostics) {
  SumReader reader;
  SmallVector<gan::game::UpdateOp> updates;
  for (auto step : module.getOps<gan::game::StepOp>())
    step.walk<WalkOrder::PreOrder>([&](Operation *op) {
      reader.read(op);
      if (auto update = dyn_cast<gan::game::UpdateOp>(op))
        updates.push_back(update);
    });
  auto objectiveOf = [](gan::game::UpdateOp update) {
    return cast<gan::game::ObjectiveOp>(
        update.getBody().front().getTerminator());
  };
  auto maximises = [&](gan::game::UpdateOp update) {
    return static_cast<int64_t>(objectiveOf(update).getSign()) < 0;
  };
  auto playerIn = [&](gan::game::UpdateOp update) {
    uint32_t begin = record.placeOf(update).begin;
    return SourceRange{begin, begin + uint32_t(update.getPlayer().size())};
  };
  // Who minimises what another minimises may share the work; who maximises
  // plays against somebody.
  for (auto [index, ours] : llvm::enumerate(updates)) {
    if (!maximises(ours))
      continue;
    Sum sum = reader.sumOf(objectiveOf(ours).getValue());
    for (auto [other, theirs] : llvm::enumerate(updates)) {
      if (theirs.getPlayer() == ours.getPlayer() ||
          (maximises(theirs) && other > index) ||
          !pullTheSameWay(sum, reader.sumOf(objectiveOf(theirs).getValue())))
        continue;
      diagnostics
          .warning("same-direction", playerIn(ours),
                   quoted(ours.getPlayer()) + " and " +
                       quoted(theirs.getPlayer()) +
                       " pull the same objective the same way")
          .note(playerIn(theirs), "the other update is here");
      break;
    }
  }
}
