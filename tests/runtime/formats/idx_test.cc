//===- idx_test.cc - the files MNIST and its relatives come in ------------===//
#include "runtime/src/formats/idx.h"
#include "tests/runtime/helpers.h"

#include <zlib.h>

namespace {

using namespace std::string_literals;

std::string read(const std::string &path, uint64_t limit, ganrt_tensor *out) {
  return sentence(ganrt_idx_read(nullptr, path.c_str(), limit, out));
}

TEST(Idx, ReadsPlainAndGzippedFiles) {
  gan::TemporaryFolder scratch;
  std::string bytes = "\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\3abcdef"s;
  writeFile(scratch.path("plain"), bytes);
  gzFile zipped = gzopen(scratch.path("zipped").c_str(), "wb");
  gzwrite(zipped, bytes.data(), unsigned(bytes.size()));
  gzclose(zipped);
  for (const char *name : {"plain", "zipped"}) {
    ganrt_tensor tensor;
    ASSERT_EQ(read(scratch.path(name), 100, &tensor), "done");
    EXPECT_EQ(tensor.rank, 3u);
    EXPECT_EQ(tensor.shape[0], 2);
    EXPECT_EQ(tensor.shape[2], 3);
    EXPECT_EQ(tensor.dtype, uint32_t(GANRT_U8));
    EXPECT_EQ(std::string((char *)tensor.data, tensor.bytes), "abcdef");
    ganrt_tensor_destroy(&tensor);
  }
}

TEST(Idx, RefusesWhatItShould) {
  gan::TemporaryFolder scratch;
  struct {
    std::string bytes, expected;
  } cases[] = {
      {"", "not an idx file: it does not begin with 0, 0"},
      {"abcdefgh", "does not begin with 0, 0"},
      {"\0\0\x0d\1\0\0\0\1...."s,
       "expected idx element type 0x08 (unsigned byte), got 0x0d"},
      {"\0\0\x08\0"s, "expected rank 1 to 16, got 0"},
      {"\0\0\x08\x11"s, "expected rank 1 to 16, got 17"},
      {"\0\0\x08\3\0\0"s, "the file ends within its dimensions"},
      {"\0\0\x08\1\0\0\0\3ab"s, "expected 3 bytes for 3xu8, got 2"},
      {"\0\0\x08\1\0\0\0\3abcd"s, "expected 3 bytes for 3xu8, got 4"},
      {"\0\0\x08\3\x7f\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff"s, ""},
      {"\0\0\x08\1\xff\xff\xff\xff"s, ""},
      {"\x1f\x8b\x08\0\0\0\0\0\0\3broken"s, ""},
  };
  for (auto &[bytes, expected] : cases) {
    writeFile(scratch.path("a"), bytes);
    ganrt_tensor tensor;
    std::string result = read(scratch.path("a"), 1000, &tensor);
    EXPECT_NE(result, "done");
    EXPECT_NE(result.find(expected), std::string::npos) << result;
    EXPECT_EQ(tensor.data, nullptr);
  }
}

TEST(Idx, KeepsTheLimit) {
  gan::TemporaryFolder scratch;
  writeFile(scratch.path("a"),
            "\0\0\x08\1\0\0\x10\0"s + std::string(4096, 'x'));
  ganrt_tensor tensor;
  EXPECT_NE(read(scratch.path("a"), 1000, &tensor), "done");
  EXPECT_EQ(read(scratch.path("a"), 4096, &tensor), "done");
  ganrt_tensor_destroy(&tensor);
}

} // namespace
