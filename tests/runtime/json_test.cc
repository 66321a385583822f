//===- json_test.cc - a strict JSON reader --------------------------------===//
#include "runtime/src/json.h"

#include <gtest/gtest.h>
#include <string>

namespace {
const ganrt_json_limits kLimits = {1 << 20, 8, 1000};

struct Document {
  explicit Document(const std::string &text, ganrt_json_limits l = kLimits) {
    ganrt_status_t status =
        ganrt_json_parse(nullptr, text.data(), text.size(), l, &document);
    message = ganrt_status_message(status);
    ok = !ganrt_status_ignore(status);
  }
  ~Document() {
    if (ok)
      ganrt_json_destroy(document);
  }
  const ganrt_json *root() const { return ganrt_json_root(document); }
  ganrt_json_document *document = nullptr;
  bool ok = false;
  std::string message;
};
} // namespace

TEST(Json, ReadsEveryKind) {
  Document d(R"( {"a": [1, -2.5e3, true, false, null], "b": {"c": "x"}} )");
  ASSERT_TRUE(d.ok) << d.message;
  const ganrt_json *a = ganrt_json_find(d.root(), "a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->count, 5u);
  EXPECT_TRUE(a->first->is_integer);
  EXPECT_EQ(a->first->integer, 1);
  EXPECT_FALSE(a->first->next->is_integer);
  EXPECT_EQ(a->first->next->number, -2500);
  EXPECT_TRUE(a->first->next->next->boolean);
  const char *text;
  ASSERT_EQ(ganrt_json_string(ganrt_json_find(d.root(), "b"), "c", &text),
            nullptr);
  EXPECT_STREQ(text, "x");
}

TEST(Json, DecodesEscapes) {
  Document d(R"(["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é"])");
  ASSERT_TRUE(d.ok) << d.message;
  EXPECT_STREQ(d.root()->first->string,
               "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9");
}

TEST(Json, IntegersKeepAll64Bits) {
  Document d("[9223372036854775807, 9223372036854775808, -0]");
  ASSERT_TRUE(d.ok);
  EXPECT_EQ(d.root()->first->integer, INT64_MAX);
  EXPECT_FALSE(d.root()->first->next->is_integer);
  EXPECT_TRUE(d.root()->first->next->next->is_integer);
}

TEST(Json, RefusesWhatIsNotJson) {
  const std::pair<std::string, const char *> cases[] = {
      {"", "expected a value at byte 0, got the end"},
      {"{", "expected a string at byte 1, got the end"},
      {"[1,]", "expected a value at byte 3, got ']'"},
      {"[1 2]", "expected ',' or ']' at byte 3, got '2'"},
      {"{\"a\" 1}", "expected ':' at byte 5, got '1'"},
      {"{a:1}", "expected a string at byte 1, got 'a'"},
      {"[01]", "expected ',' or ']' at byte 2, got '1'"},
      {"[1.]", "expected a digit at byte 3, got ']'"},
      {"[1e]", "expected a digit at byte 3, got ']'"},
      {"[+1]", "expected a value at byte 1, got '+'"},
      {"[NaN]", "expected a value at byte 1, got 'N'"},
      {"[1e999]", "expected a number that f64 can hold at byte 1"},
      {"[\"\t\"]", "expected a character of a string at byte 2, got '\\x09'"},
      {"[\"\xff\"]", "expected a character of a string at byte 2, got '\\xff'"},
      {"[\"\\x\"]", "expected an escape at byte 3, got 'x'"},
      {"[\"\\ud800\"]",
       "expected the second half of a surrogate pair at byte 8, got '\"'"},
      {"[\"\\u0000\"]", "expected a character before byte 8, got U+0000"},
      {"[\"abc", "expected a character of a string at byte 5, got the end"},
      {"1 1", "expected the end at byte 2, got '1'"},
      {"tru", "expected a value at byte 0, got 't'"},
      {"{\"a\":1,\"b\":2,\"a\":3}", "key 'a' occurs twice"},
      {"[[[[[[[[[]]]]]]]]]", "expected at most 8 levels, got more at byte 9"},
      {std::string("[\"a\0\"]", 6),
       "expected a character of a string at byte 3, got '\\x00'"},
      {std::string("\0", 1), "expected a value at byte 0, got '\\x00'"},
      {std::string("[\"\\\0\"]", 6),
       "expected an escape at byte 3, got '\\x00'"},
  };
  for (const auto &[text, message] : cases) {
    Document d(text);
    EXPECT_FALSE(d.ok) << text;
    EXPECT_EQ(d.message, message) << text;
  }
}

TEST(Json, BoundsNodesAndBytes) {
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i)
    many += ",0";
  EXPECT_EQ(Document(many + "]").message,
            "expected at most 1000 values, got more");
  EXPECT_EQ(Document("[1]", {2, 8, 10}).message,
            "expected at most 2 bytes of JSON, got 3");
}

// Every prefix of a document is refused, and none reads past its end.
TEST(Json, PrefixesAreRefused) {
  std::string text =
      R"({"a":[1.5e-3,"\ud83d\ude00",{"b":null}],"c":false,"d":"é"})";
  for (size_t n = 0; n < text.size(); ++n) {
    std::string exact(text, 0, n);
    exact.shrink_to_fit();
    EXPECT_FALSE(Document(exact).ok) << n;
  }
  EXPECT_TRUE(Document(text).ok);
}

TEST(Json, MembersComeWithSentences) {
  Document d(R"({"n": 7, "x": 1.5})");
  int64_t value;
  ASSERT_EQ(ganrt_json_integer(d.root(), "n", 0, 10, &value), nullptr);
  EXPECT_EQ(value, 7);
  for (auto [key, message] :
       {std::pair{"x", "expected an integer in 0 ... 10 as 'x', got 1.5"},
        {"y", "there is no 'y'"}}) {
    ganrt_status_t status = ganrt_json_integer(d.root(), key, 0, 10, &value);
    EXPECT_STREQ(ganrt_status_message(status), message);
    ganrt_status_free(status);
  }
  const char *text;
  ganrt_status_t status = ganrt_json_string(d.root(), "n", &text);
  EXPECT_STREQ(ganrt_status_message(status),
               "expected a string as 'n', got a number");
  ganrt_status_free(status);
}
