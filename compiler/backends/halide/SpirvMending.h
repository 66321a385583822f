//===- SpirvMending.h - what Halide's SPIR-V says otherwise than we mean --===//

#ifndef COMPILER_BACKENDS_HALIDE_SPIRVMENDING_H
#define COMPILER_BACKENDS_HALIDE_SPIRVMENDING_H

#include <string>

namespace gan::halide {

/// The module that stands behind words of Halide's about its arguments, so that
/// products and sums stay as they are written, NaN and signs of zeros stay,
/// shifts of signed integers keep the sign, bytes may lie in buffers, and
/// results where operands do. False if there is no module.
bool takeSpirv(std::string &code);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_SPIRVMENDING_H
