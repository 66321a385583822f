//===- InputFile.h - files that somebody names ----------------------------===//

#ifndef COMPILER_DRIVER_INPUTFILE_H
#define COMPILER_DRIVER_INPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace gan {

/// Most bytes of a file of the compiler's own.
inline constexpr uint64_t kMostDumpBytes = INT32_MAX;

/// The bytes of a regular file with at most `most` of them: neither a pipe nor
/// a device is waited for. The error says what cannot be read.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path, uint64_t most = kMostDumpBytes);

} // namespace gan

#endif // COMPILER_DRIVER_INPUTFILE_H
