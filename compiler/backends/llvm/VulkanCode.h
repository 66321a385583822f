//===- VulkanCode.h - what LLVM's SPIR-V lacks for Vulkan -----------------===//

#ifndef COMPILER_BACKENDS_LLVM_VULKANCODE_H
#define COMPILER_BACKENDS_LLVM_VULKANCODE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"

namespace gan::codegen {

/// Replaces operations that shaders do not have by others: comparisons that ask
/// for NaN, copies of signs, conversions that saturate.
void lowerForVulkan(llvm::Module &module);

/// Completes a module of SPIR-V: products and sums stay as they are written,
/// NaN and signs of zeros stay, bytes may lie in buffers, and barriers order
/// the memory of a group.
std::string finishVulkanCode(llvm::ArrayRef<char> code);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_VULKANCODE_H
