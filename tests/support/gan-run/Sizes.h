//===- Sizes.h - one file, many shapes ------------------------------------===//

#ifndef TESTS_SUPPORT_GAN_RUN_SIZES_H
#define TESTS_SUPPORT_GAN_RUN_SIZES_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace gan::testing {

/// The text with every `${…}` replaced by its value. It is an expression of
/// numbers and N, the size, with + - * / and parentheses; `/` rounds down.
/// None, and the expression in `error`, if one cannot be read.
std::optional<std::string> substituteSize(llvm::StringRef text, int64_t size,
                                          std::string &error);

} // namespace gan::testing

#endif // TESTS_SUPPORT_GAN_RUN_SIZES_H
