//===- Tensors.h - named float64 tensors in a file ------------------------===//

#ifndef TESTS_SUPPORT_STEP_RUN_TENSORS_H
#define TESTS_SUPPORT_STEP_RUN_TENSORS_H

#include "dialects/gan/Reference/Tensor.h"
#include "llvm/Support/Error.h"
#include <map>

namespace gan::testing {

using NamedTensors = std::map<std::string, reference::Tensor>;

/// Reads and writes safetensors files of f64.
llvm::Expected<NamedTensors> readTensors(llvm::StringRef path);
llvm::Error writeTensors(llvm::StringRef path, const NamedTensors &tensors);

} // namespace gan::testing

#endif // TESTS_SUPPORT_STEP_RUN_TENSORS_H
