//===- allocator_test.cc - where memory comes from ------------------------===//
#include "ganrt/allocator.h"

#include "ganrt/abi.h"

#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>

TEST(Allocator, BlocksAreAlignedAndZero) {
  for (uint64_t bytes : {0, 1, 63, 64, 1000, 5 << 20}) {
    void *block = nullptr;
    ASSERT_EQ(ganrt_allocate(nullptr, bytes, 1, &block), nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % GANRT_ALIGNMENT, 0u);
    for (uint64_t i = 0; i < bytes; ++i)
      ASSERT_EQ(static_cast<char *>(block)[i], 0);
    ganrt_release(nullptr, block, bytes, 1);
  }
}

TEST(Allocator, RefusesOverflow) {
  void *block = nullptr;
  ganrt_status_t status = ganrt_allocate(nullptr, UINT64_MAX / 2, 3, &block);
  EXPECT_EQ(ganrt_status_code(status), GANRT_LIMIT);
  ganrt_status_free(status);
  status = ganrt_allocate(nullptr, UINT64_MAX, 1, &block);
  EXPECT_EQ(ganrt_status_code(status), GANRT_LIMIT);
  ganrt_status_free(status);
}

TEST(Allocator, ReallocateKeepsAndZeroes) {
  void *block = nullptr;
  ASSERT_EQ(ganrt_allocate(nullptr, 2, 4, &block), nullptr);
  static_cast<int32_t *>(block)[1] = 7;
  ASSERT_EQ(ganrt_reallocate(nullptr, 2, 4, 4, &block), nullptr);
  EXPECT_EQ(static_cast<int32_t *>(block)[1], 7);
  EXPECT_EQ(static_cast<int32_t *>(block)[3], 0);
  ganrt_release(nullptr, block, 4, 4);
}

namespace {
struct Counting {
  size_t live = 0;
  bool fail = false;
};
void *countingAllocate(void *context, size_t bytes, size_t alignment) {
  auto *counting = static_cast<Counting *>(context);
  if (counting->fail)
    return nullptr;
  counting->live += bytes;
  return aligned_alloc(alignment,
                       (bytes + alignment - 1) / alignment * alignment);
}
void countingRelease(void *context, void *pointer, size_t bytes) {
  static_cast<Counting *>(context)->live -= bytes;
  free(pointer);
}
} // namespace

TEST(Allocator, InjectedOneSeesEveryByte) {
  Counting counting;
  ganrt_allocator allocator = {&counting, countingAllocate, countingRelease};
  void *block = nullptr;
  ASSERT_EQ(ganrt_allocate(&allocator, 10, 10, &block), nullptr);
  EXPECT_EQ(counting.live, 100u);
  ganrt_release(&allocator, block, 10, 10);
  EXPECT_EQ(counting.live, 0u);
  counting.fail = true;
  ganrt_status_t status = ganrt_allocate(&allocator, 10, 10, &block);
  EXPECT_EQ(ganrt_status_code(status), GANRT_OUT_OF_MEMORY);
  EXPECT_STREQ(ganrt_status_message(status), "out of memory for 100 bytes");
  ganrt_status_free(status);
}
