//===- sha256_test.cc - the SHA-256 digest of bytes -----------------------===//
#include "runtime/src/formats/sha256.h"

#include <gtest/gtest.h>
#include <string>

namespace {

std::string digest(const std::string &bytes) {
  ganrt_sha256_hex hex;
  ganrt_sha256_of(bytes.data(), bytes.size(), hex);
  return hex;
}

// The examples of FIPS 180-4.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(digest(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991"
            "b7852b855");
  EXPECT_EQ(digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
            "ff61f20015ad");
  EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesOfAnySizeGiveTheSame) {
  std::string bytes;
  for (int i = 0; i < 300; ++i)
    bytes.push_back(char(i * 7));
  for (size_t step : {1, 3, 55, 56, 63, 64, 65, 299}) {
    ganrt_sha256 sha;
    ganrt_sha256_begin(&sha);
    for (size_t at = 0; at < bytes.size(); at += step)
      ganrt_sha256_add(&sha, bytes.data() + at,
                       std::min(step, bytes.size() - at));
    uint8_t raw[32];
    ganrt_sha256_hex hex;
    ganrt_sha256_end(&sha, raw);
    ganrt_sha256_format(raw, hex);
    EXPECT_EQ(hex, digest(bytes)) << step;
  }
}

} // namespace
