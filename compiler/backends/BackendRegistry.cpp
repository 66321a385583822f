//===- BackendRegistry.cpp - the backends that are built ------------------===//

#include "compiler/backends/BackendRegistry.h"

using namespace gan;

std::vector<std::unique_ptr<Backend>> gan::createBackends() {
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(createLLVMBackend());
#ifdef GANC_HAS_HALIDE
  backends.push_back(createHalideBackend());
#endif
  return backends;
}

std::unique_ptr<Backend> gan::createBackend(llvm::StringRef name) {
  std::vector<std::unique_ptr<Backend>> backends = createBackends();
  for (std::unique_ptr<Backend> &backend : backends)
    if (backend->getName() == name)
      return std::move(backend);
  return nullptr;
}

std::vector<std::string> gan::backendNames() {
  std::vector<std::string> names;
  for (const std::unique_ptr<Backend> &backend : createBackends())
    names.push_back(backend->getName().str());
  return names;
}
