//===- WarpCode.h - code for CUDA as code of this machine -----------------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_WARPCODE_H
#define TESTS_SUPPORT_KERNEL_JIT_WARPCODE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include <cstdint>

namespace gan::testing {

/// What a thread asks of its group. Factors are words as matrix units take
/// them, six of them; four sums are replaced.
struct WarpHooks {
  uint32_t (*thread)();
  uint32_t (*group)(uint32_t axis);
  void (*barrier)();
  void (*multiply)(uint32_t isBf16, const uint32_t *factors, float *sums);
};

class WarpCode {
public:
  /// An error says what the bitcode needs that is not known here.
  static llvm::Expected<std::unique_ptr<WarpCode>>
  create(llvm::StringRef bitcode, llvm::ArrayRef<const char *> entries,
         const WarpHooks &hooks);

  using Entry = void (*)(void *const *places);
  Entry getEntry(llvm::StringRef name) const { return entries.lookup(name); }
  /// Overwrites memory that a group shares, as another group may have.
  void spoilShared() const;

private:
  llvm::StringMap<Entry> entries;
  std::vector<std::pair<char *, size_t>> shared;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_WARPCODE_H
