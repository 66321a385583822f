//===- ObjectEmitter.h - LLVM modules to object code ----------------------===//

#ifndef COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H
#define COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H

#include "compiler/backends/Backend.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace gan {

/// The levels that an artefact may carry, e.g. "x86-64-v3", "x86-64-v4" or
/// "native". An error names what is unknown.
llvm::Expected<CpuTarget> makeCpuTarget(llvm::StringRef level,
                                        Numerics numerics);

/// The suffix of a level's symbols, e.g. "_v3": one object for each level can
/// be linked into one artefact.
std::string symbolSuffix(const CpuTarget &target);

/// Optimises a module and makes an object file of it.
llvm::Expected<llvm::SmallVector<char, 0>> emitObject(llvm::Module &module,
                                                      const CpuTarget &target);

/// One object per module, on up to `threads` threads. A module must own its
/// context.
llvm::Expected<std::vector<llvm::SmallVector<char, 0>>>
emitObjects(llvm::ArrayRef<llvm::Module *> modules, const CpuTarget &target,
            unsigned threads);

} // namespace gan

#endif // COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H
