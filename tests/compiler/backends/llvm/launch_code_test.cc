//===- launch_code_test.cc - code that no device could run --------------===//
//-----------------===//

#include "compiler/backends/llvm/DeviceKernelWriter.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace gan;
using namespace gan::codegen;

namespace {
class LaunchCodeTest : public ::testing::Test {
protected:
  /// What is said of a launch whose function `body` writes.
  std::string messageOf(DeviceApi api,
                        llvm::function_ref<void(DeviceContext &)> body) {
    mlir::DialectRegistry registry;
    registry.insert<GanDialect, kernel::KernelDialect>();
    mlir::MLIRContext context(registry);
    auto module = mlir::parseSourceString<mlir::ModuleOp>(
        R"(kernel.define @k(%x: tensor<4xf32>) -> tensor<4xf32> {
             kernel.return %x : tensor<4xf32>
           })",
        &context);
    std::string message;
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            message = diagnostic.str();
                                            return llvm::success();
                                          });
    auto kernel = *module->getOps<kernel::DefineOp>().begin();
    DeviceTarget target{api, "sm_80", Numerics::Exact};
    DeviceKernelWriter writer(kernel, "k", target);
    bool done = succeeded(writer.addLaunch(128, {1, 1, 1}, body));
    EXPECT_EQ(done, message.empty());
    return message;
  }

  static void storeFirst(DeviceContext &context, llvm::Value *number) {
    context.b.store(number, context.results[0], 0);
  }
};
} // namespace

TEST_F(LaunchCodeTest, RefusesCalls) {
  auto body = [](DeviceContext &context) {
    llvm::Type *type = context.b.getFloatTy();
    auto callee = context.function->getParent()->getOrInsertFunction(
        "expf", llvm::FunctionType::get(type, {type}, false));
    storeFirst(context,
               context.b.CreateCall(callee, {context.b.constant(type, 1)}));
  };
  for (DeviceApi api : {DeviceApi::Cuda, DeviceApi::Vulkan})
    EXPECT_EQ(messageOf(api, body), "code for a device would need a call of "
                                    "'expf', which no device has");
}

TEST_F(LaunchCodeTest, RefusesWhatIsElsewhere) {
  EXPECT_EQ(messageOf(DeviceApi::Cuda,
                      [](DeviceContext &context) {
                        llvm::Type *type = context.b.getFloatTy();
                        auto *variable = new llvm::GlobalVariable(
                            *context.function->getParent(), type, false,
                            llvm::GlobalValue::ExternalLinkage, nullptr, "x",
                            nullptr, llvm::GlobalValue::NotThreadLocal, 1);
                        storeFirst(context,
                                   context.b.CreateLoad(type, variable));
                      }),
            "code for a device would need something that the code does not "
            "hold");
}

TEST_F(LaunchCodeTest, TakesTheRest) {
  for (DeviceApi api : {DeviceApi::Cuda, DeviceApi::Vulkan})
    EXPECT_EQ(messageOf(api,
                        [](DeviceContext &context) {
                          storeFirst(context, context.b.constant(
                                                  context.b.getFloatTy(), 1));
                        }),
              "");
}
