//===- SpirvMending.cpp - what Halide's SPIR-V says otherwise -------------===//

#include "compiler/backends/halide/SpirvMending.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <map>
#include <set>
#include <vector>

using llvm::SmallVector;
using Words = SmallVector<uint32_t>;

namespace {
/// Numbers of the SPIR-V specification.
enum Opcode : uint32_t {
  OpExtension = 10,
  OpExtInstImport = 11,
  OpMemoryModel = 14,
  OpEntryPoint = 15,
  OpExecutionMode = 16,
  OpCapability = 17,
  OpTypeInt = 21,
  OpVariable = 59,
  OpDecorate = 71,
  OpMemberDecorate = 72,
  OpFAdd = 129,
  OpFSub = 131,
  OpFMul = 133,
  OpFDiv = 136,
  OpShiftRightLogical = 194,
  OpShiftRightArithmetic = 195
};
enum : uint32_t {
  Uniform = 2, // the storage class of buffers
  Aliased = 20,
  NoContraction = 42,
  UniformAndStorageBuffer8BitAccess = 4449,
  SignedZeroInfNanPreserveMode = 4461,
  SignedZeroInfNanPreserve = 4466
};
} // namespace

static uint32_t head(Opcode opcode, size_t words) {
  return uint32_t(words) << 16 | opcode;
}

static Words extension(llvm::StringRef name) {
  Words words(2 + name.size() / 4); // zeros end the name
  words[0] = head(OpExtension, words.size());
  memcpy(&words[1], name.data(), name.size());
  return words;
}

constexpr size_t kHeader = 5;

namespace {
/// What goes in front of the first instruction of a section.
struct Additions {
  Words capabilities{head(OpCapability, 2), SignedZeroInfNanPreserve};
  Words extensions = extension("SPV_KHR_float_controls");
  Words modes, decorations;
};
} // namespace

/// Changes operations in place and collects what has to be said about them.
static Additions mendInstructions(std::vector<uint32_t> &words) {
  Additions additions;
  std::set<uint32_t> signedTypes;
  auto decorate = [&](uint32_t value, uint32_t decoration) {
    additions.decorations.append({head(OpDecorate, 3), value, decoration});
  };
  for (size_t at = kHeader; at < words.size(); at += words[at] >> 16)
    switch (words[at] & 0xffff) {
    case OpEntryPoint:
      additions.modes = {head(OpExecutionMode, 4), words[at + 2],
                         SignedZeroInfNanPreserveMode, 32};
      break;
    case OpTypeInt:
      if (words[at + 2] == 8)
        additions.capabilities.append(
            {head(OpCapability, 2), UniformAndStorageBuffer8BitAccess});
      if (words[at + 3] == 1)
        signedTypes.insert(words[at + 1]);
      break;
    case OpVariable:
      if (words[at + 3] == Uniform)
        decorate(words[at + 2], Aliased);
      break;
    case OpFAdd:
    case OpFSub:
    case OpFMul:
    case OpFDiv:
      decorate(words[at + 2], NoContraction);
      break;
    case OpShiftRightLogical:
      if (signedTypes.count(words[at + 1]))
        words[at] += OpShiftRightArithmetic - OpShiftRightLogical;
      break;
    default:
      break;
    }
  return additions;
}

static std::string insert(const std::vector<uint32_t> &words,
                          Additions &additions) {
  std::map<uint32_t, Words *> inserted{
      {OpCapability, &additions.capabilities},
      {OpExtension, &additions.extensions},
      {OpExtInstImport, &additions.extensions},
      {OpMemoryModel, &additions.extensions},
      {OpExecutionMode, &additions.modes},
      {OpDecorate, &additions.decorations},
      {OpMemberDecorate, &additions.decorations}};
  std::vector<uint32_t> done(words.begin(), words.begin() + kHeader);
  for (size_t at = kHeader; at < words.size(); at += words[at] >> 16) {
    auto own = inserted.find(words[at] & 0xffff);
    if (own != inserted.end()) {
      done.insert(done.end(), own->second->begin(), own->second->end());
      own->second->clear();
    }
    done.insert(done.end(), words.begin() + at,
                words.begin() + at + (words[at] >> 16));
  }
  return std::string(reinterpret_cast<const char *>(done.data()),
                     done.size() * sizeof(uint32_t));
}

bool gan::halide::takeSpirv(std::string &code) {
  constexpr uint32_t magic = 0x07230203;
  std::vector<uint32_t> words(code.size() / sizeof(uint32_t));
  memcpy(words.data(), code.data(), words.size() * sizeof(uint32_t));
  words.erase(words.begin(), llvm::find(words, magic));
  if (words.size() < kHeader)
    return false;
  Additions additions = mendInstructions(words);
  code = insert(words, additions);
  return true;
}
