//===- DeviceContext.cpp - one launch of a kernel on a device -------------===//

#include "compiler/backends/llvm/DeviceContext.h"
#include "ganrt/abi.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/IntrinsicsSPIRV.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::Type;
using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

/// Address spaces of LLVM's two targets.
enum : unsigned { kGlobal = 1, kShared = 3, kPrivate = 10 };

static Machine machineOf(const DeviceTarget &target) {
  return {/*lanes=*/1, /*indexBits=*/32,
          target.api == DeviceApi::Vulkan ? kPrivate : kGlobal};
}

static size_t countPlaces(kernel::DefineOp kernel) {
  return kernel.getResultTypes().size() + kernel.getArgumentTypes().size();
}

static llvm::Function *createFunction(const DeviceTarget &target,
                                      llvm::StringRef symbol,
                                      unsigned groupSize, size_t places,
                                      llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  bool isVulkan = target.api == DeviceApi::Vulkan;
  llvm::SmallVector<Type *> parameters(
      isVulkan ? 0 : places, llvm::PointerType::get(context, kGlobal));
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(Type::getVoidTy(context), parameters, false),
      llvm::GlobalValue::ExternalLinkage, isVulkan ? "main" : symbol, module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  std::string size = std::to_string(groupSize);
  if (isVulkan) {
    function->addFnAttr("hlsl.shader", "compute");
    function->addFnAttr("hlsl.numthreads", size + ",1,1");
    function->addFnAttr(llvm::Attribute::Convergent);
    return function;
  }
  function->setCallingConv(llvm::CallingConv::PTX_Kernel);
  function->addFnAttr("nvvm.reqntid", size);
  for (size_t i = 0; i < places; ++i)
    function->addParamAttr(
        i, llvm::Attribute::getWithAlignment(context, llvm::Align(256)));
  return function;
}

DeviceContext::DeviceContext(kernel::DefineOp kernel, llvm::StringRef symbol,
                             const DeviceTarget &target, unsigned groupSize,
                             ArrayRef<Scratch> scratch, llvm::Module &module)
    : KernelFunction(kernel,
                     createFunction(target, symbol, groupSize,
                                    countPlaces(kernel) + scratch.size(),
                                    module),
                     target.numerics, machineOf(target)),
      target(target), groupSize(groupSize), scratchFrom(countPlaces(kernel)) {
  size_t results = kernel.getResultTypes().size();
  places.resize(scratchFrom + scratch.size());
  bindBuffers([&](size_t place) {
    bool isResult = place < results;
    mlir::Type type = isResult ? kernel.getResultTypes()[place]
                               : kernel.getArgumentTypes()[place - results];
    return createBase(llvm::cast<mlir::RankedTensorType>(type).getElementType(),
                      place, isResult);
  });
  for (auto [i, buffer] : llvm::enumerate(scratch)) {
    createBase(buffer.elementType, scratchFrom + i, /*isWritten=*/true);
    scratchTypes.push_back(buffer.elementType);
  }
}

Value *DeviceContext::createBase(mlir::Type elementType, size_t place,
                                 bool isWritten) {
  if (!isVulkan())
    return places[place] = function->getArg(place);
  llvm::LLVMContext &context = b.getContext();
  constexpr unsigned storageBuffer = 12;
  Type *handle = llvm::TargetExtType::get(
      context, "spirv.VulkanBuffer",
      {llvm::ArrayType::get(b.toMemoryType(elementType), 0)},
      {storageBuffer, isWritten});
  // LLVM makes one variable of bindings with one name.
  std::string name = "place" + std::to_string(place);
  auto *text = llvm::ConstantDataArray::getString(context, name);
  auto *variable = new llvm::GlobalVariable(
      *function->getParent(), text->getType(), /*isConstant=*/true,
      llvm::GlobalValue::PrivateLinkage, text, name + ".name");
  return places[place] = b.CreateIntrinsic(
             handle, Intrinsic::spv_resource_handlefrombinding,
             {/*set=*/b.getInt32(0), /*binding=*/b.getInt32(place),
              /*count=*/b.getInt32(1), /*index=*/b.getInt32(0), variable});
}

Value *DeviceContext::getThread() {
  if (isVulkan())
    return b.CreateIntrinsic(b.getInt32Ty(), Intrinsic::spv_thread_id_in_group,
                             {b.getInt32(0)});
  return b.CreateIntrinsic(b.getInt32Ty(), Intrinsic::nvvm_read_ptx_sreg_tid_x,
                           {});
}

Value *DeviceContext::getGroup(unsigned axis) {
  if (isVulkan())
    return b.CreateIntrinsic(b.getInt32Ty(), Intrinsic::spv_group_id,
                             {b.getInt32(axis)});
  constexpr Intrinsic::ID ids[] = {Intrinsic::nvvm_read_ptx_sreg_ctaid_x,
                                   Intrinsic::nvvm_read_ptx_sreg_ctaid_y,
                                   Intrinsic::nvvm_read_ptx_sreg_ctaid_z};
  return b.CreateIntrinsic(b.getInt32Ty(), ids[axis], {});
}

static llvm::SmallVector<int64_t, 6> rowMajor(ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t, 6> strides(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0; stride *= shape[axis])
    strides[axis] = stride;
  return strides;
}

Buffer DeviceContext::createShared(mlir::Type elementType, int64_t elements) {
  auto *type = llvm::ArrayType::get(b.toMemoryType(elementType), elements);
  Buffer buffer;
  auto *array = new llvm::GlobalVariable(
      *function->getParent(), type, /*isConstant=*/false,
      llvm::GlobalValue::InternalLinkage, llvm::PoisonValue::get(type),
      "shared", nullptr, llvm::GlobalValue::NotThreadLocal, kShared);
  array->setAlignment(llvm::Align(16));
  buffer.base = array;
  buffer.elementType = elementType;
  buffer.strides = {1};
  return buffer;
}

void DeviceContext::emitBarrier() {
  if (isVulkan())
    b.CreateIntrinsic(b.getVoidTy(),
                      Intrinsic::spv_group_memory_barrier_with_group_sync, {});
  else
    b.CreateIntrinsic(b.getVoidTy(),
                      Intrinsic::nvvm_barrier_cta_sync_aligned_all,
                      {b.getInt32(0)});
}

Buffer DeviceContext::getScratch(unsigned number, ArrayRef<int64_t> shape) {
  Buffer buffer;
  buffer.base = places[scratchFrom + number];
  buffer.elementType = scratchTypes[number];
  buffer.strides = rowMajor(shape);
  return buffer;
}

KernelFunction::Workspace DeviceContext::getWorkspace(mlir::Type word) {
  return {getScratch(0, {}), firstWord};
}

/// Only places that the code touches are bound: of others, even an empty one
/// would have to be a buffer.
DeviceLaunch DeviceContext::finish(std::array<uint32_t, 3> grid) {
  b.CreateRetVoid();
  DeviceLaunch launch;
  launch.entry = function->getName();
  launch.grid = grid;
  launch.group = {groupSize, 1, 1};
  for (auto [place, base] : llvm::enumerate(places)) {
    if (isVulkan() && base->use_empty()) {
      llvm::cast<llvm::Instruction>(base)->eraseFromParent();
      continue;
    }
    if (isVulkan())
      llvm::cast<llvm::CallInst>(base)->setArgOperand(
          1, b.getInt32(launch.arguments.size()));
    launch.arguments.push_back(
        place < scratchFrom ? place : GANRT_SCRATCH + (place - scratchFrom));
  }
  return launch;
}
