//===- Pipelines.cpp - which passes make which phase ----------------------===//
//
// The only place that knows the order of passes.
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/Pipelines.h"
#include "compiler/backends/Devices.h"
#include "compiler/conversions/GameToGan/Passes.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/game/Transforms/Passes.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace gan;

static constexpr llvm::StringRef kNames[] = {"import",   "link",   "grad",
                                             "simplify", "fuse",   "plan",
                                             "codegen",  "object", "package"};

ArrayRef<StringRef> gan::phaseNames() { return kNames; }

std::optional<Phase> gan::phaseOf(StringRef name) {
  for (auto [index, known] : llvm::enumerate(kNames))
    if (known == name)
      return static_cast<Phase>(index);
  return std::nullopt;
}

std::optional<kernel::KernelOffer>
gan::offerOf(Backend &backend, kernel::DefineOp define,
             llvm::ArrayRef<CpuTarget> targets) {
  // One plan for all levels: what is enough for each, at the cost that the
  // highest has.
  kernel::KernelOffer offer;
  offer.backend = backend.getName().str();
  offer.chunks = 0;
  for (const CpuTarget &target : targets) {
    auto description = backend.describe(define, target);
    if (!description)
      return std::nullopt;
    offer.chunks = std::max(offer.chunks, description->chunks);
    offer.workspaceBytes =
        std::max(offer.workspaceBytes, description->workspaceBytes);
    offer.cost = description->cost;
  }
  return offer;
}

static std::optional<kernel::KernelOffer>
deviceOfferOf(Backend &backend, kernel::DefineOp define,
              const DeviceTarget &target) {
  auto description = backend.describeFor(define, target);
  if (!description)
    return std::nullopt;
  kernel::KernelOffer offer;
  offer.backend = backend.getName().str();
  offer.cost = description->cost;
  return offer;
}

kernel::KernelOffers gan::offersOf(const PipelineOptions &options) {
  return [options](kernel::DefineOp define, StringRef device) {
    const DeviceTarget *target =
        llvm::find_if(options.devices, [&](const DeviceTarget &candidate) {
          return spell(candidate) == device;
        });
    llvm::SmallVector<kernel::KernelOffer> offers;
    for (Backend *backend : options.backends) {
      auto offer = device.empty() ? offerOf(*backend, define, options.targets)
                                  : deviceOfferOf(*backend, define, *target);
      if (!offer)
        continue;
      bool isForced = offer->backend == options.forced;
      if (isForced)
        offers.clear();
      offers.push_back(std::move(*offer));
      if (isForced)
        break;
    }
    // Only this machine's processor can be measured.
    if (options.judge && device.empty())
      options.judge(define, offers);
    return offers;
  };
}

/// A chain has to have code on all levels, by the backend that is wanted, and
/// for all devices.
static ChainTest chainTestOf(const PipelineOptions &options) {
  if (!options.chains)
    return nullptr;
  return [options](kernel::DefineOp define) {
    bool hasCode = llvm::any_of(options.backends, [&](Backend *backend) {
      bool isWanted =
          options.forced.empty() || backend->getName() == options.forced;
      return isWanted && offerOf(*backend, define, options.targets);
    });
    return hasCode &&
           llvm::all_of(options.devices, [&](const DeviceTarget &target) {
             return llvm::any_of(options.backends, [&](Backend *backend) {
               return backend->describeFor(define, target).has_value();
             });
           });
  };
}

void gan::addPhase(OpPassManager &passes, Phase phase,
                   const PipelineOptions &options) {
  switch (phase) {
  case Phase::Link:
    passes.addPass(game::createLinkNetworks());
    // A network alone has no game: it becomes a program as it stands.
    passes.addPass(createNetworkToProgramPass());
    // Now, since after differentiation log of a sigmoid is past help.
    passes.addPass(createSafeFormsPass());
    return;
  case Phase::Grad:
    passes.addPass(createConvertGameToGan());
    passes.addPass(createDifferentiatePass());
    // Only now may values be merged: gan.grad named them.
    passes.addPass(createCanonicalizerPass());
    passes.addPass(createCSEPass());
    return;
  case Phase::Simplify:
    // While normalisations are whole: afterwards they are arithmetic.
    passes.addPass(createFoldBatchNormPass());
    passes.addPass(createExpandCompositesPass());
    passes.addPass(createSimplifyPass());
    passes.addPass(createCSEPass());
    passes.addPass(createSimplifyPass());
    passes.addPass(createCSEPass());
    return;
  case Phase::Fuse:
    passes.addPass(createConvertGanToKernelPass(chainTestOf(options)));
    passes.addPass(kernel::createJoinCallsPass());
    return;
  case Phase::Plan:
    // Backends ask for layouts.
    passes.addPass(kernel::createPlanLayoutPass());
    passes.addPass(kernel::createSchedulePass());
    passes.addPass(kernel::createChooseBackendPass(offersOf(options)));
    passes.addPass(kernel::createChooseDeviceBackendPass(
        llvm::map_to_vector(options.devices, spell), offersOf(options)));
    passes.addPass(kernel::createPlanMemoryPass({options.deviceBlock}));
    passes.addPass(kernel::createVerifyPlanPass());
    return;
  case Phase::Import:
  case Phase::Codegen:
  case Phase::Object:
  case Phase::Package:
    return; // not passes on a module: see the driver
  }
}
