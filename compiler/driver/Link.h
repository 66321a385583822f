//===- Link.h - objects to an executable ----------------------------------===//

#ifndef COMPILER_DRIVER_LINK_H
#define COMPILER_DRIVER_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace gan {

struct LinkJob {
  std::string output;
  std::vector<std::string> objects;
  std::string commandLine; // archive with main
};

/// Assembly of the entry point `_start`: hands argc, argv and main to the C
/// library. With it nothing of a C compiler is needed to make a program.
llvm::StringRef startCode();

/// Folder of libganrt.a and what is linked with it, found beside `executable`.
llvm::Expected<std::string> runtimeFolder(llvm::StringRef executable);

/// Links with lld, inside this process.
llvm::Error link(const LinkJob &job, llvm::StringRef runtimeFolder);

} // namespace gan

#endif // COMPILER_DRIVER_LINK_H
