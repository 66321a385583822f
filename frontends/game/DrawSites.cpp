//===- DrawSites.cpp - numbers that key the draws of a game ---------------===//

#include "frontends/game/DrawSites.h"
#include "dialects/gan/IR/Site.h"

#include "llvm/ADT/Twine.h"

using namespace gan::gamelang;

int32_t DrawSites::next(llvm::StringRef name) {
  uint32_t site = gan::siteOf((name + "#" + llvm::Twine(++counts[name])).str());
  while (!taken.insert(site).second)
    ++site;
  return static_cast<int32_t>(site);
}
