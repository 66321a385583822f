//===- permutation_test.cc - the order in which an epoch shows samples ----===//
#include "runtime/src/train/permutation.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace {

std::vector<uint64_t> order(uint64_t seed, uint32_t site, uint64_t epoch,
                            uint64_t size) {
  ganrt_permutation permutation =
      ganrt_permutation_make(seed, site, epoch, size);
  std::vector<uint64_t> result;
  for (uint64_t i = 0; i < size; ++i)
    result.push_back(ganrt_permutation_at(&permutation, i));
  return result;
}

TEST(Permutation, IsABijectionOfEverySize) {
  for (uint64_t size : {1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 100, 1000, 60000}) {
    std::vector<uint64_t> shown = order(7, 1, 2, size);
    std::set<uint64_t> different(shown.begin(), shown.end());
    EXPECT_EQ(different.size(), size);
    EXPECT_EQ(*different.rbegin(), size - 1);
  }
}

TEST(Permutation, FollowsFromSeedSiteAndEpochAlone) {
  EXPECT_EQ(order(1, 2, 3, 500), order(1, 2, 3, 500));
  EXPECT_NE(order(1, 2, 3, 500), order(2, 2, 3, 500));
  EXPECT_NE(order(1, 2, 3, 500), order(1, 3, 3, 500));
  EXPECT_NE(order(1, 2, 3, 500), order(1, 2, 4, 500));
  EXPECT_NE(order(1, 2, 3, 500), order(uint64_t(1) << 32 | 1, 2, 3, 500));
  EXPECT_NE(order(1, 2, 3, 500), order(1, 2, uint64_t(1) << 32 | 3, 500));
}

// Every sample is equally likely at every position, and neighbours don't stay
// together: chi-squared over 4,000 epochs of 10 samples.
TEST(Permutation, LooksRandom) {
  double positions[10][10] = {}, neighbours[10][10] = {};
  const int epochs = 4000;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    std::vector<uint64_t> shown = order(11, 5, uint64_t(epoch), 10);
    for (int i = 0; i < 10; ++i)
      ++positions[i][shown[size_t(i)]];
    for (int i = 0; i < 9; ++i)
      ++neighbours[shown[size_t(i)]][shown[size_t(i) + 1]];
  }
  double chi = 0, chiNeighbours = 0;
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) {
      double mean = epochs / 10.0;
      chi += (positions[i][j] - mean) * (positions[i][j] - mean) / mean;
      if (i == j)
        continue;
      mean = epochs * 9 / 90.0;
      chiNeighbours +=
          (neighbours[i][j] - mean) * (neighbours[i][j] - mean) / mean;
    }
  // About 81 and 89 degrees of freedom; the bounds are beyond five sigma.
  EXPECT_LT(chi, 150);
  EXPECT_LT(chiNeighbours, 165);
}

TEST(Permutation, HoldsHugeSizes) {
  ganrt_permutation permutation =
      ganrt_permutation_make(1, 2, 3, (uint64_t(1) << 40) + 17);
  std::set<uint64_t> shown;
  for (uint64_t i = 0; i < 1000; ++i)
    shown.insert(ganrt_permutation_at(&permutation, i));
  EXPECT_EQ(shown.size(), 1000u);
  EXPECT_LT(*shown.rbegin(), (uint64_t(1) << 40) + 17);
}

} // namespace
