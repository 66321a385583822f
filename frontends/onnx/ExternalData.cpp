//===- ExternalData.cpp - files beside a model, opened safely -------------===//
//
// The order matters (docs/reliability.md, section 1):
//  1. Refuse a location that is empty, absolute, has a drive letter, NUL, a
//     backslash or a component `..`.
//  2. Open the model's folder once.
//  3. Resolve below that descriptor, without links of any kind.
//  4. Look at the descriptor: a regular file with one name.
//  5. Read from the descriptor only; the path is never used again.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/ExternalData.h"
#include "frontends/onnx/Reporter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA1.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace gan;
using namespace gan::onnximport;
using llvm::ArrayRef;
using llvm::StringRef;

static llvm::Error fail(StringRef location, const llvm::Twine &what) {
  return llvm::createStringError("external data " + quoted(location) + ": " +
                                 what);
}

static llvm::Error checkLocation(StringRef location) {
  if (location.empty())
    return fail(location, "the location is empty");
  if (location.contains('\0') || location.contains('\\') ||
      location.starts_with("/") ||
      (location.size() > 1 && llvm::isAlpha(location[0]) && location[1] == ':'))
    return fail(location,
                "expected a relative path without backslash or drive letter");
  llvm::SmallVector<StringRef> parts;
  location.split(parts, '/');
  if (llvm::is_contained(parts, ".."))
    return fail(location, "the path may not contain '..'");
  return llvm::Error::success();
}

// Old kernels: component by component, each without following a link.
static int openByComponents(int folder, StringRef location) {
  llvm::SmallVector<StringRef> parts;
  location.split(parts, '/', -1, /*KeepEmpty=*/false);
  int current = dup(folder);
  for (size_t i = 0; i < parts.size() && current >= 0; ++i) {
    bool last = i + 1 == parts.size();
    int flags = O_CLOEXEC | O_NOFOLLOW |
                (last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY);
    int next = openat(current, parts[i].str().c_str(), flags);
    int code = errno;
    close(current);
    errno = code;
    current = next;
  }
  return current;
}

static int openBelow(int folder, StringRef location) {
  open_how how = {};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK; // a FIFO must not hang us
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long descriptor =
      syscall(SYS_openat2, folder, location.str().c_str(), &how, sizeof(how));
  if (descriptor < 0 && (errno == ENOSYS || errno == EPERM))
    return openByComponents(folder, location);
  return static_cast<int>(descriptor);
}

ExternalData::ExternalData(StringRef modelPath)
    : folderPath(llvm::sys::path::parent_path(modelPath)) {
  if (folderPath.empty())
    folderPath = ".";
}

ExternalData::~ExternalData() {
  if (file >= 0)
    close(file);
  if (folder >= 0)
    close(folder);
}

llvm::Error ExternalData::open(StringRef location) {
  if (file >= 0 && location == openLocation)
    return llvm::Error::success();
  if (llvm::Error error = checkLocation(location))
    return error;
  if (file >= 0)
    close(file);
  file = -1;
  verifiedChecksum.clear();
  if (folder < 0)
    folder = ::open(folderPath.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return fail(location, "cannot open the model's folder");
  file = openBelow(folder, location);
  if (file < 0) {
    int code = errno;
    if (code == ELOOP || code == EXDEV)
      return fail(location, "symbolic links are not followed: copy the file "
                            "that it points to");
    return fail(location,
                "cannot open the file: " + llvm::Twine(strerror(code)));
  }
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_nlink != 1) {
    close(file);
    file = -1;
    return fail(location, "expected a regular file with one name (no folder, "
                          "device, pipe or hard link)");
  }
  openLocation = location.str();
  fileSize = status.st_size;
  return llvm::Error::success();
}

llvm::Error ExternalData::readAt(uint64_t offset,
                                 llvm::MutableArrayRef<uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t count = pread(file, bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fail(openLocation, "cannot read: " + llvm::Twine(strerror(errno)));
    if (count == 0)
      return fail(openLocation, "the file became shorter while it was read");
    bytes = bytes.drop_front(count);
    offset += count;
  }
  return llvm::Error::success();
}

llvm::Error ExternalData::verify(StringRef checksum) {
  if (checksum.empty() || checksum == verifiedChecksum)
    return llvm::Error::success();
  llvm::SHA1 hash;
  std::vector<uint8_t> piece(std::min<uint64_t>(fileSize, 1 << 20));
  for (uint64_t at = 0; at < fileSize; at += piece.size()) {
    piece.resize(std::min<uint64_t>(piece.size(), fileSize - at));
    if (llvm::Error error = readAt(at, piece))
      return error;
    hash.update(piece);
  }
  if (!StringRef(llvm::toHex(hash.final(), /*LowerCase=*/true))
           .equals_insensitive(checksum))
    return fail(openLocation, "the file does not have the checksum (SHA-1) "
                              "that the model states");
  verifiedChecksum = checksum.str();
  return llvm::Error::success();
}

llvm::Expected<uint64_t> ExternalData::size(StringRef location) {
  if (llvm::Error error = open(location))
    return error;
  return fileSize;
}

llvm::Error ExternalData::read(StringRef location, uint64_t offset,
                               llvm::MutableArrayRef<uint8_t> bytes,
                               StringRef checksum) {
  if (llvm::Error error = open(location))
    return error;
  if (llvm::Error error = verify(checksum))
    return error;
  return readAt(offset, bytes);
}
