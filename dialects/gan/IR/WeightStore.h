//===- WeightStore.h - a file of weights beside the IR --------------------===//
//
// Weights never become attributes: they lie one after another in one file, and
// `#gan.blob` names a piece of it. The importer appends; dumps, packaging and
// the interpreter read.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_WEIGHTSTORE_H
#define DIALECTS_GAN_IR_WEIGHTSTORE_H

#include "dialects/gan/IR/GanAttrs.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace gan {

class WeightStore {
public:
  /// Where every blob starts: a multiple of this.
  static constexpr uint64_t kAlignment = 64;

  /// Makes the file `path`, which must not exist yet. Blobs call it `name`.
  static llvm::Expected<std::unique_ptr<WeightStore>>
  create(llvm::StringRef path, llvm::StringRef name = "weights.bin");

  /// Opens a file that blobs call `name`, to read from it.
  static llvm::Expected<std::unique_ptr<WeightStore>>
  open(llvm::StringRef path, llvm::StringRef name = "weights.bin");

  ~WeightStore();
  WeightStore(const WeightStore &) = delete;
  WeightStore &operator=(const WeightStore &) = delete;

  /// Writes `bytes` (little-endian, row-major) at the end of the file. Bytes
  /// that are there already are not written again.
  llvm::Expected<BlobAttr> append(mlir::MLIRContext *context,
                                  llvm::ArrayRef<uint8_t> bytes);

  /// Reads a blob of this file and checks its hash.
  llvm::Expected<std::vector<uint8_t>> read(BlobAttr blob) const;

  llvm::StringRef getPath() const { return path; }
  llvm::StringRef getName() const { return name; }
  /// Whether something could not be written.
  bool hasFailed() const { return failed; }
  /// Bytes so far, without padding at the end.
  uint64_t getSize() const { return size; }

private:
  WeightStore(int descriptor, llvm::StringRef path, llvm::StringRef name,
              uint64_t size)
      : descriptor(descriptor), path(path), name(name), size(size) {}

  int descriptor;
  std::string path, name;
  uint64_t size;
  bool failed = false;
  llvm::StringMap<uint64_t> offsets; // of what was appended, by hash
};

/// XXH3-128 of `bytes`, 32 hexadecimal digits.
std::string hashOfWeights(llvm::ArrayRef<uint8_t> bytes);

} // namespace gan

#endif // DIALECTS_GAN_IR_WEIGHTSTORE_H
