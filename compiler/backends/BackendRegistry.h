//===- BackendRegistry.h - the backends that are built --------------------===//

#ifndef COMPILER_BACKENDS_BACKENDREGISTRY_H
#define COMPILER_BACKENDS_BACKENDREGISTRY_H

#include "compiler/backends/Backend.h"
#include <vector>

namespace gan {

/// One of each, in order of preference among equals.
std::vector<std::unique_ptr<Backend>> createBackends();

/// The one of a name, or null.
std::unique_ptr<Backend> createBackend(llvm::StringRef name);

std::vector<std::string> backendNames();

} // namespace gan

#endif // COMPILER_BACKENDS_BACKENDREGISTRY_H
