//===- ObjectEmitter.h - LLVM modules to object code ----------------------===//

#ifndef COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H
#define COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H

#include "compiler/backends/Backend.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace gan {

using CpuTargets = llvm::SmallVector<CpuTarget, 2>;

/// The levels of a comma list, "x86-64-v3,x86-64-v4", from the lowest to the
/// highest. "native" is the highest that this machine has, "all" all it has of
/// those that artefacts carry by default. An error names what is unknown.
llvm::Expected<CpuTargets> makeCpuTargets(llvm::StringRef levels,
                                          Numerics numerics);

/// What every x86-64 CPU can do.
CpuTarget baselineTarget();

/// The suffix of a level's symbols, e.g. "_v3": one object for each level can
/// be linked into one artefact.
std::string symbolSuffix(const CpuTarget &target);

/// Optimises a module and makes an object file of it.
llvm::Expected<llvm::SmallVector<char, 0>> emitObject(llvm::Module &module,
                                                      const CpuTarget &target);

/// Optimises a module for a level, and says in its functions which one that is.
llvm::Error optimizeModule(llvm::Module &module, const CpuTarget &target);

/// The assembly of an optimised module; functions say what they are for.
llvm::Expected<std::string> emitAssembly(llvm::Module &module);

/// A module, which must own its context, and the level it is for.
struct ObjectJob {
  llvm::Module *module;
  const CpuTarget *target;
};

/// One object per job, on up to `threads` threads.
llvm::Expected<std::vector<llvm::SmallVector<char, 0>>>
emitObjects(llvm::ArrayRef<ObjectJob> jobs, unsigned threads);

} // namespace gan

#endif // COMPILER_BACKENDS_LLVM_OBJECTEMITTER_H
