//===- crc32c_test.cc - the CRC-32C checksum ------------------------------===//
#include "runtime/src/crc32c.h"

#include <gtest/gtest.h>
#include <vector>

TEST(Crc32c, KnownAnswers) {
  EXPECT_EQ(ganrt_crc32c(0, "123456789", 9), 0xe3069283u);
  EXPECT_EQ(ganrt_crc32c(0, "", 0), 0u);
  // RFC 3720, B.4.
  std::vector<unsigned char> zeros(32, 0), ones(32, 0xff);
  EXPECT_EQ(ganrt_crc32c(0, zeros.data(), 32), 0x8a9136aau);
  EXPECT_EQ(ganrt_crc32c(0, ones.data(), 32), 0x62a8ab43u);
}

TEST(Crc32c, GoesOn) {
  EXPECT_EQ(ganrt_crc32c(ganrt_crc32c(0, "1234", 4), "56789", 5), 0xe3069283u);
}
