//===- xxh3_test.cc - the XXH3 hash of 128 bits ---------------------------===//
#include "runtime/src/formats/xxh3.h"
#include "tests/runtime/helpers.h"

namespace {

// As printed by xxhsum -H2.
TEST(Xxh3, KnownAnswers) {
  ganrt_xxh3_hex hash;
  ganrt_xxh3_of("", 0, hash);
  EXPECT_STREQ(hash, "99aa06d3014798d86001c324468d497f");
  ganrt_xxh3_of("abc", 3, hash);
  EXPECT_STREQ(hash, "06b05ab6733a618578af5f94892f3950");
}

TEST(Xxh3, PiecesGiveTheSame) {
  std::string bytes(5000, 'x');
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = char(i * i);
  ganrt_xxh3_hex whole, pieces;
  ganrt_xxh3_of(bytes.data(), bytes.size(), whole);
  ganrt_xxh3 *hash;
  ASSERT_OK(ganrt_xxh3_begin(&hash));
  for (size_t at = 0; at < bytes.size(); at += 123)
    ganrt_xxh3_add(hash, bytes.data() + at,
                   std::min<size_t>(123, bytes.size() - at));
  ganrt_xxh3_end(hash, pieces);
  EXPECT_STREQ(whole, pieces);
}

} // namespace
