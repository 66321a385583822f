//===- SpirvMending.cpp - what Halide's SPIR-V says otherwise -------------===//

#include "compiler/backends/halide/SpirvMending.h"
#include "compiler/backends/SpirvWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <set>
#include <vector>

using namespace gan::spirv;

/// A storage class and a decoration of the SPIR-V specification.
static constexpr uint32_t kUniform = 2, kAliased = 20;

static Words extension(llvm::StringRef name) {
  Words words(2 + name.size() / 4); // zeros end the name
  words[0] = head(OpExtension, words.size());
  memcpy(&words[1], name.data(), name.size());
  return words;
}

namespace {
/// What goes in front of the first instruction of a section.
struct Additions {
  Words capabilities{head(OpCapability, 2), kSignedZeroInfNanPreserve};
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
                         kSignedZeroInfNanPreserveMode, 32};
      break;
    case OpTypeInt:
      if (words[at + 2] == 8)
        additions.capabilities.append(
            {head(OpCapability, 2), kUniformAndStorageBuffer8BitAccess});
      if (words[at + 3] == 1)
        signedTypes.insert(words[at + 1]);
      break;
    case OpVariable:
      if (words[at + 3] == kUniform)
        decorate(words[at + 2], kAliased);
      break;
    case OpFAdd:
    case OpFSub:
    case OpFMul:
    case OpFDiv:
      decorate(words[at + 2], kNoContraction);
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

bool gan::halide::takeSpirv(std::string &code) {
  constexpr uint32_t magic = 0x07230203;
  std::vector<uint32_t> words(code.size() / sizeof(uint32_t));
  memcpy(words.data(), code.data(), words.size() * sizeof(uint32_t));
  words.erase(words.begin(), llvm::find(words, magic));
  if (words.size() < kHeader)
    return false;
  Additions additions = mendInstructions(words);
  code = insert(words, {{OpCapability, &additions.capabilities},
                        {OpExtension, &additions.extensions},
                        {OpExtInstImport, &additions.extensions},
                        {OpMemoryModel, &additions.extensions},
                        {OpExecutionMode, &additions.modes},
                        {OpDecorate, &additions.decorations},
                        {OpMemberDecorate, &additions.decorations}});
  return true;
}
