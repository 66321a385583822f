//===- Phases.h - the phases of the way from file to artefact -------------===//

#ifndef COMPILER_PIPELINES_PHASES_H
#define COMPILER_PIPELINES_PHASES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace gan {

/// In order; each can be stopped after, dumped, and gone on from.
enum class Phase {
  Import,
  Link,
  Grad,
  Simplify,
  Fuse,
  Plan,
  Codegen,
  Object,
  Package
};

llvm::ArrayRef<llvm::StringRef> phaseNames();
inline llvm::StringRef nameOf(Phase phase) {
  return phaseNames()[static_cast<unsigned>(phase)];
}
std::optional<Phase> phaseOf(llvm::StringRef name);

/// Attribute of a module: the phase after which it was taken.
inline constexpr llvm::StringLiteral kPhaseName = "gan.phase";

} // namespace gan

#endif // COMPILER_PIPELINES_PHASES_H
