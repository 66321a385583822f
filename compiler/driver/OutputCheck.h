//===- OutputCheck.h - what a command line writes -------------------------===//
//
// Every file that is written because the command line names it, or another
// beside it, is checked here: before anything is read, and again when all files
// that are read are known.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_OUTPUTCHECK_H
#define COMPILER_DRIVER_OUTPUTCHECK_H

#include "compiler/driver/Options.h"
#include "llvm/Support/Error.h"

namespace gan {

struct Output {
  enum class Kind {
    Program, // takes the place of a regular file
    Text,    // a device or a pipe takes it, too
    Weights, // beside a dump, perhaps those that it was read with
    Folder
  };
  std::string path;
  Kind kind;
};

/// What the options have written but for --dump-dir, whose folder is made when
/// it is needed.
llvm::SmallVector<Output> outputsOf(const Options &options);

/// The header of a library.
std::string headerPath(const Options &options);

/// Whether `path` is one of the files.
bool isAmong(llvm::ArrayRef<std::string> files, llvm::StringRef path);

/// Refuses an output that is an input or another output, or that cannot be
/// written.
llvm::Error checkOutputs(llvm::ArrayRef<Output> outputs,
                         llvm::ArrayRef<std::string> inputs);

/// Where a file is written before it takes the place of `path`.
std::string temporaryBeside(llvm::StringRef path);

} // namespace gan

#endif // COMPILER_DRIVER_OUTPUTCHECK_H
