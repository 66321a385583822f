//===- ExternalData.h - files beside a model, opened safely ---------------===//

#ifndef FRONTENDS_ONNX_EXTERNALDATA_H
#define FRONTENDS_ONNX_EXTERNALDATA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace gan::onnximport {

/// Reads pieces of files below the model's folder. Neither links nor `..` lead
/// out of it, and a path is resolved once: afterwards only the descriptor is
/// used.
class ExternalData {
public:
  explicit ExternalData(llvm::StringRef modelPath);
  ~ExternalData();
  ExternalData(const ExternalData &) = delete;
  ExternalData &operator=(const ExternalData &) = delete;

  /// Fills `bytes` from `offset` on. `checksum` is the file's SHA-1 in
  /// hexadecimal, or empty.
  llvm::Error read(llvm::StringRef location, uint64_t offset,
                   llvm::MutableArrayRef<uint8_t> bytes,
                   llvm::StringRef checksum);

  /// The size of a file.
  llvm::Expected<uint64_t> size(llvm::StringRef location);

private:
  llvm::Error open(llvm::StringRef location);
  llvm::Error verify(llvm::StringRef checksum);
  llvm::Error readAt(uint64_t offset, llvm::MutableArrayRef<uint8_t> bytes);

  std::string folderPath;
  int folder = -1;
  // The file that was used last; most models have one.
  std::string openLocation, verifiedChecksum;
  int file = -1;
  uint64_t fileSize = 0;
};

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_EXTERNALDATA_H
