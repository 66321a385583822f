//===- tensor_test.cc - a dense array in C order --------------------------===//
#include "ganrt/tensor.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

TEST(Tensor, CreateFillsTheDescription) {
  ganrt_tensor tensor;
  int64_t shape[] = {2, 3};
  ASSERT_EQ(ganrt_tensor_create(nullptr, GANRT_F32, 2, shape, &tensor),
            nullptr);
  EXPECT_EQ(tensor.count, 6u);
  EXPECT_EQ(tensor.bytes, 24u);
  char text[32];
  EXPECT_STREQ(ganrt_shape_format(tensor.dtype, tensor.rank, tensor.shape, text,
                                  sizeof(text)),
               "2x3xf32");
  ganrt_tensor_destroy(&tensor);
  EXPECT_EQ(tensor.data, nullptr);
}

TEST(Tensor, ShapeLimits) {
  uint64_t count;
  int64_t huge[] = {int64_t(1) << 31};
  int64_t negative[] = {-1};
  int64_t overflow[] = {0x7fffffff, 0x7fffffff, 0x7fffffff};
  int64_t hidden[] = {0, 0x7fffffff, 0x7fffffff, 0x7fffffff};
  int64_t empty[] = {0, 5};
  for (auto [rank, shape] :
       {std::pair{1u, huge}, {1u, negative}, {3u, overflow}, {4u, hidden}}) {
    ganrt_status_t status = ganrt_shape_check(GANRT_F32, rank, shape, &count);
    EXPECT_EQ(ganrt_status_code(status), GANRT_LIMIT);
    ganrt_status_free(status);
  }
  int64_t many[17] = {};
  ganrt_status_t status = ganrt_shape_check(GANRT_F32, 17, many, &count);
  EXPECT_STREQ(ganrt_status_message(status), "expected rank <= 16, got 17");
  ganrt_status_free(status);
  ASSERT_EQ(ganrt_shape_check(GANRT_F32, 2, empty, &count), nullptr);
  EXPECT_EQ(count, 0u);
  ASSERT_EQ(ganrt_shape_check(GANRT_F32, 0, nullptr, &count), nullptr);
  EXPECT_EQ(count, 1u);
}

TEST(Tensor, HalfRoundTripsEveryValue) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    float wide = ganrt_f16_to_f32(static_cast<uint16_t>(bits));
    if (std::isnan(wide))
      EXPECT_TRUE(std::isnan(ganrt_f16_to_f32(ganrt_f32_to_f16(wide))));
    else
      ASSERT_EQ(ganrt_f32_to_f16(wide), bits);
    float brain = ganrt_bf16_to_f32(static_cast<uint16_t>(bits));
    if (!std::isnan(brain)) {
      ASSERT_EQ(ganrt_f32_to_bf16(brain), bits);
    }
  }
}

TEST(Tensor, HalfRoundsToNearestEven) {
  EXPECT_EQ(ganrt_f32_to_f16(1.0f + 0x1p-11f), 0x3c00);
  EXPECT_EQ(ganrt_f32_to_f16(1.0f + 0x3p-11f), 0x3c02);
  EXPECT_EQ(ganrt_f32_to_f16(65520.0f), 0x7c00);
  EXPECT_EQ(ganrt_f32_to_f16(65519.0f), 0x7bff);
  EXPECT_EQ(ganrt_f32_to_f16(0x1p-25f), 0);
  EXPECT_EQ(ganrt_f32_to_f16(0x3p-26f), 1);
  EXPECT_EQ(ganrt_f32_to_bf16(1.0f + 0x1p-8f), 0x3f80);
  EXPECT_EQ(ganrt_f32_to_bf16(1.0f + 0x3p-8f), 0x3f82);
}

TEST(Tensor, ConvertRefusesWhatDoesNotFit) {
  ganrt_tensor from, to;
  int64_t shape[] = {2};
  ASSERT_EQ(ganrt_tensor_create(nullptr, GANRT_F32, 1, shape, &from), nullptr);
  float values[] = {3.0f, 2.5f};
  memcpy(from.data, values, sizeof(values));
  ganrt_status_t status = ganrt_tensor_convert(nullptr, &from, GANRT_I32, &to);
  EXPECT_STREQ(
      ganrt_status_message(status),
      "expected whole numbers that fit into i32, got 2.5 at element 1");
  ganrt_status_free(status);
  values[1] = std::numeric_limits<float>::quiet_NaN();
  memcpy(from.data, values, sizeof(values));
  EXPECT_TRUE(
      ganrt_status_ignore(ganrt_tensor_convert(nullptr, &from, GANRT_U8, &to)));
  values[1] = -7.0f;
  memcpy(from.data, values, sizeof(values));
  ASSERT_EQ(ganrt_tensor_convert(nullptr, &from, GANRT_I64, &to), nullptr);
  EXPECT_EQ(static_cast<int64_t *>(to.data)[1], -7);
  ganrt_tensor_destroy(&to);
  ganrt_tensor_destroy(&from);
}
