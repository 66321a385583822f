//===- Site.cpp - the number that tells one draw from another -------------===//

#include "dialects/gan/IR/Site.h"

uint32_t gan::siteOf(llvm::StringRef name) {
  uint32_t crc = ~0u;
  for (unsigned char byte : name) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}
