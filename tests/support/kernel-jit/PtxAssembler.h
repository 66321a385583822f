//===- PtxAssembler.h - what ptxas makes of a kernel ----------------------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_PTXASSEMBLER_H
#define TESTS_SUPPORT_KERNEL_JIT_PTXASSEMBLER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace gan::testing {

/// Of one entry.
struct PtxResources {
  std::string entry;
  unsigned registers = 0, sharedBytes = 0, stackBytes = 0, spillBytes = 0;
};

/// Whether --ptxas names an assembler.
bool hasPtxAssembler();

/// Assembles; an error has what the assembler said.
llvm::Expected<std::vector<PtxResources>> assemblePtx(llvm::StringRef text,
                                                      llvm::StringRef arch);

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_PTXASSEMBLER_H
