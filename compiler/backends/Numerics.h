//===- Numerics.h - what numerics classes are called ----------------------===//

#ifndef COMPILER_BACKENDS_NUMERICS_H
#define COMPILER_BACKENDS_NUMERICS_H

#include "compiler/backends/Backend.h"

namespace gan {

/// As on the command line.
llvm::StringRef nameOf(Numerics numerics);

/// What `nameOf` calls so; none for another text.
std::optional<Numerics> findNumerics(llvm::StringRef name);

} // namespace gan

#endif // COMPILER_BACKENDS_NUMERICS_H
