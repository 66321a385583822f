//===- DrawSites.cpp - numbers that key the draws of a game ---------------===//

#include "frontends/game/DrawSites.h"

#include "llvm/ADT/Twine.h"

using namespace gan::gamelang;

uint32_t gan::gamelang::checksum(llvm::StringRef text) {
  constexpr uint32_t kPolynomial = 0x82F63B78; // reflected
  uint32_t crc = ~0u;
  for (unsigned char byte : text) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ (crc & 1 ? kPolynomial : 0);
  }
  return ~crc;
}

int32_t DrawSites::next(llvm::StringRef name) {
  uint32_t site = checksum((name + "#" + llvm::Twine(++counts[name])).str());
  while (!taken.insert(site).second)
    ++site;
  return static_cast<int32_t>(site);
}
