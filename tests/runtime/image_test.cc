//===- image_test.cc - pixels, tensors and grids --------------------------===//
#include "runtime/src/image.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

TEST(Image, PixelsFollowTheRuleOfTheScripts) {
  ganrt_pixel_range range = ganrt_pixel_range_make(-1, 1);
  EXPECT_EQ(range.scale, 127.5f);
  EXPECT_EQ(range.bias, 128.0f);
  for (int i = -1200; i <= 1200; ++i) {
    float x = static_cast<float>(i) / 1000;
    float y = std::floor(x * 127.5f + 128.0f);
    y = std::fmin(std::fmax(y, 0), 255);
    EXPECT_EQ(ganrt_pixel_from_value(range, x), static_cast<int>(y)) << x;
  }
}

TEST(Image, OtherRangesAndOddValues) {
  ganrt_pixel_range range = ganrt_pixel_range_make(0, 1);
  EXPECT_EQ(ganrt_pixel_from_value(range, 0), 0);
  EXPECT_EQ(ganrt_pixel_from_value(range, 1), 255);
  EXPECT_EQ(ganrt_pixel_from_value(range, 0.5f), 128);
  EXPECT_EQ(ganrt_pixel_from_value(range, NAN), 0);
  EXPECT_EQ(ganrt_pixel_from_value(range, INFINITY), 255);
  EXPECT_EQ(ganrt_pixel_from_value(range, -INFINITY), 0);
  EXPECT_EQ(ganrt_pixel_from_value(range, 1e30f), 255);
  EXPECT_EQ(ganrt_pixel_range_make(0, 0).scale, 127.5f);
}

TEST(Image, PutPlacesChannelsSideBySide) {
  ganrt_image image;
  ASSERT_EQ(ganrt_image_create(nullptr, 4, 3, 3, &image), nullptr);
  // 3 channels of 1 x 2: red 255 0, green 0 255, blue 0 0.
  float values[] = {1, -1, -1, 1, -1, -1};
  ganrt_image_put(&image, 2, 1, values, 1, 2, ganrt_pixel_range_make(-1, 1));
  const uint8_t expected[] = {255, 0, 0, 0, 255, 0};
  EXPECT_EQ(memcmp(image.pixels + (1 * 4 + 2) * 3, expected, 6), 0);
  for (int i = 0; i < 18; ++i)
    EXPECT_EQ(image.pixels[i], 0);
  ganrt_image_destroy(&image);
}

TEST(Image, Limits) {
  ganrt_image image;
  for (auto [width, height, channels, message] :
       {std::tuple{0u, 5u, 1u, "expected an image with pixels, got 0 x 5"},
        {1u << 14, (1u << 12) + 1, 1u,
         "expected at most 64 megapixels, got 16384 x 4097"},
        {5u, 5u, 5u, "expected 1 ... 4 channels, got 5"}}) {
    ganrt_status_t status =
        ganrt_image_create(nullptr, width, height, channels, &image);
    EXPECT_STREQ(ganrt_status_message(status), message);
    ganrt_status_free(status);
  }
}

TEST(Image, GridsAreNearlySquare) {
  EXPECT_EQ(ganrt_grid_columns(1), 1u);
  EXPECT_EQ(ganrt_grid_columns(2), 2u);
  EXPECT_EQ(ganrt_grid_columns(4), 2u);
  EXPECT_EQ(ganrt_grid_columns(5), 3u);
  EXPECT_EQ(ganrt_grid_columns(64), 8u);
}
