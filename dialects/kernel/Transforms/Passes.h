//===- Passes.h - passes from kernel to kernel ----------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_PASSES_H
#define DIALECTS_KERNEL_TRANSFORMS_PASSES_H

#include "dialects/kernel/IR/KernelOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <functional>

namespace gan::kernel {

/// What a backend would do with a kernel.
struct KernelOffer {
  std::string backend;
  int64_t chunks = 1;
  int64_t workspaceBytes = 0;
  double cost = 0; // seconds, to compare offers
  /// Which of the backend's forms of code, its best guess first, and the
  /// kernel's attribute that asks for it.
  int64_t variant = 0;
  std::string variantName;
  bool isMeasured = false;
};
using KernelOffers =
    std::function<llvm::SmallVector<KernelOffer>(DefineOp kernel)>;

/// The backend that has code of a kernel for a device; empty if none has.
using DeviceOffers =
    std::function<std::string(DefineOp kernel, llvm::StringRef device)>;

/// The attribute of a kernel that more than one way of code was offered for:
/// what each would take, from the least, as text.
constexpr llvm::StringLiteral kOffersName = "kernel.offers";

#define GEN_PASS_DECL
#include "dialects/kernel/Transforms/Passes.h.inc"

/// Takes the offers from `offers` instead of one for every kernel.
std::unique_ptr<mlir::Pass> createChooseBackendPass(KernelOffers offers);

/// For these devices, with the choice that `offers` makes.
std::unique_ptr<mlir::Pass>
createChooseDeviceBackendPass(llvm::ArrayRef<std::string> devices,
                              DeviceOffers offers);

/// Prints every program of a planned module: its calls in order with root,
/// number of operations, FLOP, bytes, chunks, backend and backends for
/// devices, then sums and the size of its arena. "synchronises" marks where the
/// host waits for a value.
void printPlan(mlir::ModuleOp module, llvm::raw_ostream &out);

#define GEN_PASS_REGISTRATION
#include "dialects/kernel/Transforms/Passes.h.inc"

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_PASSES_H
