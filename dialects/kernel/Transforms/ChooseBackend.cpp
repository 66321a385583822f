//===- ChooseBackend.cpp - every call gets a backend ----------------------===//
//
// Holds afterwards: `backend`, `chunks` and `workspace` stand on every call,
// and on a kernel that had a choice what was offered.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_CHOOSEBACKENDPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// A piece of work worth another thread, in bytes moved.
constexpr double kChunkBytes = 1 << 18;
constexpr double kMaxChunks = 64;

class ChooseBackendPass final
    : public gan::kernel::impl::ChooseBackendPassBase<ChooseBackendPass> {
public:
  using Base::Base;
  explicit ChooseBackendPass(KernelOffers offers) : offers(std::move(offers)) {}

  void runOnOperation() override {
    llvm::StringMap<KernelOffer> chosen;
    for (auto define : getOperation().getOps<DefineOp>()) {
      SmallVector<KernelOffer> candidates =
          offers ? offers(define, "") : estimates(define);
      if (candidates.empty()) {
        define.emitOpError() << "expected a backend that compiles this kernel";
        return signalPassFailure();
      }
      sortOffers(candidates);
      note(define, candidates);
      chosen[define.getSymName()] = candidates.front();
    }
    getOperation().walk([&](Operation *op) {
      if (auto call = dyn_cast<CallOp>(op))
        takeOffer(call, chosen[call.getCallee()]);
      else if (auto batch = dyn_cast<BatchOp>(op))
        takeOffer(batch, chosen[batch.getCallee()]);
    });
  }

private:
  KernelOffers offers;

  static void note(DefineOp define, ArrayRef<KernelOffer> sorted) {
    Builder builder(define.getContext());
    if (sorted.front().variant > 0)
      define->setAttr(sorted.front().variantName,
                      builder.getI64IntegerAttr(sorted.front().variant));
    std::string text = describeOffers(sorted);
    if (!text.empty())
      define->setAttr(kOffersName, builder.getStringAttr(text));
  }

  SmallVector<KernelOffer> estimates(DefineOp define) {
    if (backend.empty())
      return {};
    KernelCost cost = costOf(define);
    double size = std::max(cost.bytes, cost.flop / 8);
    KernelOffer offer;
    offer.backend = backend;
    offer.chunks = std::clamp(size / kChunkBytes, 1.0, kMaxChunks);
    return {offer};
  }
};

} // namespace

void kernel::sortOffers(SmallVectorImpl<KernelOffer> &offers) {
  SmallVector<KernelOffer> sorted;
  for (KernelOffer &offer : offers)
    sorted.insert(
        llvm::upper_bound(sorted, offer,
                          [](const KernelOffer &a, const KernelOffer &b) {
                            return a.cost < b.cost;
                          }),
        offer);
  offers.assign(sorted.begin(), sorted.end());
}

void kernel::takeOffer(Operation *op, const KernelOffer &offer) {
  if (auto call = dyn_cast<CallOp>(op)) {
    call.setBackend(offer.backend);
    call.setChunks(offer.chunks);
    call.setWorkspace(offer.workspaceBytes);
  } else if (auto batch = dyn_cast<BatchOp>(op)) {
    batch.setBackend(offer.backend);
    batch.setWorkspace(offer.workspaceBytes);
  }
}

std::string kernel::describeOffers(ArrayRef<KernelOffer> sorted) {
  if (sorted.size() == 1)
    return "";
  std::string text;
  for (const KernelOffer &offer : sorted) {
    text += (text.empty() ? "" : ", ") + offer.backend;
    if (offer.variant > 0)
      text += "/" + std::to_string(offer.variant);
    text += llvm::formatv(" {0:f1} us", offer.cost * 1e6);
  }
  return text + (sorted.front().isMeasured ? "; measured" : "; estimated");
}

std::unique_ptr<Pass> kernel::createChooseBackendPass(KernelOffers offers) {
  return std::make_unique<ChooseBackendPass>(std::move(offers));
}
