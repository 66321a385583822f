//===- Damage.h - the same bytes cut short, and with bytes changed --------===//
//
// What a parser must stand. Everything is a function of the bytes and an index,
// so a failure names what brings it back.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_DAMAGE_H
#define TESTS_SUPPORT_DAMAGE_H

#include "llvm/ADT/StringRef.h"
#include <cctype>
#include <cstdint>
#include <random>
#include <string>

namespace gan {

/// The place and length of a word of `text`, chosen at random; of one byte
/// where there is none.
inline std::pair<size_t, size_t> someWord(llvm::StringRef text,
                                          std::mt19937_64 &random) {
  auto isWord = [](unsigned char c) { return c == '_' || std::isalnum(c); };
  size_t begin = random() % text.size(), end = begin;
  while (begin > 0 && isWord(text[begin - 1]))
    --begin;
  while (end < text.size() && isWord(text[end]))
    ++end;
  return {begin, std::max<size_t>(end - begin, 1)};
}

/// Version `index` of `bytes`. The odd ones have one word replaced by another,
/// which parsers take and checks must refuse; in the others one to four places
/// are overwritten, removed, doubled, or replaced by what stands elsewhere.
inline std::string damaged(llvm::StringRef bytes, uint64_t index) {
  std::mt19937_64 random(index);
  std::string text = bytes.str();
  if (index % 2) {
    auto [at, length] = someWord(text, random);
    auto [from, count] = someWord(text, random);
    return text.replace(at, length, bytes.substr(from, count).str());
  }
  for (uint64_t edits = 1 + random() % 4; edits && !text.empty(); --edits) {
    size_t at = random() % text.size();
    size_t length = std::min<size_t>(1 + random() % 8, text.size() - at);
    switch (random() % 5) {
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(at, text.substr(at, length));
      break;
    default:
      text.replace(at, length, text.substr(random() % text.size(), length));
    }
  }
  return text;
}

/// Gives `take` every beginning of `bytes`, then `count` damaged versions, and
/// what to call each. Returns how many it did not like.
template <typename Take>
unsigned forEachDamage(llvm::StringRef bytes, uint64_t count, Take take) {
  unsigned failures = 0;
  for (size_t size = 0; size < bytes.size(); ++size)
    failures += !take(bytes.take_front(size).str(), /*mustFail=*/true,
                      "the first " + std::to_string(size) + " bytes");
  for (uint64_t index = 0; index < count; ++index)
    failures += !take(damaged(bytes, index), /*mustFail=*/false,
                      "damage " + std::to_string(index));
  return failures;
}

} // namespace gan

#endif // TESTS_SUPPORT_DAMAGE_H
