//===- NetworkAttributes.h - what frontends note on a network -------------===//

#ifndef DIALECTS_GAN_IR_NETWORKATTRIBUTES_H
#define DIALECTS_GAN_IR_NETWORKATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace gan {

/// On a `gan.network`: an array of what its file's exporter took out, in words.
inline constexpr llvm::StringLiteral kLostName = "gan.lost";

} // namespace gan

#endif // DIALECTS_GAN_IR_NETWORKATTRIBUTES_H
