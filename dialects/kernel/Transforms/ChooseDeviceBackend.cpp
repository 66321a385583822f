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
  ChooseDeviceBackendPass(ArrayRef<std::string> names, DeviceOffers offers)
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
      SmallVector<NamedAttribute> chosen;
      for (const std::string &device : devices) {
        std::string name = offers ? offers(define, device) : backend;
        if (name.empty()) {
          refuse(define, device);
          isComplete = false;
        }
        chosen.push_back(
            builder.getNamedAttr(device, builder.getStringAttr(name)));
      }
      define->setAttr(kDeviceBackendsName, builder.getDictionaryAttr(chosen));
    }
    if (!isComplete)
      return signalPassFailure();
    SmallVector<StringRef> names(devices.begin(), devices.end());
    module->setAttr(kDevicesName, builder.getStrArrayAttr(names));
  }

private:
  DeviceOffers offers;

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
                                      DeviceOffers offers) {
  return std::make_unique<ChooseDeviceBackendPass>(devices, std::move(offers));
}
