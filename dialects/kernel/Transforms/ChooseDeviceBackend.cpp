//===- ChooseDeviceBackend.cpp - every kernel gets code for devices -------===//
//
// Holds afterwards: the module names its devices, and every kernel names for
// each of them a backend that has code.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_CHOOSEDEVICEBACKENDPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

class ChooseDeviceBackendPass final
    : public gan::kernel::impl::ChooseDeviceBackendPassBase<
          ChooseDeviceBackendPass> {
public:
  using Base::Base;
  ChooseDeviceBackendPass(ArrayRef<std::string> names, KernelOffers offers)
      : offers(std::move(offers)) {
    devices = names;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (devices.empty())
      return;
    Builder builder(&getContext());
    bool isComplete = true;
    for (auto define : module.getOps<DefineOp>()) {
      SmallVector<NamedAttribute> chosen, offered;
      auto add = [&](SmallVector<NamedAttribute> &list, StringRef device,
                     StringRef text) {
        list.push_back(
            builder.getNamedAttr(device, builder.getStringAttr(text)));
      };
      for (const std::string &device : devices) {
        SmallVector<KernelOffer> candidates =
            offers ? offers(define, device) : estimates();
        if (candidates.empty()) {
          refuse(define, device);
          isComplete = false;
          continue;
        }
        sortOffers(candidates);
        add(chosen, device, candidates.front().backend);
        if (std::string text = describeOffers(candidates); !text.empty())
          add(offered, device, text);
      }
      define->setAttr(kDeviceBackendsName, builder.getDictionaryAttr(chosen));
      if (!offered.empty())
        define->setAttr(kDeviceOffersName, builder.getDictionaryAttr(offered));
    }
    if (!isComplete)
      return signalPassFailure();
    SmallVector<StringRef> names(devices.begin(), devices.end());
    module->setAttr(kDevicesName, builder.getStrArrayAttr(names));
  }

private:
  KernelOffers offers;

  SmallVector<KernelOffer> estimates() {
    SmallVector<KernelOffer> list;
    if (!backend.empty())
      list.emplace_back().backend = backend;
    return list;
  }

  static void refuse(DefineOp define, StringRef device) {
    InFlightDiagnostic error = define.emitOpError();
    error << "expected a backend that has code of this kernel for " << device
          << "; it computes ";
    SmallVector<StringRef> names;
    for (Operation &op : define.getBody().front().without_terminator()) {
      StringRef name = op.getName().stripDialect();
      if (!llvm::is_contained(names, name))
        names.push_back(name);
    }
    error << llvm::join(names, ", ");
  }
};

} // namespace

std::unique_ptr<Pass>
kernel::createChooseDeviceBackendPass(ArrayRef<std::string> devices,
                                      KernelOffers offers) {
  return std::make_unique<ChooseDeviceBackendPass>(devices, std::move(offers));
}
