//===- SpirvWords.h - what is added to a SPIR-V module --------------------===//
//
// Compilers say less than we mean: which products stay products, which memory a
// barrier is about. What is missing is added to the words of their modules.
// Numbers and the order of sections: SPIR-V 1.6, sections 2.3, 2.4 and 3.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_SPIRVWORDS_H
#define COMPILER_BACKENDS_SPIRVWORDS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gan::spirv {

enum Opcode : uint32_t {
  OpExtension = 10,
  OpExtInstImport = 11,
  OpMemoryModel = 14,
  OpEntryPoint = 15,
  OpExecutionMode = 16,
  OpCapability = 17,
  OpTypeInt = 21,
  OpTypeRuntimeArray = 29,
  OpConstant = 43,
  OpFunction = 54,
  OpVariable = 59,
  OpDecorate = 71,
  OpMemberDecorate = 72,
  OpFAdd = 129,
  OpFSub = 131,
  OpFMul = 133,
  OpFDiv = 136,
  OpShiftRightLogical = 194,
  OpShiftRightArithmetic = 195,
  OpControlBarrier = 224
};

/// Capabilities, an execution mode, a decoration.
constexpr uint32_t kStorageBuffer8BitAccess = 4448,
                   kUniformAndStorageBuffer8BitAccess = 4449,
                   kSignedZeroInfNanPreserve = 4466,
                   kSignedZeroInfNanPreserveMode = 4461, kNoContraction = 42;

/// Words in front of the first instruction, and which of them is the bound of
/// all names.
constexpr size_t kHeader = 5, kBound = 3;

using Words = llvm::SmallVector<uint32_t>;

/// The first word of an instruction of so many.
inline uint32_t head(Opcode opcode, size_t words) {
  return uint32_t(words) << 16 | opcode;
}

/// The module with additions, each in front of the first instruction that has
/// one of its opcodes: the first of its section. They are empty afterwards.
inline std::string insert(llvm::ArrayRef<uint32_t> words,
                          const std::map<uint32_t, Words *> &additions) {
  std::vector<uint32_t> done(words.begin(), words.begin() + kHeader);
  for (size_t at = kHeader; at < words.size(); at += words[at] >> 16) {
    auto own = additions.find(words[at] & 0xffff);
    if (own != additions.end()) {
      done.insert(done.end(), own->second->begin(), own->second->end());
      own->second->clear();
    }
    done.insert(done.end(), words.begin() + at,
                words.begin() + at + (words[at] >> 16));
  }
  return std::string(reinterpret_cast<const char *>(done.data()),
                     done.size() * sizeof(uint32_t));
}

} // namespace gan::spirv

#endif // COMPILER_BACKENDS_SPIRVWORDS_H
