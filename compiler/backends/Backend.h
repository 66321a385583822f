//===- Backend.h - what a code generator has to answer --------------------===//
//
// A backend is a folder behind this class. Adding one edits no other. The plan
// asks `describe`, code generation asks `compile`; both see the same kernel.
//
// Whatever a backend is made of, it gives LLVM IR: one compiler makes all
// machine code of a program, for every level of CPUs, and nothing else has to
// be linked. One that is built on another LLVM gives bitcode of that, which
// ours reads (docs/rationale/Rationale-Halide.md).
//
// Code for devices is text or bytes of its own, and how to launch it
// (docs/rationale/Rationale-Devices.md).
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_BACKEND_H
#define COMPILER_BACKENDS_BACKEND_H

#include "dialects/kernel/IR/KernelOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gan {

/// Of a value of a kernel: all are tensors.
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}
inline mlir::Type elementTypeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

/// What code may do to numbers. In the classes Tf32 and Bf16 factors of
/// contractions may be rounded to these where a device has units for that; all
/// else is as in Fast.
enum class Numerics { Exact, Fast, Tf32, Bf16, Portable };

/// One CPU level that the artefact carries code for, e.g. x86-64-v3.
struct CpuTarget {
  std::string triple;
  std::string cpu;      // as -mcpu
  std::string features; // as -mattr
  unsigned level;       // of the x86-64 psABI: 1, 3 or 4
  unsigned vectorBits;  // native width: 128, 256 or 512
  Numerics numerics;
};

/// What the plan needs to know of a kernel, all of it from shapes alone.
struct KernelDescription {
  int64_t chunks = 1;         // independent pieces, never from the thread count
  int64_t workspaceBytes = 0; // per thread
  double flop = 0;            // of one call
  double bytes = 0;           // read and written by one call
  /// What its accesses ask of memory and caches together, where that is known
  /// to be more; of devices.
  double traffic = 0;
  double cost = 0; // estimated seconds on one core; to compare backends
  /// Forms of code that the backend has for the kernel, its best guess first.
  /// They give the same bits; an attribute asks for another (variantName).
  int64_t variants = 1;
};

/// The attribute of a kernel.define that asks for one of several forms of code
/// on a level: "kernel.variant_v4".
inline std::string variantName(const CpuTarget &target) {
  return "kernel.variant_v" + std::to_string(target.level);
}
inline int64_t variantOf(kernel::DefineOp kernel, const CpuTarget &target) {
  auto chosen = kernel->getAttrOfType<mlir::IntegerAttr>(variantName(target));
  return chosen ? chosen.getInt() : 0;
}

enum class DeviceApi { OpenCL, Vulkan, Cuda };

/// One kind of device that the artefact carries code for.
struct DeviceTarget {
  DeviceApi api;
  std::string arch; // "sm_80"; of CUDA
  Numerics numerics;
  /// LLVM's bitcode in the place of PTX, for what runs it without a GPU.
  bool asBitcode = false;
};

/// As ganrt_launch_row. Arguments are numbers of the kernel's places, or
/// GANRT_SCRATCH + i for buffer i of `scratchBytes`.
struct DeviceLaunch {
  std::string entry;
  std::array<uint32_t, 3> grid{1, 1, 1}, group{1, 1, 1};
  uint32_t sharedBytes = 0;
  llvm::SmallVector<uint32_t> arguments;
  unsigned code = 0; // index of DeviceKernel::codes
};

/// What runs a kernel on a device: launches, in order. None, if there is
/// nothing to write.
struct DeviceKernel {
  std::vector<std::string> codes; // OpenCL C, PTX, SPIR-V
  std::vector<DeviceLaunch> launches;
  llvm::SmallVector<uint64_t> scratchBytes;
};

class Backend {
public:
  virtual ~Backend() = default;
  virtual llvm::StringRef getName() const = 0;

  /// None if the backend does not do this kernel on this target. It is asked
  /// for every kernel of every program, so it loads nothing.
  virtual std::optional<KernelDescription>
  describe(kernel::DefineOp kernel, const CpuTarget &target) = 0;

  /// Adds to `module` a function `symbol` with the calling convention of
  /// ganrt/abi.h. Buffers: results first, then arguments; a batched kernel gets
  /// its ganrt_batch first, then the shared arguments. Failure has been
  /// reported at the kernel's location, and leaves no such function behind.
  virtual llvm::LogicalResult compile(kernel::DefineOp kernel,
                                      llvm::StringRef symbol,
                                      const CpuTarget &target,
                                      llvm::Module &module) = 0;

  /// None if the backend has no code for this kernel on this device.
  virtual std::optional<KernelDescription>
  describeFor(kernel::DefineOp kernel, const DeviceTarget &target) {
    return std::nullopt;
  }

  /// Code of a kernel that `describeFor` has described. Names in the code start
  /// with `symbol`. A batched kernel is compiled for each size of its rows:
  /// `rowElements` stands for '?' in its types. Failure has been reported at
  /// the kernel's location.
  virtual mlir::FailureOr<DeviceKernel>
  compileFor(kernel::DefineOp kernel, llvm::StringRef symbol,
             const DeviceTarget &target, std::optional<int64_t> rowElements) {
    llvm_unreachable("a backend that describes kernels for devices has code");
  }
};

std::unique_ptr<Backend> createLLVMBackend();
std::unique_ptr<Backend> createHalideBackend(); // where it is built

} // namespace gan

#endif // COMPILER_BACKENDS_BACKEND_H
