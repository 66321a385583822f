//===- IndexExpression.h - symbolic arithmetic on tensor indices ----------===//
//
// An index is a sum of coefficients times atoms plus a constant. Atoms are the
// variables of loops, the lane of a vector, loaded indices, and quotients and
// remainders by constants. All have known ranges, which is what makes maps like
// reshape after reshape collapse to the plain offset again while compiling.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_INDEXEXPRESSION_H
#define COMPILER_BACKENDS_LLVM_INDEXEXPRESSION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace llvm {
class Value;
}

namespace gan::codegen {

struct Atom;

/// Both ends belong to it.
struct Range {
  int64_t low = 0, high = 0;
  bool contains(int64_t first, int64_t last) const {
    return low <= first && last <= high;
  }
};

class IndexExpression {
public:
  using Term = std::pair<const Atom *, int64_t>;

  IndexExpression(int64_t constant = 0) : constant(constant) {}
  explicit IndexExpression(const Atom *atom) : terms({{atom, 1}}) {}

  bool isConstant() const { return terms.empty(); }
  int64_t getConstant() const { return constant; }
  llvm::ArrayRef<Term> getTerms() const { return terms; }
  int64_t getCoefficient(const Atom *atom) const;
  Range getRange() const;

  /// Whether its value differs between the lanes of a vector.
  bool variesOverLanes() const;
  /// The coefficient of the lane if that is the only way in which it varies.
  std::optional<int64_t> getLaneStride() const;
  /// Whether `atom` occurs anywhere in it, also below quotients.
  bool dependsOn(const Atom *atom) const;
  /// The coefficient of `atom` if it occurs in no other way.
  std::optional<int64_t> getStride(const Atom *atom) const;

  bool operator==(const IndexExpression &other) const {
    return constant == other.constant && terms == other.terms;
  }
  bool operator!=(const IndexExpression &other) const {
    return !(*this == other);
  }
  bool operator<(const IndexExpression &other) const;

private:
  friend IndexExpression operator+(const IndexExpression &,
                                   const IndexExpression &);
  friend IndexExpression operator*(const IndexExpression &, int64_t);
  friend class IndexContext;
  void addTerm(const Atom *atom, int64_t coefficient);
  /// n * (x div n) + x mod n is x.
  void joinRemainders();

  int64_t constant = 0;
  llvm::SmallVector<Term, 4> terms; // by id, coefficients not 0
};

IndexExpression operator+(const IndexExpression &, const IndexExpression &);
IndexExpression operator*(const IndexExpression &, int64_t);
inline IndexExpression operator-(const IndexExpression &a,
                                 const IndexExpression &b) {
  return a + b * -1;
}

using Index = llvm::SmallVector<IndexExpression, 6>;
using IndexRef = llvm::ArrayRef<IndexExpression>;

struct Atom {
  enum class Kind { Variable, Lane, Loaded, Quotient, Remainder };
  Kind kind;
  unsigned id;
  Range range;
  bool varies;
  /// What code computes it: none in a dry run, and none for the lane.
  llvm::Value *value = nullptr;
  /// Of a quotient or remainder; never negative. The remainder's quotient is
  /// kept beside it so that sums can be joined.
  IndexExpression operand, quotient;
  int64_t divisor = 1;
};

/// Owns the atoms of one kernel; equal quotients are one atom.
class IndexContext {
public:
  IndexExpression makeVariable(int64_t extent, llvm::Value *value = nullptr);
  /// A loop variable between given bounds.
  IndexExpression makeVariable(Range range, llvm::Value *value);
  /// The lane of a vector of which the first `active` are in use.
  IndexExpression makeLane(int64_t active);
  /// An index read from memory.
  IndexExpression makeLoaded(int64_t extent, llvm::Value *value, bool varies);

  IndexExpression quotient(const IndexExpression &operand, int64_t divisor);
  IndexExpression remainder(const IndexExpression &operand, int64_t divisor);

  /// The row-major position of an index, and back.
  IndexExpression linearise(IndexRef index, llvm::ArrayRef<int64_t> shape);
  Index delinearise(const IndexExpression &position,
                    llvm::ArrayRef<int64_t> shape);

private:
  Atom *create(Atom::Kind kind, Range range, bool varies,
               llvm::Value *value = nullptr);
  const Atom *divide(Atom::Kind kind, const IndexExpression &operand,
                     int64_t divisor);

  std::vector<std::unique_ptr<Atom>> atoms;
  std::map<std::tuple<Atom::Kind, int64_t, IndexExpression>, const Atom *>
      divisions;
  std::map<int64_t, const Atom *> lanes;
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_INDEXEXPRESSION_H
