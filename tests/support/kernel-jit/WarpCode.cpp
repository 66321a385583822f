//===- WarpCode.cpp - code for CUDA as code of this machine ---------------===//
//
// Intrinsics of CUDA become calls of hooks; an entry is called with an array of
// its arguments. Everything else means the same on any machine.
//
//===----------------------------------------------------------------------===//

#include "tests/support/kernel-jit/WarpCode.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/Support/TargetSelect.h"
#include <cmath>
#include <cstring>

using namespace gan::testing;
using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

/// As cvt.rna.tf32.f32: ten bits of the mantissa, ties away from zero.
static uint32_t roundToTf32(float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  if (std::isnan(number))
    return 0x7fffffff;
  return std::isinf(number) ? bits : (bits + 0x1000) & ~uint32_t(0x1fff);
}

/// As cvt.rn.bf16.f32: seven bits of the mantissa, ties to even.
static uint32_t roundToBf16(float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  if (std::isnan(number))
    return 0x7fff;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

namespace {
class Rewriter {
public:
  explicit Rewriter(llvm::Module &module)
      : module(module), b(module.getContext()) {}
  llvm::Error run();

private:
  Value *replacementOf(llvm::IntrinsicInst &call);
  Value *multiply(llvm::IntrinsicInst &call, bool isBf16);
  Value *call(llvm::StringRef hook, llvm::Type *result,
              llvm::ArrayRef<Value *> operands);

  llvm::Module &module;
  llvm::IRBuilder<> b;
};
} // namespace

Value *Rewriter::call(llvm::StringRef hook, llvm::Type *result,
                      llvm::ArrayRef<Value *> operands) {
  llvm::SmallVector<llvm::Type *> types;
  for (Value *operand : operands)
    types.push_back(operand->getType());
  return b.CreateCall(
      module.getOrInsertFunction(
          hook, llvm::FunctionType::get(result, types, /*isVarArg=*/false)),
      operands);
}

Value *Rewriter::multiply(llvm::IntrinsicInst &intrinsic, bool isBf16) {
  llvm::BasicBlock &entry = intrinsic.getFunction()->getEntryBlock();
  llvm::IRBuilder<> front(&entry, entry.begin());
  Value *factors = front.CreateAlloca(llvm::ArrayType::get(b.getInt32Ty(), 6)),
        *sums = front.CreateAlloca(llvm::ArrayType::get(b.getFloatTy(), 4));
  for (unsigned i = 0; i < 6; ++i)
    b.CreateStore(intrinsic.getArgOperand(i),
                  b.CreateConstGEP1_32(b.getInt32Ty(), factors, i));
  for (unsigned i = 0; i < 4; ++i)
    b.CreateStore(intrinsic.getArgOperand(6 + i),
                  b.CreateConstGEP1_32(b.getFloatTy(), sums, i));
  call("warp.multiply", b.getVoidTy(), {b.getInt32(isBf16), factors, sums});
  return b.CreateLoad(intrinsic.getType(), sums);
}

/// Null for what means the same everywhere.
Value *Rewriter::replacementOf(llvm::IntrinsicInst &intrinsic) {
  llvm::Type *word = b.getInt32Ty();
  switch (intrinsic.getIntrinsicID()) {
  case Intrinsic::nvvm_read_ptx_sreg_tid_x:
    return call("warp.thread", word, {});
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_x:
    return call("warp.group", word, {b.getInt32(0)});
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_y:
    return call("warp.group", word, {b.getInt32(1)});
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_z:
    return call("warp.group", word, {b.getInt32(2)});
  case Intrinsic::nvvm_barrier_cta_sync_aligned_all:
    return call("warp.barrier", b.getVoidTy(), {});
  case Intrinsic::nvvm_f2tf32_rna:
    return call("warp.tf32", word, {intrinsic.getArgOperand(0)});
  case Intrinsic::nvvm_mma_m16n8k8_row_col_tf32:
    return multiply(intrinsic, /*isBf16=*/false);
  case Intrinsic::nvvm_mma_m16n8k16_row_col_bf16:
    return multiply(intrinsic, /*isBf16=*/true);
  default:
    return nullptr;
  }
}

llvm::Error Rewriter::run() {
  for (llvm::Function &function : module) {
    for (llvm::Instruction &instruction :
         llvm::make_early_inc_range(llvm::instructions(function))) {
      b.SetInsertPoint(&instruction);
      Value *replacement = nullptr;
      if (auto *intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
        replacement = replacementOf(*intrinsic);
        llvm::StringRef name = intrinsic->getCalledFunction()->getName();
        if (!replacement && name.starts_with("llvm.nvvm."))
          return llvm::createStringError("'" + name + "' is not known here");
      } else if (llvm::isa<llvm::FPTruncInst>(&instruction) &&
                 instruction.getType()->isBFloatTy()) {
        Value *bits =
            call("warp.bf16", b.getInt32Ty(), {instruction.getOperand(0)});
        replacement = b.CreateBitCast(b.CreateTrunc(bits, b.getInt16Ty()),
                                      b.getBFloatTy());
      }
      if (!replacement)
        continue;
      instruction.replaceAllUsesWith(replacement);
      instruction.eraseFromParent();
    }
  }
  return llvm::Error::success();
}

/// A function of the C convention that spreads an array of pointers.
static void addCaller(llvm::Module &module, llvm::Function &entry) {
  entry.setCallingConv(llvm::CallingConv::C);
  llvm::IRBuilder<> b(module.getContext());
  auto *caller = llvm::Function::Create(
      llvm::FunctionType::get(b.getVoidTy(), {b.getPtrTy()}, false),
      llvm::GlobalValue::ExternalLinkage, entry.getName() + ".call", module);
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "", caller));
  llvm::SmallVector<Value *> arguments;
  for (llvm::Argument &argument : entry.args())
    arguments.push_back(b.CreateAddrSpaceCast(
        b.CreateLoad(b.getPtrTy(),
                     b.CreateConstGEP1_32(b.getPtrTy(), caller->getArg(0),
                                          argument.getArgNo())),
        argument.getType()));
  b.CreateCall(&entry, arguments);
  b.CreateRetVoid();
}

llvm::Expected<std::unique_ptr<WarpCode>>
WarpCode::create(llvm::StringRef bitcode,
                 llvm::ArrayRef<const char *> entryNames,
                 const WarpHooks &hooks) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module =
      llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "code"), *context);
  if (!module)
    return module.takeError();
  if (llvm::Error error = Rewriter(**module).run())
    return std::move(error);
  for (const char *name : entryNames)
    addCaller(**module, *(*module)->getFunction(name));
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  (*module)->setTargetTriple((*jit)->getTargetTriple());
  (*module)->setDataLayout((*jit)->getDataLayout());
  // Memory that a group shares needs a name to be found.
  constexpr unsigned sharedSpace = 3;
  std::vector<std::pair<std::string, size_t>> sharedSizes;
  for (llvm::GlobalVariable &variable : (*module)->globals())
    if (variable.getAddressSpace() == sharedSpace) {
      variable.setName("shared");
      variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
      variable.setInitializer(
          llvm::Constant::getNullValue(variable.getValueType()));
      sharedSizes.emplace_back(
          variable.getName(),
          (*jit)->getDataLayout().getTypeAllocSize(variable.getValueType()));
    }

  llvm::orc::SymbolMap symbols;
  auto define = [&](llvm::StringRef name, auto *function) {
    symbols[(*jit)->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported};
  };
  define("warp.thread", hooks.thread);
  define("warp.group", hooks.group);
  define("warp.barrier", hooks.barrier);
  define("warp.multiply", hooks.multiply);
  define("warp.tf32", &roundToTf32);
  define("warp.bf16", &roundToBf16);
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return std::move(error);
  if (llvm::Error error = (*jit)->addIRModule(
          llvm::orc::ThreadSafeModule(std::move(*module), std::move(context))))
    return std::move(error);

  auto code = std::make_unique<WarpCode>();
  for (const char *name : entryNames) {
    auto address = (*jit)->lookup(std::string(name) + ".call");
    if (!address)
      return address.takeError();
    code->entries[name] = address->toPtr<Entry>();
  }
  for (auto &[name, size] : sharedSizes) {
    auto address = (*jit)->lookup(name);
    if (!address)
      return address.takeError();
    code->shared.emplace_back(address->toPtr<char *>(), size);
  }
  code->jit = std::move(*jit);
  return code;
}

void WarpCode::spoilShared() const {
  for (auto [base, size] : shared)
    memset(base, 0xff, size);
}
