//===- WeightStore.cpp - a file of weights beside the IR ------------------===//

#include "dialects/gan/IR/WeightStore.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir;
using namespace gan;

static_assert(llvm::endianness::native == llvm::endianness::little,
              "weights are stored as they lie in memory");

static llvm::Error fileError(StringRef path, int code, const char *what) {
  return llvm::createStringError(std::error_code(code, std::generic_category()),
                                 "cannot %s weights file '%s': %s", what,
                                 path.str().c_str(), strerror(code));
}

std::string gan::hashOfWeights(ArrayRef<uint8_t> bytes) {
  llvm::XXH128_hash_t hash = llvm::xxh3_128bits(bytes);
  return llvm::formatv("{0:x-16}{1:x-16}", hash.high64, hash.low64).str();
}

llvm::Expected<std::unique_ptr<WeightStore>>
WeightStore::create(StringRef path, StringRef name) {
  int descriptor =
      ::open(path.str().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fileError(path, errno, "create");
  return std::unique_ptr<WeightStore>(
      new WeightStore(descriptor, path, name, 0));
}

llvm::Expected<std::unique_ptr<WeightStore>> WeightStore::open(StringRef path,
                                                               StringRef name) {
  int descriptor =
      ::open(path.str().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return fileError(path, errno, "open");
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor);
    return fileError(path, EINVAL, "read");
  }
  return std::unique_ptr<WeightStore>(
      new WeightStore(descriptor, path, name, status.st_size));
}

WeightStore::~WeightStore() { close(descriptor); }

llvm::Expected<gan::BlobAttr> WeightStore::append(MLIRContext *context,
                                                  ArrayRef<uint8_t> bytes) {
  std::string hash = hashOfWeights(bytes);
  std::string key = hash + std::to_string(bytes.size());
  auto [entry, isNew] =
      offsets.try_emplace(key, llvm::alignTo(size, kAlignment));
  uint64_t offset = entry->second;
  if (isNew) {
    for (uint64_t done = 0; done < bytes.size();) {
      ssize_t count = pwrite(descriptor, bytes.data() + done,
                             bytes.size() - done, offset + done);
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0) {
        offsets.erase(key);
        failed = true;
        return fileError(path, count < 0 ? errno : ENOSPC, "write");
      }
      done += count;
    }
    size = offset + bytes.size();
  }
  return gan::BlobAttr::get(context, name, offset, bytes.size(), hash);
}

llvm::Expected<std::vector<uint8_t>>
WeightStore::read(gan::BlobAttr blob) const {
  if (blob.getFile() != name || blob.getOffset() > size ||
      blob.getBytes() > size - blob.getOffset())
    return llvm::createStringError("weights file '" + path +
                                   "' does not hold blob '" +
                                   blob.getHash().str() + "'");
  std::vector<uint8_t> bytes(blob.getBytes());
  for (uint64_t done = 0; done < bytes.size();) {
    ssize_t count = pread(descriptor, bytes.data() + done, bytes.size() - done,
                          blob.getOffset() + done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return fileError(path, count < 0 ? errno : EIO, "read");
    done += count;
  }
  if (hashOfWeights(bytes) != blob.getHash())
    return llvm::createStringError("weights file '" + path +
                                   "' changed: blob '" + blob.getHash().str() +
                                   "' has another hash");
  return bytes;
}
