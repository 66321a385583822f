//===- VectorBuilder.h - LLVM IR on vectors of sixteen lanes --------------===//
//
// Values are scalars (equal in all lanes) or vectors of sixteen lanes, whatever
// the machine's width: LLVM splits them, and the bits stay the same on every
// machine. A thread of a device is one lane: there are scalars only. Nothing
// carries fast-math flags; a fused multiply-add is written where the numerics
// class allows it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_VECTORBUILDER_H
#define COMPILER_BACKENDS_LLVM_VECTORBUILDER_H

#include "compiler/backends/Backend.h"
#include "compiler/backends/llvm/IndexExpression.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"

namespace gan::codegen {

constexpr unsigned kLanes = 16;

/// What code is made for. By default a CPU.
struct Machine {
  unsigned lanes = kLanes;
  unsigned indexBits = 64;    // of indices that are equal in all lanes
  unsigned constantSpace = 0; // address space of tables
};

/// A tensor in memory: strides in elements, one per axis. Booleans are bytes.
struct Buffer {
  /// A pointer to its first element, or an array in memory that code and launch
  /// know by number (a binding).
  llvm::Value *base = nullptr;
  mlir::Type elementType;
  llvm::SmallVector<int64_t, 6> strides;
  /// Its alias scope, and those that its accesses never meet.
  unsigned scope = 0;
  llvm::SmallVector<unsigned, 4> apart;

  IndexExpression offset(IndexRef index) const;
};

/// How the memory accesses that were emitted relate to the lanes.
struct AccessCounts {
  unsigned contiguous = 0, uniform = 0, scattered = 0;
};

class VectorBuilder : public llvm::IRBuilder<> {
public:
  VectorBuilder(llvm::Function *function, Numerics numerics,
                Machine machine = {});

  const Machine &getMachine() const { return machine; }
  unsigned getLanes() const { return machine.lanes; }
  /// Whether it makes one thread of many: no lanes beside each other.
  bool isThread() const { return machine.lanes == 1; }

  //===--------------------------------------------------------------------===//
  // Types and constants
  //===--------------------------------------------------------------------===//

  llvm::Type *toType(mlir::Type elementType);
  llvm::Type *toMemoryType(mlir::Type elementType);
  llvm::VectorType *toVector(llvm::Type *scalar);
  static bool isVector(llvm::Value *value) {
    return value->getType()->isVectorTy();
  }
  llvm::Value *splat(llvm::Value *value);
  /// Makes vectors of all if one is a vector.
  void unify(llvm::MutableArrayRef<llvm::Value *> values);
  /// A number of the type of `like`, in all lanes.
  llvm::Value *constant(llvm::Type *like, double value);
  llvm::Value *constantBits(llvm::Type *like, uint64_t bits);
  /// A number of the type of indices that are equal in all lanes.
  llvm::Type *getIndexTy() { return getIntNTy(machine.indexBits); }
  llvm::ConstantInt *index(int64_t value) {
    return llvm::ConstantInt::getSigned(
        llvm::IntegerType::get(getContext(), machine.indexBits), value);
  }
  /// A table of numbers in the module.
  llvm::GlobalVariable *createTable(llvm::Constant *numbers,
                                    const llvm::Twine &name = "");
  /// Integer type of the same shape and width.
  llvm::Type *toInteger(llvm::Type *like);
  llvm::Value *prefixMask(unsigned active);

  //===--------------------------------------------------------------------===//
  // Arithmetic
  //===--------------------------------------------------------------------===//

  /// a * b + c: fused, but in the portable class.
  llvm::Value *multiplyAdd(llvm::Value *a, llvm::Value *b, llvm::Value *c);
  llvm::Value *unary(llvm::Intrinsic::ID id, llvm::Value *value) {
    return CreateUnaryIntrinsic(id, value);
  }
  /// Combines the lanes i and i + 8, then i and i + 4, 2, 1; lane 0 of it.
  llvm::Value *combineLanes(
      llvm::Value *vector,
      llvm::function_ref<llvm::Value *(llvm::Value *, llvm::Value *)> combine);
  /// Lanes i + distance in the place of lanes i.
  llvm::Value *shiftLanes(llvm::Value *vector, unsigned distance);
  Numerics getNumerics() const { return numerics; }
  AccessCounts accesses;

  //===--------------------------------------------------------------------===//
  // Indices and memory
  //===--------------------------------------------------------------------===//

  /// An i64, or in a vector or a thread an i32 (i64 where the range needs it).
  llvm::Value *evaluate(const IndexExpression &expression);
  /// i1 or a vector of i1: `range.low <= expression <= range.high`; null where
  /// it always holds.
  llvm::Value *isWithin(const IndexExpression &expression, Range range);

  /// Where element `index` of a buffer lies, for accesses of type `memory`.
  llvm::Value *pointerTo(const Buffer &buffer, llvm::Type *memory,
                         llvm::Value *index);
  /// Reads the elements at an offset. Lanes off the mask are not touched if the
  /// lanes are contiguous, and read the buffer's first element otherwise.
  llvm::Value *load(const Buffer &buffer, const IndexExpression &offset,
                    llvm::Value *mask = nullptr);
  /// Writes a value, in the first `active` lanes.
  void store(llvm::Value *value, const Buffer &buffer,
             const IndexExpression &offset, unsigned active = kLanes);
  /// Writes the lanes of a mask.
  void storeWhere(llvm::Value *mask, llvm::Value *value, const Buffer &buffer,
                  const IndexExpression &offset);

  //===--------------------------------------------------------------------===//
  // Control flow
  //===--------------------------------------------------------------------===//

  using LoopBody = llvm::function_ref<llvm::SmallVector<llvm::Value *>(
      llvm::Value *, llvm::ArrayRef<llvm::Value *>)>;
  /// for (i = low; i < high; i += step), carrying values.
  llvm::SmallVector<llvm::Value *> loop(llvm::Value *low, llvm::Value *high,
                                        int64_t step,
                                        llvm::ArrayRef<llvm::Value *> initial,
                                        LoopBody body);
  void loop(llvm::Value *low, llvm::Value *high, int64_t step,
            llvm::function_ref<void(llvm::Value *)> body);
  /// do { values, condition = body(values) } while (condition).
  llvm::SmallVector<llvm::Value *>
  repeat(llvm::ArrayRef<llvm::Value *> initial,
         llvm::function_ref<
             std::pair<llvm::SmallVector<llvm::Value *>, llvm::Value *>(
                 llvm::ArrayRef<llvm::Value *>)>
             body);
  /// if (condition) then() else otherwise; the values have equal types.
  llvm::SmallVector<llvm::Value *>
  branch(llvm::Value *condition,
         llvm::function_ref<llvm::SmallVector<llvm::Value *>()> then,
         llvm::function_ref<llvm::SmallVector<llvm::Value *>()> otherwise);
  void branch(llvm::Value *condition, llvm::function_ref<void()> then);

private:
  /// Values of a loop's iterations, at the start of its first block; `before`
  /// is the block that enters it.
  llvm::SmallVector<llvm::Value *> carry(llvm::ArrayRef<llvm::Value *> initial,
                                         llvm::BasicBlock *before);
  /// What they are in the next iteration, which the current block goes on to.
  void carryOn(llvm::ArrayRef<llvm::Value *> carried,
               llvm::ArrayRef<llvm::Value *> next);
  llvm::Value *evaluateTerms(const IndexExpression &expression, bool varying,
                             llvm::Type *type);
  llvm::Value *evaluateAtom(const Atom *atom, llvm::Type *type);
  llvm::Value *address(const Buffer &buffer, llvm::Type *elementType,
                       const IndexExpression &offset, llvm::Value *mask);
  void annotate(llvm::Value *access, const Buffer &buffer);
  llvm::MDNode *scopesOf(llvm::ArrayRef<unsigned> numbers);

  llvm::Function *function;
  Numerics numerics;
  Machine machine;
  llvm::MDNode *domain = nullptr;
  llvm::SmallVector<llvm::MDNode *> scopes;
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_VECTORBUILDER_H
