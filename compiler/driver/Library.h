//===- Library.h - a network as a C library -------------------------------===//

#ifndef COMPILER_DRIVER_LIBRARY_H
#define COMPILER_DRIVER_LIBRARY_H

#include "compiler/driver/Interface.h"
#include "llvm/IR/Module.h"

namespace gan {

/// What the header and the functions of a library are made from.
struct Library {
  std::string prefix;   // foo: of foo_create, foo_run, …
  std::string source;   // the file, for the reader of the header
  std::string numerics; // precision class
  std::string digest;   // of sources and options, hex
  llvm::SmallVector<InterfaceTensor> tensors;
};

/// The text of foo.h.
std::string writeHeader(const Library &library);

/// Adds foo_create, foo_run, … for the artefact `root` to its module. They are
/// the only symbols of the library that others see.
void addLibraryFunctions(const Library &library, llvm::GlobalVariable &root);

} // namespace gan

#endif // COMPILER_DRIVER_LIBRARY_H
