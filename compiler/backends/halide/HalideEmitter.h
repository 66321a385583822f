//===- HalideEmitter.h - the border of what is linked with Halide ---------===//
//
// libHalide.so is 165 MB, so what needs it is a library of its own that is
// opened when the first kernel is compiled. Nothing is thrown across.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_HALIDEEMITTER_H
#define COMPILER_BACKENDS_HALIDE_HALIDEEMITTER_H

#include "compiler/backends/halide/KernelPlan.h"

namespace gan::halide {

/// Code of a kernel as LLVM bitcode: a function `symbol` of one halide_buffer_t
/// for each input of the plan, the seal of fused products (a word that is
/// zero), the end of a batched kernel's chunk, the thread's workspace, then a
/// buffer for each result. What it takes by halide_malloc lies in the
/// workspace. Returns false, and says why in `problem`, if Halide refuses.
using EmitBitcode = bool (*)(const KernelPlan &plan, const CpuTarget &target,
                             llvm::StringRef symbol, std::string &bitcode,
                             std::string &problem);

constexpr const char *kEmitBitcodeName = "ganc_halide_emit_bitcode";

/// The code of a kernel for a device, and its one launch.
using EmitDeviceCode = bool (*)(const KernelPlan &plan,
                                const DeviceTarget &target,
                                llvm::StringRef symbol, DeviceKernel &kernel,
                                std::string &problem);

constexpr const char *kEmitDeviceCodeName = "ganc_halide_emit_device_code";

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_HALIDEEMITTER_H
