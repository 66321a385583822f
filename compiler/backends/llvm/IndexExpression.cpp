//===- IndexExpression.cpp - symbolic arithmetic on tensor indices --------===//

#include "compiler/backends/llvm/IndexExpression.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace gan::codegen;

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

int64_t IndexExpression::getCoefficient(const Atom *atom) const {
  for (const Term &term : terms)
    if (term.first == atom)
      return term.second;
  return 0;
}

Range IndexExpression::getRange() const {
  Range range{constant, constant};
  for (auto [atom, coefficient] : terms) {
    int64_t a = atom->range.low * coefficient,
            b = atom->range.high * coefficient;
    range.low += std::min(a, b);
    range.high += std::max(a, b);
  }
  return range;
}

bool IndexExpression::variesOverLanes() const {
  return llvm::any_of(terms,
                      [](const Term &term) { return term.first->varies; });
}

std::optional<int64_t> IndexExpression::getLaneStride() const {
  int64_t stride = 0;
  for (auto [atom, coefficient] : terms) {
    if (!atom->varies)
      continue;
    if (atom->kind != Atom::Kind::Lane)
      return std::nullopt;
    stride += coefficient;
  }
  return stride;
}

bool IndexExpression::dependsOn(const Atom *atom) const {
  return llvm::any_of(terms, [&](const Term &term) {
    return term.first == atom || term.first->operand.dependsOn(atom);
  });
}

std::optional<int64_t> IndexExpression::getStride(const Atom *atom) const {
  int64_t stride = 0;
  for (auto [own, coefficient] : terms) {
    if (own == atom)
      stride = coefficient;
    else if (own->operand.dependsOn(atom))
      return std::nullopt;
  }
  return stride;
}

bool IndexExpression::operator<(const IndexExpression &other) const {
  auto key = [](const Term &term) {
    return std::make_pair(term.first->id, term.second);
  };
  if (constant != other.constant)
    return constant < other.constant;
  return std::lexicographical_compare(
      terms.begin(), terms.end(), other.terms.begin(), other.terms.end(),
      [&](const Term &a, const Term &b) { return key(a) < key(b); });
}

void IndexExpression::addTerm(const Atom *atom, int64_t coefficient) {
  auto *place =
      llvm::lower_bound(terms, atom->id, [](const Term &t, unsigned id) {
        return t.first->id < id;
      });
  if (place == terms.end() || place->first != atom)
    place = terms.insert(place, {atom, 0});
  place->second += coefficient;
  if (place->second == 0)
    terms.erase(place);
}

void IndexExpression::joinRemainders() {
  for (bool joined = true; joined;) {
    joined = false;
    for (auto [atom, coefficient] : terms) {
      if (atom->kind != Atom::Kind::Remainder)
        continue;
      int64_t factor = coefficient * atom->divisor;
      const IndexExpression &quotient = atom->quotient;
      if (quotient.terms.empty() ||
          !llvm::all_of(quotient.terms, [&, factor = factor](const Term &term) {
            return getCoefficient(term.first) == factor * term.second;
          }))
        continue;
      IndexExpression whole = atom->operand * coefficient - quotient * factor;
      const Atom *old = atom;
      addTerm(old, -coefficient);
      constant += whole.constant;
      for (auto [other, c] : whole.terms)
        addTerm(other, c);
      joined = true;
      break;
    }
  }
}

IndexExpression gan::codegen::operator+(const IndexExpression &a,
                                        const IndexExpression &b) {
  IndexExpression sum = a;
  sum.constant += b.constant;
  for (auto [atom, coefficient] : b.terms)
    sum.addTerm(atom, coefficient);
  sum.joinRemainders();
  return sum;
}

IndexExpression gan::codegen::operator*(const IndexExpression &a, int64_t by) {
  IndexExpression product;
  if (by == 0)
    return product;
  product = a;
  product.constant *= by;
  for (auto &term : product.terms)
    term.second *= by;
  return product;
}

//===----------------------------------------------------------------------===//
// Context
//===----------------------------------------------------------------------===//

Atom *IndexContext::create(Atom::Kind kind, Range range, bool varies,
                           llvm::Value *value) {
  auto atom = std::make_unique<Atom>();
  atom->kind = kind;
  atom->id = atoms.size();
  atom->range = range;
  atom->varies = varies;
  atom->value = value;
  atoms.push_back(std::move(atom));
  return atoms.back().get();
}

IndexExpression IndexContext::makeVariable(Range range, llvm::Value *value) {
  if (range.low == range.high)
    return range.low;
  return IndexExpression(
      create(Atom::Kind::Variable, range, /*varies=*/false, value));
}

IndexExpression IndexContext::makeVariable(int64_t extent, llvm::Value *value) {
  return makeVariable(Range{0, extent - 1}, value);
}

IndexExpression IndexContext::makeLane(int64_t active) {
  const Atom *&lane = lanes[active];
  if (!lane)
    lane = create(Atom::Kind::Lane, {0, active - 1}, /*varies=*/true);
  return IndexExpression(lane);
}

IndexExpression IndexContext::makeLoaded(int64_t extent, llvm::Value *value,
                                         bool varies) {
  return IndexExpression(
      create(Atom::Kind::Loaded, {0, extent - 1}, varies, value));
}

namespace {
/// operand = scale * outer + inner, and 0 <= inner < scale, scale divides the
/// divisor.
struct Split {
  int64_t scale;
  IndexExpression outer, inner;
};
} // namespace

static IndexExpression scaledDown(const IndexExpression &e, int64_t by);

/// Takes out of `operand` what does not reach the quotient by `divisor`: with a
/// large scale much is taken out, with scale 1 nothing.
static std::optional<Split> splitBelow(const IndexExpression &operand,
                                       int64_t scale) {
  IndexExpression outer, inner;
  for (auto [atom, coefficient] : operand.getTerms()) {
    IndexExpression term = IndexExpression(atom) * coefficient;
    (coefficient % scale == 0 ? outer : inner) =
        (coefficient % scale == 0 ? outer : inner) + term;
  }
  int64_t constant = operand.getConstant();
  // Move as much of the constant as keeps the inner part in its range.
  Range range = inner.getRange();
  int64_t whole = llvm::divideFloorSigned(constant + range.low, scale);
  int64_t rest = constant - whole * scale;
  if (rest + range.low < 0 || rest + range.high >= scale)
    return std::nullopt;
  return Split{scale, scaledDown(outer + whole * scale, scale), inner + rest};
}

static IndexExpression scaledDown(const IndexExpression &e, int64_t by) {
  IndexExpression result = e.getConstant() / by;
  for (auto [atom, coefficient] : e.getTerms())
    result = result + IndexExpression(atom) * (coefficient / by);
  return result;
}

/// The largest scale that works.
static std::optional<Split> split(const IndexExpression &operand,
                                  int64_t divisor) {
  llvm::SmallVector<int64_t> scales{divisor};
  for (auto [atom, coefficient] : operand.getTerms())
    scales.push_back(std::gcd(divisor, coefficient));
  for (size_t i = 1, n = scales.size(); i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      scales.push_back(std::gcd(scales[i], scales[j]));
  llvm::sort(scales, std::greater<>());
  for (int64_t scale : scales) {
    if (scale <= 1)
      break;
    if (std::optional<Split> found = splitBelow(operand, scale))
      return found;
  }
  return std::nullopt;
}

const Atom *IndexContext::divide(Atom::Kind kind,
                                 const IndexExpression &operand,
                                 int64_t divisor) {
  auto known = divisions.find({kind, divisor, operand});
  if (known != divisions.end())
    return known->second;
  Range range = operand.getRange();
  bool isQuotient = kind == Atom::Kind::Quotient;
  Atom *created =
      create(kind,
             isQuotient ? Range{range.low / divisor, range.high / divisor}
                        : Range{0, std::min(divisor - 1, range.high)},
             operand.variesOverLanes());
  created->operand = operand;
  created->divisor = divisor;
  if (!isQuotient)
    created->quotient = quotient(operand, divisor);
  // The map may have grown meanwhile.
  return divisions[{kind, divisor, operand}] = created;
}

IndexExpression IndexContext::quotient(const IndexExpression &operand,
                                       int64_t divisor) {
  if (divisor == 1)
    return operand;
  // Whole multiples leave; what stays is made non-negative.
  IndexExpression whole, rest;
  for (auto [atom, coefficient] : operand.getTerms()) {
    int64_t out = coefficient / divisor;
    whole = whole + IndexExpression(atom) * out;
    rest = rest + IndexExpression(atom) * (coefficient - out * divisor);
  }
  int64_t constant = operand.getConstant();
  int64_t out =
      llvm::divideFloorSigned(constant + rest.getRange().low, divisor);
  // Keep the constant between 0 and the divisor where the range allows it.
  if (rest.getRange().low >= 0)
    out = llvm::divideFloorSigned(constant, divisor);
  whole = whole + out;
  rest = rest + (constant - out * divisor);
  if (Range{0, divisor - 1}.contains(rest.getRange().low, rest.getRange().high))
    return whole;
  if (std::optional<Split> parts = split(rest, divisor))
    return whole + quotient(parts->outer, divisor / parts->scale);
  if (rest.getTerms().size() == 1 && rest.getConstant() == 0 &&
      rest.getTerms()[0].second == 1 &&
      rest.getTerms()[0].first->kind == Atom::Kind::Quotient) {
    const Atom *inner = rest.getTerms()[0].first;
    return whole + quotient(inner->operand, inner->divisor * divisor);
  }
  return whole + IndexExpression(divide(Atom::Kind::Quotient, rest, divisor));
}

IndexExpression IndexContext::remainder(const IndexExpression &operand,
                                        int64_t divisor) {
  if (divisor == 1)
    return 0;
  IndexExpression rest;
  for (auto [atom, coefficient] : operand.getTerms())
    rest = rest + IndexExpression(atom) * (coefficient % divisor);
  int64_t low = rest.getRange().low;
  int64_t constant = operand.getConstant();
  int64_t out = low >= 0 ? llvm::divideFloorSigned(constant, divisor)
                         : llvm::divideFloorSigned(constant + low, divisor);
  rest = rest + (constant - out * divisor);
  if (Range{0, divisor - 1}.contains(rest.getRange().low, rest.getRange().high))
    return rest;
  if (std::optional<Split> parts = split(rest, divisor))
    return remainder(parts->outer, divisor / parts->scale) * parts->scale +
           parts->inner;
  return IndexExpression(divide(Atom::Kind::Remainder, rest, divisor));
}

IndexExpression IndexContext::linearise(IndexRef index,
                                        llvm::ArrayRef<int64_t> shape) {
  IndexExpression position;
  for (auto [part, extent] : llvm::zip_equal(index, shape))
    position = position * extent + part;
  return position;
}

Index IndexContext::delinearise(const IndexExpression &position,
                                llvm::ArrayRef<int64_t> shape) {
  Index index(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    IndexExpression part = quotient(position, stride);
    // Nothing lies above the outermost axis.
    index[axis] = axis == 0 ? part : remainder(part, shape[axis]);
    stride *= shape[axis];
  }
  return index;
}
