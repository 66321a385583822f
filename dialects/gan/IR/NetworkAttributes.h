//===- NetworkAttributes.h - what frontends note on a network -------------===//

#ifndef DIALECTS_GAN_IR_NETWORKATTRIBUTES_H
#define DIALECTS_GAN_IR_NETWORKATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace gan {

/// On a `gan.network`: an array of what its file's exporter took out, in words.
inline constexpr llvm::StringLiteral kLostName = "gan.lost";

/// On an operation of a network: a number in it was made from the count of
/// images in a run, which a shape of the file gave.
inline constexpr llvm::StringLiteral kFromCountName = "gan.from_count";

/// On an argument of a `gan.network`: the distribution of the noise that it is,
/// of [0, 1) or standard normal; its file has no such input.
inline constexpr llvm::StringLiteral kNoiseName = "gan.noise";

} // namespace gan

#endif // DIALECTS_GAN_IR_NETWORKATTRIBUTES_H
