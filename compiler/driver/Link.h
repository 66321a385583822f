//===- Link.h - objects to an artefact ------------------------------------===//

#ifndef COMPILER_DRIVER_LINK_H
#define COMPILER_DRIVER_LINK_H

#include "compiler/driver/Options.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace gan {

struct LinkJob {
  Form form;          // anything but a header
  std::string output; // written; nothing is renamed
  std::string name;   // what a shared library or an archive's member is called
  std::vector<std::string> objects;
  std::string commandLine; // archive with main, of an executable
};

/// Assembly of the entry point `_start`: hands argc, argv and main to the C
/// library. With it nothing of a C compiler is needed to make a program.
llvm::StringRef startCode();

/// Folder of libganrt.a and what is linked with it, found beside `executable`.
llvm::Expected<std::string> runtimeFolder(llvm::StringRef executable);

/// Links with lld, inside this process. Executables and shared libraries get
/// the runtime; of an object's symbols only those stay that are not hidden, so
/// that two of them fit into one program.
llvm::Error link(const LinkJob &job, llvm::StringRef runtimeFolder);

} // namespace gan

#endif // COMPILER_DRIVER_LINK_H
