//===- VulkanCode.cpp - what LLVM's SPIR-V lacks for Vulkan ---------------===//

#include "compiler/backends/llvm/VulkanCode.h"
#include "compiler/backends/SpirvWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include <cmath>
#include <cstring>

using namespace gan;
using namespace gan::spirv;
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

/// Mesa 22.3 loses the sign of a number that is extended and then compared with
/// a constant.
static Value *lowerExtension(llvm::IRBuilder<> &b, llvm::SExtInst &extension) {
  llvm::Type *wide = extension.getType();
  Value *narrow = extension.getOperand(0);
  Value *sign = b.getInt(
      llvm::APInt::getSignMask(narrow->getType()->getScalarSizeInBits())
          .zext(wide->getScalarSizeInBits()));
  return b.CreateSub(b.CreateXor(b.CreateZExt(narrow, wide), sign), sign);
}

static Value *lowerInstruction(llvm::Instruction &instruction) {
  llvm::IRBuilder<> b(&instruction);
  if (auto *extension = llvm::dyn_cast<llvm::SExtInst>(&instruction))
    return lowerExtension(b, *extension);
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

/// A memory semantics of the SPIR-V specification.
static constexpr uint32_t kAcquireRelease = 8, kWorkgroupMemory = 256;

std::string gan::codegen::finishVulkanCode(llvm::ArrayRef<char> code) {
  std::vector<uint32_t> words(code.size() / 4);
  std::memcpy(words.data(), code.data(), code.size());
  Words decorations, semantics;
  bool hasBytes = false;
  uint32_t entry = 0, word = 0, byte = 0;
  for (size_t at = kHeader; at < words.size(); at += words[at] >> 16)
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
        semantics = {head(OpConstant, 4), word, words[kBound]++,
                     kAcquireRelease | kWorkgroupMemory};
      words[at + 3] = semantics[2];
      break;
    default:
      break;
    }
  Words capabilities{head(OpCapability, 2), kSignedZeroInfNanPreserve};
  if (hasBytes)
    capabilities.append({head(OpCapability, 2), kStorageBuffer8BitAccess});
  Words mode{head(OpExecutionMode, 4), entry, kSignedZeroInfNanPreserveMode,
             32};
  return insert(words, {{OpCapability, &capabilities},
                        {OpExecutionMode, &mode},
                        {OpDecorate, &decorations},
                        {OpMemberDecorate, &decorations},
                        {OpFunction, &semantics}});
}
