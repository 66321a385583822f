//===- Signatures.h - names and arguments the language knows --------------===//
//
// Tables of the built-in functions, distributions, initializers and optimisers,
// and one way to bind the arguments of a call to the parameters of any of them.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_SIGNATURES_H
#define FRONTENDS_GAME_SIGNATURES_H

#include "frontends/game/Ast.h"

#include "llvm/ADT/SmallVector.h"

namespace gan::gamelang {

struct Signature {
  llvm::StringRef name;
  /// In order; each may also be given by its name.
  llvm::SmallVector<llvm::StringRef, 4> parameters;
  /// How many of them must be there.
  unsigned required = 0;
  /// Given by name only.
  llvm::SmallVector<llvm::StringRef, 4> options;
  /// Takes any number of further positional arguments (`cat`).
  bool isVariadic = false;
  /// Maps scalars to a scalar, so that it may stand in a schedule.
  bool isScalar = false;
  /// False for what the language knows but the compiler can't translate yet:
  /// some distributions and initializers.
  bool isSupported = true;

  /// False for an argument of a name that the signature does not have; what it
  /// says does not matter then.
  bool has(const Argument &argument) const {
    return !argument.name ||
           llvm::is_contained(parameters, argument.name.text) ||
           llvm::is_contained(options, argument.name.text);
  }
};

enum class SignatureKind {
  Function,
  Distribution,
  Initializer,
  Optimiser,
  Augmentation,
  /// Its pattern stands before the arguments.
  Parametrisation,
};

/// All signatures of a kind, in the order of the language's description.
llvm::ArrayRef<Signature> signatures(SignatureKind kind);
const Signature *findSignature(SignatureKind kind, llvm::StringRef name);
std::vector<llvm::StringRef> signatureNames(SignatureKind kind);

/// What something of another library is called here; empty if unknown
/// (OtherNames.cpp).
llvm::StringRef nameHere(SignatureKind kind, llvm::StringRef name);
/// `; here it is 'x'`, `; did you mean 'x'`, or nothing.
std::string hereItIs(SignatureKind kind, llvm::StringRef name,
                     llvm::ArrayRef<llvm::StringRef> others = {});
/// The same for an argument.
std::string argumentHere(const Signature &signature, llvm::StringRef name);
/// Why a function or method of another library has no counterpart here, behind
/// "; "; empty for all else.
llvm::StringRef whyNotHere(llvm::StringRef name);
/// Options of optimisers that are whole numbers known when compiling, with
/// their bounds; null for all other arguments, which may be schedules.
struct FixedOption {
  llvm::StringRef name;
  int64_t low, high;
};
const FixedOption *fixedOption(llvm::StringRef name);

/// The argument of each parameter, null where it was left out; then those of
/// the options; further arguments of a variadic function at the end.
struct BoundArguments {
  llvm::SmallVector<const Argument *, 4> parameters;
  llvm::SmallVector<const Argument *, 4> options;
  llvm::SmallVector<const Argument *, 4> rest;
};

/// Binds arguments, or reports what is wrong with them. `what` names the callee
/// in diagnostics and `place` is where missing arguments are reported.
std::optional<BoundArguments> bindArguments(const Signature &signature,
                                            llvm::ArrayRef<Argument> arguments,
                                            SourceRange place,
                                            Diagnostics &diagnostics);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_SIGNATURES_H
