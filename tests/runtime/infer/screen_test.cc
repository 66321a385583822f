//===- screen_test.cc - looks at numbers before they are called results ---===//
#include "runtime/src/infer/screen.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  if (status) {
    EXPECT_EQ(ganrt_status_exit_code(status), 65);
  }
  ganrt_status_free(status);
  return text;
}

ganrt_tensor view(std::vector<float> &values) {
  ganrt_tensor tensor = {};
  tensor.dtype = GANRT_F32;
  tensor.rank = 1;
  tensor.shape[0] = static_cast<int64_t>(values.size());
  tensor.count = values.size();
  tensor.bytes = values.size() * 4;
  tensor.data = values.data();
  return tensor;
}

std::string compare(std::vector<float> got, std::vector<float> expected) {
  ganrt_tensor a = view(got), b = view(expected);
  return message(ganrt_screen_expected(&a, &b, 1e-3, 1e-7));
}
} // namespace

TEST(Screen, FindsWhatIsNotFinite) {
  const float values[] = {1, 2, NAN, INFINITY};
  EXPECT_EQ(message(ganrt_screen_finite(GANRT_F32, values, 2)), "done");
  EXPECT_EQ(message(ganrt_screen_finite(GANRT_F32, values, 4)),
            "expected numbers, got nan at element 2");
  EXPECT_EQ(message(ganrt_screen_finite(GANRT_F32, values + 3, 1)),
            "expected numbers, got infinity at element 0");
  const int32_t whole[] = {0x7fc00000}; // a NaN's bits, but no NaN
  EXPECT_EQ(message(ganrt_screen_finite(GANRT_I32, whole, 1)), "done");
}

TEST(Screen, AnEvenSurfaceIsNoImage) {
  const float even[] = {0.5f, 0.5f, 0.5f}, image[] = {0.5f, 0.5f, 0.25f};
  EXPECT_EQ(message(ganrt_screen_image(even, 3)),
            "expected an image, got 0.5 for all its values");
  EXPECT_EQ(message(ganrt_screen_image(image, 3)), "done");
  EXPECT_EQ(message(ganrt_screen_image(even, 1)), "done");
}

TEST(Screen, ToleranceOfTheOnnxSuite) {
  EXPECT_EQ(compare({1.0009f, 0}, {1, 0}), "done");
  EXPECT_EQ(compare({NAN, INFINITY}, {NAN, INFINITY}), "done");
  EXPECT_EQ(
      compare({1, 1.25f, 3}, {1, 1, 2}),
      "expected 1 at element 1, got 1.25; 2 of 3 elements are beyond rtol "
      "0.001, atol 1e-07");
  EXPECT_NE(compare({INFINITY}, {-INFINITY}), "done");
  EXPECT_NE(compare({NAN}, {1}), "done");
  EXPECT_NE(compare({1}, {NAN}), "done");
  EXPECT_EQ(compare({1}, {1, 2}), "expected 2xf32, got 1xf32");
}
