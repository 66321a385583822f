//===- Fallback.cpp - a kernel whose backend makes no code of it ----------===//

#include "compiler/driver/Fallback.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gan;

HeldDiagnostics::HeldDiagnostics(MLIRContext *context) : context(context) {
  handler.emplace(context, [this](Diagnostic &diagnostic) {
    held.push_back(std::move(diagnostic));
  });
}

std::string HeldDiagnostics::str() const {
  return held.empty() ? "no reason was given" : held.front().str();
}

void HeldDiagnostics::release() {
  handler.reset();
  for (Diagnostic &diagnostic : held)
    context->getDiagEngine().emit(std::move(diagnostic));
  held.clear();
}

/// Asks for the form of code that an offer is about.
static void setVariant(kernel::DefineOp define,
                       const kernel::KernelOffer &offer,
                       ArrayRef<CpuTarget> targets) {
  for (const CpuTarget &target : targets)
    define->removeAttr(variantName(target));
  if (offer.variant > 0)
    define->setAttr(
        offer.variantName,
        Builder(define.getContext()).getI64IntegerAttr(offer.variant));
}

FailureOr<std::optional<kernel::KernelOffer>>
gan::compileByAny(kernel::DefineOp define, Backend &planned, StringRef device,
                  const PipelineOptions &options,
                  llvm::function_ref<LogicalResult(Backend &)> compile) {
  std::optional<kernel::KernelOffer> taken;
  llvm::StringSet<> tried;
  for (Backend *backend = &planned;;) {
    HeldDiagnostics diagnostics(define.getContext());
    if (succeeded(compile(*backend))) {
      diagnostics.release();
      return taken;
    }
    tried.insert(backend->getName());
    SmallVector<kernel::KernelOffer> others;
    if (options.forced.empty()) {
      others = offersOf(options)(define, device);
      llvm::erase_if(others, [&](const kernel::KernelOffer &offer) {
        return tried.contains(offer.backend);
      });
      kernel::sortOffers(others);
    }
    if (others.empty()) {
      if (!options.chains || !kernel::isChain(define)) {
        diagnostics.release();
        return failure();
      }
      std::string reason = diagnostics.str();
      diagnostics.drop();
      define.emitWarning() << "kernel '" << define.getSymName()
                           << "' becomes one kernel for each filter: "
                           << reason;
      return failure();
    }
    taken = others.front();
    std::string reason = diagnostics.str();
    diagnostics.drop();
    define.emitWarning() << "kernel '" << define.getSymName()
                         << "' goes to the " << taken->backend << " backend"
                         << (device.empty() ? "" : " for ") << device << ": "
                         << reason;
    if (device.empty())
      setVariant(define, *taken, options.targets);
    backend = *llvm::find_if(options.backends, [&](Backend *one) {
      return one->getName() == taken->backend;
    });
  }
}
