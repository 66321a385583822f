//===- gzip_test.cc - unpacking gzip --------------------------------------===//
#include "runtime/src/formats/gzip.h"

#include "tests/runtime/temporary_folder.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <zlib.h>

namespace {
std::string pack(const std::string &text) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), 0);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<Bytef *>(out.data());
  stream.avail_out = out.size();
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// The sentence, or the unpacked text.
std::string unpack(const std::string &packed, uint64_t limit) {
  ganrt_bytes bytes;
  ganrt_status_t status =
      ganrt_gzip_unpack(nullptr, packed.data(), packed.size(), limit, &bytes);
  std::string result = ganrt_status_message(status);
  if (!ganrt_status_ignore(status)) {
    result.assign(reinterpret_cast<char *>(bytes.data), bytes.size);
    ganrt_bytes_destroy(&bytes);
  }
  return result;
}
} // namespace

TEST(Gzip, UnpacksMembersOfAnySize) {
  for (size_t size : {0, 1, 65535, 65536, 65537, 300000}) {
    std::string text(size, 'a');
    for (size_t i = 0; i < size; ++i)
      text[i] = static_cast<char>(i * i / 7);
    EXPECT_EQ(unpack(pack(text), 1 << 20), text) << size;
    EXPECT_EQ(unpack(pack(text) + pack("end"), 1 << 20), text + "end");
  }
}

TEST(Gzip, StopsAtTheLimit) {
  std::string bomb = pack(std::string(10 << 20, 0));
  EXPECT_EQ(unpack(bomb, 100000),
            "expected at most 100000 bytes when unpacked, got more");
  EXPECT_EQ(unpack(pack("12345"), 5), "12345");
  EXPECT_EQ(unpack(pack("123456"), 5),
            "expected at most 5 bytes when unpacked, got more");
}

TEST(Gzip, RefusesDamage) {
  std::string packed = pack("some text that is long enough to be cut");
  for (size_t n = 2; n < packed.size(); ++n)
    EXPECT_EQ(unpack(packed.substr(0, n), 1000), "gzip data ends early") << n;
  std::string wrong = packed;
  wrong[wrong.size() - 6] ^= 1; // the checksum
  EXPECT_EQ(unpack(wrong, 1000), "gzip data is damaged");
}

TEST(Gzip, ReadsPlainFilesToo) {
  gan::TemporaryFolder folder;
  std::ofstream(folder.path("plain")) << "plain";
  std::ofstream(folder.path("packed")) << pack("packed");
  for (const char *name : {"plain", "packed"}) {
    ganrt_bytes bytes;
    ASSERT_EQ(ganrt_gzip_read(nullptr, folder.path(name).c_str(), 1000, &bytes),
              nullptr);
    EXPECT_STREQ(reinterpret_cast<char *>(bytes.data), name);
    ganrt_bytes_destroy(&bytes);
  }
}
