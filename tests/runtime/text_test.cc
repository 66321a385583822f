//===- text_test.cc - growing text, quoting, numbers ----------------------===//
#include "runtime/src/text.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace {
struct Text : ganrt_text {
  Text() : ganrt_text{} {}
  ~Text() { ganrt_text_destroy(this); }
  std::string string() const { return std::string(data, length); }
};
} // namespace

TEST(Text, Grows) {
  Text text;
  for (int i = 0; i < 1000; ++i)
    ganrt_text_append(&text, "%d,", i % 10);
  EXPECT_EQ(text.length, 2000u);
  EXPECT_EQ(text.string().substr(0, 6), "0,1,2,");
  EXPECT_EQ(ganrt_text_status(&text), nullptr);
}

TEST(Text, FailureIsRemembered) {
  Text text;
  text.failed = true;
  ganrt_text_append(&text, "x");
  EXPECT_EQ(text.length, 0u);
  EXPECT_TRUE(ganrt_status_ignore(ganrt_text_status(&text)));
}

TEST(Text, JsonStringsAreEscaped) {
  Text text;
  ganrt_text_append_json_string(&text, "a\"\\\n\x1b\x7f\xc3\xa9\xff/");
  EXPECT_EQ(text.string(),
            "\"a\\\"\\\\\\u000a\\u001b\\u007f\xc3\xa9\\ufffd/\"");
}

TEST(Text, JsonNumbersAreShortAndExact) {
  for (auto [value, expected] : {std::pair{0.1, "0.1"},
                                 {1.0, "1"},
                                 {-2.5e-10, "-2.5e-10"},
                                 {1.0 / 3, "0.3333333333333333"},
                                 {INFINITY, "null"},
                                 {NAN, "null"}}) {
    Text text;
    ganrt_text_append_json_number(&text, value);
    EXPECT_EQ(text.string(), expected);
  }
}

TEST(Text, QuotedNamesReachNoTerminal) {
  EXPECT_STREQ(ganrt_quote("a\x1b[31m\n'\\").text, "a\\x1b[31m\\x0a\\'\\\\");
  EXPECT_STREQ(ganrt_quote("\xc2\x9b\xff\xc3\xa9").text,
               "\\xc2\\x9b\\xff\xc3\xa9");
  std::string longName(5000, 'x');
  std::string quoted = ganrt_quote(longName.c_str()).text;
  EXPECT_LT(quoted.size(), 104u);
  EXPECT_EQ(quoted.substr(quoted.size() - 4), "x...");
}

TEST(Text, Utf8Lengths) {
  EXPECT_EQ(ganrt_utf8_length("a", 1), 1u);
  EXPECT_EQ(ganrt_utf8_length("\xf0\x9f\x98\x80", 4), 4u);
  EXPECT_EQ(ganrt_utf8_length("\xf0\x9f\x98\x80", 3), 0u);
  EXPECT_EQ(ganrt_utf8_length("\xc0\x80", 2), 0u);     // overlong
  EXPECT_EQ(ganrt_utf8_length("\xed\xa0\x80", 3), 0u); // surrogate
  EXPECT_EQ(ganrt_utf8_length("\xf4\x90\x80\x80", 4), 0u);
}

TEST(Text, ParsesWholeNumbersOnly) {
  double real;
  uint64_t natural;
  int64_t integer;
  EXPECT_TRUE(ganrt_parse_double("1.5e3", &real));
  EXPECT_EQ(real, 1500);
  EXPECT_FALSE(ganrt_parse_double("1.5x", &real));
  EXPECT_FALSE(ganrt_parse_double("", &real));
  EXPECT_FALSE(ganrt_parse_double(" 1", &real));
  EXPECT_TRUE(ganrt_parse_u64("18446744073709551615", &natural));
  EXPECT_FALSE(ganrt_parse_u64("18446744073709551616", &natural));
  EXPECT_FALSE(ganrt_parse_u64("-1", &natural));
  EXPECT_FALSE(ganrt_parse_u64("+1", &natural));
  EXPECT_TRUE(ganrt_parse_i64("-9223372036854775808", &integer));
  EXPECT_EQ(integer, INT64_MIN);
  EXPECT_FALSE(ganrt_parse_i64("--1", &integer));
}

TEST(Text, EditDistance) {
  EXPECT_EQ(ganrt_edit_distance("seeds", "seeds"), 0u);
  EXPECT_EQ(ganrt_edit_distance("seed", "seeds"), 1u);
  EXPECT_EQ(ganrt_edit_distance("thread", "seeds"), 5u);
  EXPECT_EQ(ganrt_edit_distance("", "abc"), 3u);
  EXPECT_EQ(ganrt_edit_distance(std::string(64, 'a').c_str(), "a"), 64u);
}

TEST(Text, SuggestsTheNearestName) {
  ganrt_suggestion suggestion = ganrt_suggestion_make("sed");
  for (const char *known : {"outdir", "seed", "seeds"})
    ganrt_suggestion_consider(&suggestion, known);
  EXPECT_STREQ(suggestion.nearest, "seed");
  ganrt_status_t status = ganrt_suggestion_unknown_option(&suggestion);
  EXPECT_STREQ(ganrt_status_message(status),
               "unknown option '--sed'; did you mean '--seed'?");
  ganrt_status_free(status);
  suggestion = ganrt_suggestion_make("sed");
  ganrt_suggestion_consider(&suggestion, "outdir");
  EXPECT_EQ(suggestion.nearest, nullptr);
}
