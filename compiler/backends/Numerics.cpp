//===- Numerics.cpp - what numerics classes are called --------------------===//

#include "compiler/backends/Numerics.h"

using namespace gan;

llvm::StringRef gan::nameOf(Numerics numerics) {
  switch (numerics) {
  case Numerics::Exact:
    return "exact";
  case Numerics::Fast:
    return "fast";
  case Numerics::Tf32:
    return "tf32";
  case Numerics::Bf16:
    return "bf16";
  case Numerics::Portable:
    return "portable";
  }
  llvm_unreachable("all classes have names");
}

std::optional<Numerics> gan::findNumerics(llvm::StringRef name) {
  for (Numerics numerics : {Numerics::Exact, Numerics::Fast, Numerics::Tf32,
                            Numerics::Bf16, Numerics::Portable})
    if (nameOf(numerics) == name)
      return numerics;
  return std::nullopt;
}
