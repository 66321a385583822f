//===- safetensors_test.cc - reading and writing named tensors ------------===//
#include "runtime/src/formats/safetensors.h"

#include "tests/runtime/temporary_folder.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

std::string file(const std::string &header, size_t dataBytes) {
  std::string out(8, '\0');
  for (int i = 0; i < 8; ++i)
    out[i] = static_cast<char>(static_cast<uint64_t>(header.size()) >> (8 * i));
  return out + header + std::string(dataBytes, 'd');
}

std::string parse(const std::string &bytes) {
  std::vector<char> exact(bytes.begin(), bytes.end());
  ganrt_safetensors *parsed = nullptr;
  ganrt_status_t status = ganrt_safetensors_parse(
      nullptr, exact.data(), exact.size(), exact.size(), &parsed);
  if (!status)
    ganrt_safetensors_close(parsed);
  return message(status);
}

std::string entry(const std::string &name, const std::string &shape, int begin,
                  int end, const std::string &dtype = "F32") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
         ",\"data_offsets\":[" + std::to_string(begin) + "," +
         std::to_string(end) + "]}";
}
} // namespace

TEST(Safetensors, RoundTrips) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("a.safetensors");
  const float weights[] = {1, 2, 3, 4, 5, 6};
  const int64_t count = 42;
  const int64_t shape[] = {2, 3}, empty[] = {0, 4};
  ganrt_safetensor_source sources[] = {
      {"G/0.weight", GANRT_F32, 2, shape, 24, weights},
      {"nothing", GANRT_F32, 2, empty, 0, nullptr},
      {"critic/@t", GANRT_I64, 0, nullptr, 8, &count},
  };
  ganrt_safetensor_metadata metadata[] = {{"game", "wgan \"gp\"\n"}};
  ASSERT_EQ(
      message(ganrt_safetensors_write(path.c_str(), sources, 3, metadata, 1)),
      "done");
  ganrt_safetensors *back;
  ASSERT_EQ(message(ganrt_safetensors_open(nullptr, path.c_str(), &back)),
            "done");
  ASSERT_EQ(ganrt_safetensors_count(back), 3u);
  EXPECT_STREQ(ganrt_safetensors_metadata(back, "game"), "wgan \"gp\"\n");
  EXPECT_EQ(ganrt_safetensors_metadata(back, "other"), nullptr);
  const ganrt_safetensor *weight = ganrt_safetensors_find(back, "G/0.weight");
  ASSERT_NE(weight, nullptr);
  EXPECT_EQ(weight->offset % 64, 0u);
  EXPECT_EQ(weight->shape[1], 3);
  float values[6];
  ASSERT_EQ(message(ganrt_safetensors_read(back, weight, values)), "done");
  EXPECT_EQ(memcmp(values, weights, 24), 0);
  const ganrt_safetensor *t = ganrt_safetensors_find(back, "critic/@t");
  int64_t number;
  ASSERT_EQ(message(ganrt_safetensors_read(back, t, &number)), "done");
  EXPECT_EQ(number, 42);
  EXPECT_EQ(ganrt_safetensors_find(back, "x"), nullptr);
  ganrt_safetensors_close(back);
}

TEST(Safetensors, TakesAnyOrderAndPadding) {
  EXPECT_EQ(parse(file("{" + entry("b", "[1]", 4, 8) + "," +
                           entry("a", "[1]", 0, 4) + "}   ",
                       8)),
            "done");
  EXPECT_EQ(parse(file("{}", 0)), "done");
  EXPECT_EQ(parse(file("{\"__metadata__\":{\"a\":\"b\"}}", 0)), "done");
  EXPECT_EQ(
      parse(file("{" + entry("e", "[0]", 4, 4) + "," + entry("a", "[]", 0, 4) +
                     "," + entry("f", "[0,9]", 0, 0) + "}",
                 4)),
      "done");
}

TEST(Safetensors, RefusesEveryBrokenPromise) {
  const std::pair<std::string, const char *> cases[] = {
      {"1234567", "not a safetensors file: it has 7 bytes"},
      {std::string(8, '\xff'), "not a safetensors file: expected at most "
                               "100000000 bytes of header, got "
                               "18446744073709551615"},
      {file("{}", 0).substr(0, 9), "expected a header within 1 bytes, got 2"},
      {file("", 0),
       "not a safetensors file: expected a header that starts with '{'"},
      {file(" {}", 0),
       "not a safetensors file: expected a header that starts with '{'"},
      {file("{" + entry("a", "[1]", 0, 4) + "}", 8),
       "expected 8 bytes of tensors, got 4"},
      {file("{" + entry("a", "[1]", 4, 8) + "}", 8),
       "tensor 'a': expected to begin at 0, got 4"},
      {file("{" + entry("a", "[2]", 0, 8) + "," + entry("b", "[1]", 4, 8) + "}",
            8),
       "tensor 'b': expected to begin at 8, got 4"},
      {file("{" + entry("a", "[1]", 0, 4) + "," + entry("a", "[1]", 4, 8) + "}",
            8),
       "key 'a' occurs twice"},
      {file("{" + entry("a", "[1]", 0, 16) + "}", 8),
       "tensor 'a': expected data_offsets in 0 ... 8"},
      {file("{" + entry("a", "[1]", 4, 0) + "}", 4),
       "tensor 'a': expected data_offsets in 0 ... 4"},
      {file("{" + entry("a", "[1]", 0, 8) + "}", 8),
       "tensor 'a': expected 4 bytes, got 8"},
      {file("{" + entry("a", "[-1]", 0, 4) + "}", 4),
       "tensor 'a': expected natural numbers in 'shape'"},
      {file("{" + entry("a", "[1.5]", 0, 4) + "}", 4),
       "tensor 'a': expected natural numbers in 'shape'"},
      {file("{" +
                entry("a", "[2000000000,2000000000,2000000000,2000000000]", 0,
                      4) +
                "}",
            4),
       "tensor 'a': expected at most 2^40 bytes, got a larger shape"},
      {file("{" + entry("a", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", 0, 4) + "}",
            4),
       "tensor 'a': expected at most 16 numbers in 'shape', got 17"},
      {file("{" + entry("a", "[1]", 0, 1, "F8_E4M3") + "}", 1),
       "tensor 'a': element type 'F8_E4M3' is not supported"},
      {file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4),
       "tensor 'a': expected dtype, shape and data_offsets, got 2 members"},
      {file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"offsets\":[0,4]}}", 4),
       "tensor 'a': there is no 'data_offsets'"},
      {file("{\"a\":1}", 0), "tensor 'a': expected an object, got a number"},
      {file("{\"__metadata__\":[]}", 0),
       "expected an object as '__metadata__', got an array"},
      {file("{\"__metadata__\":{\"a\":1}}", 0),
       "expected a string as metadata 'a', got a number"},
      {file("{\"a\":[[[[]]]]}", 0),
       "expected at most 4 levels, got more at byte 9"},
  };
  for (const auto &[bytes, expected] : cases)
    EXPECT_EQ(parse(bytes), expected);
}

TEST(Safetensors, DamageEndsWithAnAnswer) {
  std::string good = file(
      "{" + entry("a", "[2]", 0, 8) + "," + entry("b", "[1]", 8, 12) + "}", 12);
  ASSERT_EQ(parse(good), "done");
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_NE(parse(good.substr(0, n)), "done") << n;
    for (int flip : {1, 2, 0x10, 0x80}) {
      std::string damaged = good;
      damaged[n] ^= static_cast<char>(flip);
      parse(damaged);
    }
  }
}

TEST(Safetensors, FileErrorsNameThePath) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("a");
  std::ofstream(path) << "1234";
  ganrt_safetensors *none;
  EXPECT_EQ(message(ganrt_safetensors_open(nullptr, path.c_str(), &none)),
            "'" + path + "': not a safetensors file: it has 4 bytes");
  EXPECT_EQ(
      message(ganrt_safetensors_open(nullptr, folder.path("b").c_str(), &none)),
      "cannot open '" + folder.path("b") + "': no such file or directory");
}

TEST(Safetensors, WriterChecksItsInput) {
  gan::TemporaryFolder folder;
  const int64_t shape[] = {2};
  ganrt_safetensor_source source = {"a", GANRT_F32, 1, shape, 4, "1234"};
  EXPECT_EQ(message(ganrt_safetensors_write(folder.path("a").c_str(), &source,
                                            1, nullptr, 0)),
            "tensor 'a': expected 8 bytes, got 4");
  EXPECT_TRUE(folder.names().empty());
}
