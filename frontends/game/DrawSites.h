//===- DrawSites.h - numbers that key the draws of a game -----------------===//

#ifndef FRONTENDS_GAME_DRAWSITES_H
#define FRONTENDS_GAME_DRAWSITES_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

#include <cstdint>

namespace gan::gamelang {

/// Hands out one site for each draw: that of `name#k`, where this is the k-th
/// value of that name in the text; the next free number if it is taken.
class DrawSites {
public:
  int32_t next(llvm::StringRef name);

private:
  llvm::StringMap<unsigned> counts;
  llvm::DenseSet<uint32_t> taken;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_DRAWSITES_H
