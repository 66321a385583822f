//===- VulkanCode.cpp - what LLVM's SPIR-V lacks for Vulkan ---------------===//

#include "compiler/backends/llvm/VulkanCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include <cmath>
#include <cstring>
#include <map>

using namespace gan;
using llvm::Value;

//===----------------------------------------------------------------------===//
// Before code generation
//===----------------------------------------------------------------------===//

/// NaN differs from itself.
static Value *lowerComparison(llvm::IRBuilder<> &b, llvm::FCmpInst &compare) {
  bool asksForNumbers = compare.getPredicate() == llvm::CmpInst::FCMP_ORD;
  auto test = [&](Value *x) {
    return asksForNumbers ? b.CreateFCmpOEQ(x, x) : b.CreateFCmpUNE(x, x);
  };
  Value *x = compare.getOperand(0), *y = compare.getOperand(1);
  if (x == y || llvm::isa<llvm::Constant>(y))
    return test(x);
  return asksForNumbers ? b.CreateAnd(test(x), test(y))
                        : b.CreateOr(test(x), test(y));
}

static Value *lowerCopySign(llvm::IRBuilder<> &b, Value *magnitude,
                            Value *sign) {
  llvm::Type *type = magnitude->getType();
  unsigned bits = type->getScalarSizeInBits();
  llvm::Type *word = b.getIntNTy(bits);
  llvm::APInt mask = llvm::APInt::getSignMask(bits);
  Value *low = b.CreateAnd(b.CreateBitCast(magnitude, word), b.getInt(~mask));
  Value *high = b.CreateAnd(b.CreateBitCast(sign, word), b.getInt(mask));
  return b.CreateBitCast(b.CreateOr(low, high), type);
}

static Value *lowerSaturation(llvm::IRBuilder<> &b, Value *value,
                              llvm::Type *type) {
  llvm::Type *own = value->getType();
  unsigned bits = type->getScalarSizeInBits();
  double limit = std::ldexp(1.0, bits - 1);
  Value *number = b.CreateFPToSI(value, type);
  auto replace = [&](Value *condition, const llvm::APInt &by) {
    number = b.CreateSelect(condition, b.getInt(by), number);
  };
  replace(b.CreateFCmpOGE(value, llvm::ConstantFP::get(own, limit)),
          llvm::APInt::getSignedMaxValue(bits));
  replace(b.CreateFCmpOLE(value, llvm::ConstantFP::get(own, -limit)),
          llvm::APInt::getSignedMinValue(bits));
  replace(b.CreateFCmpUNE(value, value), llvm::APInt::getZero(bits));
  return number;
}

static Value *lowerInstruction(llvm::Instruction &instruction) {
  llvm::IRBuilder<> b(&instruction);
  if (auto *compare = llvm::dyn_cast<llvm::FCmpInst>(&instruction);
      compare &&
      llvm::is_contained({llvm::CmpInst::FCMP_UNO, llvm::CmpInst::FCMP_ORD},
                         compare->getPredicate()))
    return lowerComparison(b, *compare);
  auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  if (!call)
    return nullptr;
  switch (call->getIntrinsicID()) {
  case llvm::Intrinsic::copysign:
    return lowerCopySign(b, call->getArgOperand(0), call->getArgOperand(1));
  case llvm::Intrinsic::fptosi_sat:
    return lowerSaturation(b, call->getArgOperand(0), call->getType());
  default:
    return nullptr;
  }
}

void gan::codegen::lowerForVulkan(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : llvm::make_early_inc_range(block))
        if (Value *replacement = lowerInstruction(instruction)) {
          instruction.replaceAllUsesWith(replacement);
          instruction.eraseFromParent();
        }
}

//===----------------------------------------------------------------------===//
// After code generation
//===----------------------------------------------------------------------===//

namespace {
/// Numbers of the SPIR-V specification.
enum Opcode : uint32_t {
  OpEntryPoint = 15,
  OpExecutionMode = 16,
  OpCapability = 17,
  OpTypeInt = 21,
  OpTypeRuntimeArray = 29,
  OpConstant = 43,
  OpFunction = 54,
  OpDecorate = 71,
  OpMemberDecorate = 72,
  OpFAdd = 129,
  OpFSub = 131,
  OpFMul = 133,
  OpFDiv = 136,
  OpControlBarrier = 224
};
constexpr uint32_t kStorageBuffer8BitAccess = 4448,
                   kSignedZeroInfNanPreserve = 4466, // the capability
    kPreserveMode = 4461, kNoContraction = 42, kAcquireRelease = 8,
                   kWorkgroupMemory = 256;
} // namespace

static uint32_t head(Opcode opcode, uint32_t words) {
  return words << 16 | opcode;
}

std::string gan::codegen::finishVulkanCode(llvm::ArrayRef<char> code) {
  std::vector<uint32_t> words(code.size() / 4);
  std::memcpy(words.data(), code.data(), code.size());
  constexpr size_t header = 5, bound = 3;
  llvm::SmallVector<uint32_t> decorations, semantics;
  bool hasBytes = false;
  uint32_t entry = 0, word = 0, byte = 0;
  for (size_t at = header; at < words.size(); at += words[at] >> 16)
    switch (words[at] & 0xffff) {
    case OpEntryPoint:
      entry = words[at + 2];
      break;
    case OpTypeInt:
      if (words[at + 2] == 32)
        word = words[at + 1];
      if (words[at + 2] == 8)
        byte = words[at + 1];
      break;
    case OpTypeRuntimeArray:
      hasBytes |= words[at + 2] == byte;
      break;
    case OpFAdd:
    case OpFSub:
    case OpFMul:
    case OpFDiv:
      decorations.append({head(OpDecorate, 3), words[at + 2], kNoContraction});
      break;
    case OpControlBarrier:
      // LLVM says in which order, but not of which memory.
      if (semantics.empty())
        semantics = {head(OpConstant, 4), word, words[bound]++,
                     kAcquireRelease | kWorkgroupMemory};
      words[at + 3] = semantics[2];
      break;
    default:
      break;
    }
  llvm::SmallVector<uint32_t> capabilities{head(OpCapability, 2),
                                           kSignedZeroInfNanPreserve};
  if (hasBytes)
    capabilities.append({head(OpCapability, 2), kStorageBuffer8BitAccess});
  llvm::SmallVector<uint32_t> mode{head(OpExecutionMode, 4), entry,
                                   kPreserveMode, 32};
  std::map<uint32_t, llvm::SmallVector<uint32_t> *> inserted{
      {OpCapability, &capabilities},
      {OpExecutionMode, &mode},
      {OpDecorate, &decorations},
      {OpMemberDecorate, &decorations},
      {OpFunction, &semantics}};
  // Each goes in front of the first of its section.
  std::vector<uint32_t> done(words.begin(), words.begin() + header);
  for (size_t at = header; at < words.size(); at += words[at] >> 16) {
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
