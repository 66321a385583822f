//===- seeds_test.cc - lists of seeds and what is drawn from them ---------===//
#include "runtime/src/infer/seeds.h"

#include "ganrt/random.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
std::vector<uint64_t> parse(const char *text) {
  ganrt_seeds seeds;
  EXPECT_EQ(ganrt_seeds_parse(text, &seeds), nullptr) << text;
  std::vector<uint64_t> result(seeds.items, seeds.items + seeds.count);
  ganrt_seeds_destroy(&seeds);
  return result;
}

std::string refuse(const char *text) {
  ganrt_seeds seeds;
  ganrt_status_t status = ganrt_seeds_parse(text, &seeds);
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}
} // namespace

TEST(Seeds, ListsAndRanges) {
  EXPECT_EQ(parse("7"), (std::vector<uint64_t>{7}));
  EXPECT_EQ(parse("0,2,5-8"), (std::vector<uint64_t>{0, 2, 5, 6, 7, 8}));
  EXPECT_EQ(parse("3-3,3"), (std::vector<uint64_t>{3, 3}));
  EXPECT_EQ(parse("18446744073709551614-18446744073709551615"),
            (std::vector<uint64_t>{UINT64_MAX - 1, UINT64_MAX}));
}

TEST(Seeds, RefusesTheRest) {
  for (const char *text : {"", "a", "1,", ",1", "1--2", "-1", "5-3", "1 ,2",
                           "18446744073709551616"})
    EXPECT_EQ(refuse(text), std::string("--seeds: expected a list such as "
                                        "0,2,5-31, got '") +
                                text + "'");
  EXPECT_EQ(refuse("0-10000000"), "--seeds: expected at most 10000000 seeds");
  EXPECT_EQ(refuse("0-18446744073709551615"),
            "--seeds: expected at most 10000000 seeds");
}

// Element row 0 of the seed, step 0, site "<input>#1".
TEST(Seeds, DrawFollowsTheSpecification) {
  float drawn[6], expected[6];
  ganrt_tensor_info input = {};
  input.name = "z";
  ganrt_seeds_draw(9, &input, 6, drawn);
  ganrt_random_key key = ganrt_random_key_make(9, 0, 0);
  uint32_t site = ganrt_random_site("z", 1);
  ganrt_random_fill_normal(key, site, 0, 6, 0, 1, expected);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(drawn[i], expected[i]);
  input.low = -1;
  input.high = 3;
  ganrt_seeds_draw(9, &input, 6, drawn);
  ganrt_random_fill_uniform(key, site, 0, 6, -1, 4, expected);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(drawn[i], expected[i]);
}
