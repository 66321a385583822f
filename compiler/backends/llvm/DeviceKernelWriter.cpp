//===- DeviceKernelWriter.cpp - the launches of one kernel ----------------===//

#include "compiler/backends/llvm/DeviceKernelWriter.h"
#include "compiler/backends/llvm/DeviceCode.h"
#include "llvm/IR/Verifier.h"

using namespace gan;
using namespace gan::codegen;
using llvm::Value;

DeviceKernelWriter::DeviceKernelWriter(kernel::DefineOp kernel,
                                       llvm::StringRef symbol,
                                       const DeviceTarget &target,
                                       llvm::ArrayRef<Scratch> scratch)
    : kernel(kernel), symbol(symbol), target(target), scratch(scratch) {
  for (const Scratch &buffer : scratch)
    result.scratchBytes.push_back(
        buffer.elements *
        llvm::divideCeil(buffer.elementType.getIntOrFloatBitWidth(), 8));
}

llvm::LogicalResult
DeviceKernelWriter::addLaunch(unsigned groupSize, Grid grid,
                              llvm::function_ref<void(DeviceContext &)> body) {
  llvm::LLVMContext llvmContext;
  llvm::Module module("kernel", llvmContext);
  std::string name = symbol;
  if (!result.launches.empty())
    name += "_" + std::to_string(result.launches.size());
  DeviceContext context(kernel, name, target, groupSize, scratch, module);
  body(context);
  DeviceLaunch launch = context.finish(grid);
  launch.code = result.codes.size();
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream))
    llvm::reportFatalInternalError(llvm::StringRef(problem));
  llvm::Expected<std::string> code = emitDeviceCode(module, target);
  if (!code)
    return kernel.emitError("code for a device would need ")
           << llvm::toString(code.takeError());
  result.codes.push_back(std::move(*code));
  result.launches.push_back(std::move(launch));
  return llvm::success();
}

constexpr int64_t kMostGroups = 65535;

Grid gan::codegen::gridFor(int64_t count, unsigned groupSize) {
  int64_t groups = llvm::divideCeil(count, int64_t(groupSize));
  if (groups <= kMostGroups)
    return {uint32_t(groups), 1, 1};
  return {uint32_t(kMostGroups),
          uint32_t(llvm::divideCeil(groups, kMostGroups)), 1};
}

void gan::codegen::forUnit(
    DeviceContext &context, int64_t count, unsigned groupSize,
    llvm::function_ref<void(const IndexExpression &)> body) {
  VectorBuilder &b = context.b;
  Grid grid = gridFor(count, groupSize);
  Value *group = context.getGroup(0);
  if (grid[1] > 1)
    group = b.CreateAdd(group,
                        b.CreateMul(context.getGroup(1), b.index(kMostGroups)));
  Value *unit = groupSize == 1
                    ? group
                    : b.CreateAdd(b.CreateMul(group, b.index(groupSize)),
                                  context.getThread());
  auto inside = [&] { body(context.indices.makeVariable(count, unit)); };
  if (int64_t(grid[0]) * grid[1] * groupSize == count)
    inside();
  else
    b.branch(b.CreateICmpULT(unit, b.index(count)), inside);
}
