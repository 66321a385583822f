//===- InputFile.cpp - files that somebody names --------------------------===//

#include "compiler/driver/InputFile.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

Expected<std::unique_ptr<MemoryBuffer>> gan::readFile(StringRef path,
                                                      uint64_t most) {
  std::error_code code = std::make_error_code(std::errc::invalid_argument);
  auto refuse = [&](const Twine &why) {
    return createStringError(code, "cannot read '" + path + "': " + why);
  };
  // Opening a pipe must not wait for who writes it.
  int file = open(path.str().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) {
    code = errnoAsErrorCode();
    if (file >= 0)
      close(file);
    return refuse(code.message());
  }
  auto read = [&]() -> Expected<std::unique_ptr<MemoryBuffer>> {
    if (S_ISDIR(status.st_mode))
      return refuse("it is a folder");
    if (!S_ISREG(status.st_mode))
      return refuse("not a regular file");
    uint64_t size = status.st_size;
    if (size > most)
      return refuse("it has " + Twine(size) + " bytes (limit " + Twine(most) +
                    ")");
    auto buffer = MemoryBuffer::getOpenFile(file, path, size);
    if (buffer)
      return std::move(*buffer);
    code = buffer.getError();
    return refuse(code.message());
  };
  auto buffer = read();
  close(file);
  return buffer;
}
