//===- DeviceCode.h - LLVM modules to PTX and SPIR-V ----------------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICECODE_H
#define COMPILER_BACKENDS_LLVM_DEVICECODE_H

#include "compiler/backends/Backend.h"
#include "llvm/Support/Error.h"

namespace gan::codegen {

/// Optimises a module of one entry and makes a device's code of it. An error
/// says what the code would need that no device has.
llvm::Expected<std::string> emitDeviceCode(llvm::Module &module,
                                           const DeviceTarget &target);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICECODE_H
