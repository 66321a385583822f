//===- OutputFile.h - files that may not fit on the disk ------------------===//

#ifndef COMPILER_DRIVER_OUTPUTFILE_H
#define COMPILER_DRIVER_OUTPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace gan {

/// Writes the file `path`, or the standard output if it is `-`. The error has
/// the code of what the system could not do.
inline llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::raw_fd_ostream out(path, code);
  if (!code) {
    write(out);
    if (path == "-")
      out.flush();
    else
      out.close();
    code = out.error();
    out.clear_error(); // what is left there ends the process
    if (code && llvm::sys::fs::is_regular_file(path)) {
      // Half of it is of no use; where it cannot be removed, it stays.
      std::error_code ignored = llvm::sys::fs::remove(path);
      (void)ignored;
    }
  }
  return code ? llvm::createStringError(code, "cannot write '" + path +
                                                  "': " + code.message())
              : llvm::Error::success();
}

} // namespace gan

#endif // COMPILER_DRIVER_OUTPUTFILE_H
