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
/// What is offered for a kernel on a device, or on the CPU if `device` is
/// empty.
using KernelOffers = std::function<llvm::SmallVector<KernelOffer>(
    DefineOp kernel, llvm::StringRef device)>;

/// The least cost comes first; among equals the one that was offered first.
void sortOffers(llvm::SmallVectorImpl<KernelOffer> &offers);

/// Has a kernel.call or kernel.batch done as offered.
void takeOffer(mlir::Operation *call, const KernelOffer &offer);

/// The attribute of a kernel that more than one way of code was offered for:
/// what each would take, from the least, as text. That of devices is a
/// dictionary of such texts.
constexpr llvm::StringLiteral kOffersName = "kernel.offers";
constexpr llvm::StringLiteral kDeviceOffersName = "kernel.device_offers";
/// The text; empty for a single offer.
std::string describeOffers(llvm::ArrayRef<KernelOffer> sorted);

#define GEN_PASS_DECL
#include "dialects/kernel/Transforms/Passes.h.inc"

/// Takes the offers from `offers` instead of one for every kernel.
std::unique_ptr<mlir::Pass> createChooseBackendPass(KernelOffers offers);

/// The same for these devices.
std::unique_ptr<mlir::Pass>
createChooseDeviceBackendPass(llvm::ArrayRef<std::string> devices,
                              KernelOffers offers);

/// Prints every program of a planned module: its calls in order with root,
/// number of operations, FLOP, bytes, chunks, backend and backends for
/// devices, then sums and the size of its arena. "synchronises" marks where the
/// host waits for a value.
void printPlan(mlir::ModuleOp module, llvm::raw_ostream &out);

#define GEN_PASS_REGISTRATION
#include "dialects/kernel/Transforms/Passes.h.inc"

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_PASSES_H
