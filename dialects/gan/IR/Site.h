//===- Site.h - the number that tells one draw from another ---------------===//

#ifndef DIALECTS_GAN_IR_SITE_H
#define DIALECTS_GAN_IR_SITE_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace gan {

/// CRC-32C (Castagnoli, reflected, RFC 3720) of the draw's full name, such as
/// `z#1` or `G#0/drop1#1`: the fourth counter word of its random numbers.
uint32_t siteOf(llvm::StringRef name);

} // namespace gan

#endif // DIALECTS_GAN_IR_SITE_H
