//===- random_test.cc - the random numbers of kernels and runtime ---------===//
#include "ganrt/random.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

// Known answers of the authors' library (Random123, kat_vectors).
TEST(Random, PhiloxKnownAnswers) {
  struct {
    uint32_t counter[4], key[2], words[4];
  } cases[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const auto &c : cases) {
    uint32_t words[4];
    ganrt_philox(c.counter, c.key, words);
    EXPECT_EQ(memcmp(words, c.words, sizeof(words)), 0);
  }
}

TEST(Random, KeySplitsLongStepNumbers) {
  ganrt_random_key key =
      ganrt_random_key_make(0x1122334455667788, 3, 0x500000007);
  EXPECT_EQ(key.seed_low, 0x55667788u);
  EXPECT_EQ(key.seed_high, 0x11223344u);
  EXPECT_EQ(key.iteration, 3u + (5u << 20));
  EXPECT_EQ(key.step, 7u);
}

TEST(Random, UniformIsExactAndBelowOne) {
  EXPECT_EQ(ganrt_random_uniform(0), 0.0f);
  EXPECT_EQ(ganrt_random_uniform(0xffffffff), 1.0f - 0x1p-24f);
  EXPECT_EQ(ganrt_random_uniform(0x80000000), 0.5f);
}

TEST(Random, BelowCoversTheRange) {
  EXPECT_EQ(ganrt_random_below(0, 10), 0u);
  EXPECT_EQ(ganrt_random_below(0xffffffff, 10), 9u);
  EXPECT_EQ(ganrt_random_below(0x80000000, 10), 5u);
}

// Every value that Box-Muller can ask for.
TEST(Random, LogIsAccurateEverywhere) {
  double worst = 0;
  for (uint32_t k = 1; k <= 1u << 24; ++k) {
    float u = static_cast<float>(k) * 0x1p-24f;
    double exact = std::log(static_cast<double>(u));
    double error = std::abs(ganrt_random_log(u) - exact);
    double ulp = std::max(std::abs(exact), 0x1p-126) * 0x1p-23;
    worst = std::max(worst, error / ulp);
  }
  EXPECT_LT(worst, 1.0);
  EXPECT_EQ(ganrt_random_log(1.0f), 0.0f);
}

TEST(Random, SineAndCosineAreAccurateEverywhere) {
  double worst = 0;
  for (uint32_t k = 0; k < 1u << 24; ++k) {
    float sine, cosine;
    ganrt_random_sin_cos(k << 8, &sine, &cosine);
    double t = 2 * M_PI * k * 0x1p-24;
    worst = std::max(worst, std::abs(sine - std::sin(t)));
    worst = std::max(worst, std::abs(cosine - std::cos(t)));
  }
  EXPECT_LT(worst, 1.2e-7);
}

// The bits are a promise: kernels, interpreter and files rely on them.
TEST(Random, NormalBitsNeverChange) {
  float values[8];
  ganrt_random_fill_normal(ganrt_random_key_make(0, 0, 0),
                           ganrt_random_site("z", 1), 0, 8, 0, 1, values);
  const uint32_t expected[8] = {0x3ec8be7a, 0x3f1bbb87, 0xbe8f9592, 0xbc45e965,
                                0xbfa711b0, 0x3f9152ef, 0x3f03e23a, 0x3fdd5a57};
  for (int i = 0; i < 8; ++i) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof(bits));
    EXPECT_EQ(bits, expected[i]) << i << ": " << values[i];
  }
}

TEST(Random, RangesAreCutAnywhere) {
  ganrt_random_key key = ganrt_random_key_make(42, 1, 2);
  std::vector<float> whole(103), part(103);
  ganrt_random_fill_normal(key, 5, 7, whole.size(), 0.5f, 2.0f, whole.data());
  for (size_t cut = 0; cut <= whole.size(); ++cut) {
    ganrt_random_fill_normal(key, 5, 7, cut, 0.5f, 2.0f, part.data());
    ganrt_random_fill_normal(key, 5, 7 + cut, whole.size() - cut, 0.5f, 2.0f,
                             part.data() + cut);
    ASSERT_EQ(whole, part) << cut;
  }
}

TEST(Random, NormalMoments) {
  std::vector<float> values(1 << 20);
  ganrt_random_fill_normal(ganrt_random_key_make(1, 0, 0), 9, 0, values.size(),
                           0, 1, values.data());
  double sum = 0, squares = 0, cubes = 0, fourth = 0;
  for (double v : values) {
    sum += v;
    squares += v * v;
    cubes += v * v * v;
    fourth += v * v * v * v;
  }
  double n = static_cast<double>(values.size());
  EXPECT_NEAR(sum / n, 0, 0.005);
  EXPECT_NEAR(squares / n, 1, 0.01);
  EXPECT_NEAR(cubes / n, 0, 0.02);
  EXPECT_NEAR(fourth / n, 3, 0.05);
}

TEST(Random, UniformAndIntegerFills) {
  ganrt_random_key key = ganrt_random_key_make(3, 0, 0);
  std::vector<float> values(1000);
  std::vector<int32_t> whole(1000);
  ganrt_random_fill_uniform(key, 1, 0, 1000, -2, 4, values.data());
  ganrt_random_fill_below(key, 1, 0, 1000, 7, whole.data());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_GE(values[i], -2);
    EXPECT_LT(values[i], 2);
    // Both come from the same word.
    EXPECT_EQ(whole[i], static_cast<int>((values[i] + 2) / 4 * 7));
  }
}
