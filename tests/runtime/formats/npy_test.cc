//===- npy_test.cc - reading and writing numpy's array files --------------===//
#include "runtime/src/formats/npy.h"

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

// A file as numpy writes it, version 1 or later.
std::string file(const std::string &dictionary, const std::string &data,
                 int version = 1) {
  std::string header = dictionary + "\n";
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  out += static_cast<char>(header.size());
  out += static_cast<char>(header.size() >> 8);
  if (version > 1)
    out += std::string(2, '\0');
  return out + header + data;
}

std::string parse(const std::string &bytes, ganrt_tensor *tensor) {
  std::vector<char> exact(bytes.begin(), bytes.end());
  return message(ganrt_npy_parse(nullptr, exact.data(), exact.size(), tensor));
}

std::string refused(const std::string &bytes) {
  ganrt_tensor tensor;
  std::string text = parse(bytes, &tensor);
  if (text == "done")
    ganrt_tensor_destroy(&tensor);
  return text;
}

template <typename T> std::string raw(std::initializer_list<T> values) {
  std::string out;
  for (T value : values)
    out.append(reinterpret_cast<const char *>(&value), sizeof(T));
  return out;
}
} // namespace

TEST(Npy, ReadsAllVersions) {
  for (int version : {1, 2, 3}) {
    ganrt_tensor tensor;
    ASSERT_EQ(parse(file("{'descr': '<f4', 'fortran_order': False, 'shape': "
                         "(2, 3), }",
                         raw<float>({1, 2, 3, 4, 5, 6}), version),
                    &tensor),
              "done");
    EXPECT_EQ(tensor.dtype, GANRT_F32);
    EXPECT_EQ(tensor.rank, 2u);
    EXPECT_EQ(tensor.shape[1], 3);
    EXPECT_EQ(static_cast<float *>(tensor.data)[5], 6);
    ganrt_tensor_destroy(&tensor);
  }
}

TEST(Npy, TurnsFortranOrder) {
  ganrt_tensor tensor;
  // 2 x 3 x 2, first axis fastest: element (i, j, k) is i + 2 j + 6 k.
  std::string data;
  for (int i = 0; i < 12; ++i)
    data += raw<int32_t>({i});
  ASSERT_EQ(parse(file("{'descr': '<i4', 'fortran_order': True, 'shape': "
                       "(2, 3, 2), }",
                       data),
                  &tensor),
            "done");
  const int32_t *values = static_cast<int32_t *>(tensor.data);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 2; ++k)
        EXPECT_EQ(values[(i * 3 + j) * 2 + k], i + 2 * j + 6 * k);
  ganrt_tensor_destroy(&tensor);
}

TEST(Npy, ScalarsEmptyOnesAndBooleans) {
  ganrt_tensor tensor;
  ASSERT_EQ(
      parse(file("{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
                 raw<double>({2.5})),
            &tensor),
      "done");
  EXPECT_EQ(tensor.rank, 0u);
  EXPECT_EQ(ganrt_element_read(tensor.dtype, tensor.data, 0), 2.5);
  ganrt_tensor_destroy(&tensor);
  ASSERT_EQ(parse(file("{\"shape\": (0, 7), \"fortran_order\": True, "
                       "\"descr\": \"<i8\"}",
                       ""),
                  &tensor),
            "done");
  EXPECT_EQ(tensor.count, 0u);
  ganrt_tensor_destroy(&tensor);
  ASSERT_EQ(parse(file("{'descr': '|b1', 'fortran_order': False, 'shape': "
                       "(3,), }",
                       std::string("\0\1\7", 3)),
                  &tensor),
            "done");
  EXPECT_EQ(memcmp(tensor.data, "\0\1\1", 3), 0);
  ganrt_tensor_destroy(&tensor);
}

TEST(Npy, RefusesWhatItCannotMean) {
  const std::pair<std::string, const char *> cases[] = {
      {"", "not an npy file"},
      {"\x93NUMPX\1\0..............", "not an npy file"},
      {file("{}", "", 4), "expected npy version 1, 2 or 3, got 4"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
            "1234"),
       "expected 8 bytes of elements, got 4"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
            std::string(9, 'x')),
       "expected 8 bytes of elements, got 9"},
      {file("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", ""),
       "element type '|O' is not supported; supported: <f4 <f8 <f2 <i8 <i4 <i2 "
       "|i1 |u1 <u2 <u4 |b1"},
      {file("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", ""),
       "element type '>f4' is not supported; supported: <f4 <f8 <f2 <i8 <i4 "
       "<i2 |i1 |u1 <u2 <u4 |b1"},
      {file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }",
            ""),
       "expected numbers or booleans, got a record or something else"},
      {file("{'descr': '<f4', 'fortran_order': False}", ""),
       "expected descr, fortran_order and shape in the npy header"},
      {file("{'descr': '<f4', 'descr': '<f4', 'shape': ()}", ""),
       "expected descr, fortran_order and shape once in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", ""),
       "expected True or False in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", ""),
       "expected ',' or ')' in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", ""),
       "expected a dimension in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}", ""),
       "expected ',' or ')' in the npy header"},
      {file("__import__('os').system('true')", ""),
       "expected a dictionary in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': ()} + 1", ""),
       "expected the end in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,)}",
            ""),
       "expected dimensions below 2^31 in the npy header"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': "
            "(2000000000, 2000000000, 2000000000)}",
            ""),
       "expected at most 2^40 bytes, got a larger shape"},
      {file("{'descr': '<f4', 'fortran_order': False, 'shape': "
            "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}",
            ""),
       "expected rank <= 16, got more"},
      {std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12),
       "expected at most 65536 bytes of npy header, got 4294967307"},
      {std::string("\x93NUMPY\1\0\xff\0{", 11), "the npy header ends early"},
  };
  for (const auto &[bytes, expected] : cases)
    EXPECT_EQ(refused(bytes), expected);
}

TEST(Npy, EveryPrefixIsRefused) {
  std::string whole = file("{'descr': '<f4', 'fortran_order': False, 'shape': "
                           "(2, 1), }",
                           raw<float>({1, 2}));
  for (size_t n = 0; n < whole.size(); ++n)
    EXPECT_NE(refused(whole.substr(0, n)), "done") << n;
  for (size_t n = 0; n < whole.size(); ++n)
    for (int flip : {1, 0x20, 0x80}) {
      std::string damaged = whole;
      damaged[n] ^= static_cast<char>(flip);
      refused(damaged);
    }
}

TEST(Npy, WritesWhatNumpyWould) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("a.npy");
  for (auto [rank, shape] :
       {std::pair{0u, ""}, {1u, "3,"}, {2u, "3, 2"}, {3u, "3, 2, 1"}}) {
    int64_t dimensions[] = {3, 2, 1};
    ganrt_tensor tensor, back;
    ASSERT_EQ(message(ganrt_tensor_create(nullptr, GANRT_F32, rank, dimensions,
                                          &tensor)),
              "done");
    static_cast<float *>(tensor.data)[0] = 1.5f;
    ASSERT_EQ(message(ganrt_npy_write(path.c_str(), &tensor)), "done");
    std::ifstream stream(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ((bytes.size() - tensor.bytes) % 64, 0u);
    EXPECT_NE(bytes.find(std::string("{'descr': '<f4', 'fortran_order': False, "
                                     "'shape': (") +
                         shape + "), }"),
              std::string::npos);
    ASSERT_EQ(message(ganrt_npy_read(nullptr, path.c_str(), &back)), "done");
    EXPECT_EQ(back.rank, rank);
    EXPECT_EQ(memcmp(back.data, tensor.data, tensor.bytes), 0);
    ganrt_tensor_destroy(&tensor);
    ganrt_tensor_destroy(&back);
  }
}

TEST(Npy, BrainFloatsAreWidened) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("a.npy");
  int64_t shape[] = {1};
  ganrt_tensor tensor, back;
  ASSERT_EQ(
      message(ganrt_tensor_create(nullptr, GANRT_BF16, 1, shape, &tensor)),
      "done");
  ganrt_element_write(GANRT_BF16, tensor.data, 0, 1.5);
  ASSERT_EQ(message(ganrt_npy_write(path.c_str(), &tensor)), "done");
  ASSERT_EQ(message(ganrt_npy_read(nullptr, path.c_str(), &back)), "done");
  EXPECT_EQ(back.dtype, GANRT_F32);
  EXPECT_EQ(static_cast<float *>(back.data)[0], 1.5f);
  ganrt_tensor_destroy(&tensor);
  ganrt_tensor_destroy(&back);
}
