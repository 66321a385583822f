//===- HostKernel.cpp - a kernel compiled into this process ---------------===//

#include "compiler/backends/llvm/HostKernel.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <ctime>

using namespace gan;

HostKernel::HostKernel() = default;
HostKernel::HostKernel(HostKernel &&) = default;
HostKernel::~HostKernel() = default;

llvm::FailureOr<HostKernel> HostKernel::create(kernel::DefineOp kernel,
                                               const CpuTarget &target,
                                               Backend &backend) {
  HostKernel result;
  std::optional<KernelDescription> described = backend.describe(kernel, target);
  if (!described)
    return kernel.emitError("not supported");
  result.backend = backend.getName().str();
  result.description = *described;
  llvm::LLVMContext context;
  llvm::Module module("kernel", context);
  if (failed(backend.compile(kernel, "kernel", target, module)))
    return llvm::failure();
  // A library would hide it.
  module.getFunction("kernel")->setVisibility(
      llvm::GlobalValue::DefaultVisibility);
  llvm::raw_string_ostream(result.llvmText) << module;
  auto load = [&]() -> llvm::Error {
    auto object = emitObject(module, target);
    if (!object)
      return object.takeError();
    result.object = std::move(*object);
    auto jit = llvm::orc::LLJITBuilder().create();
    if (!jit)
      return jit.takeError();
    result.jit = std::move(*jit);
    llvm::StringRef code(result.object.data(), result.object.size());
    if (llvm::Error error = result.jit->addObjectFile(
            llvm::MemoryBuffer::getMemBufferCopy(code)))
      return error;
    auto symbol = result.jit->lookup("kernel");
    if (!symbol)
      return symbol.takeError();
    result.function = symbol->toPtr<ganrt_kernel_function>();
    return llvm::Error::success();
  };
  if (llvm::Error error = load())
    return kernel.emitError() << llvm::toString(std::move(error));
  return result;
}

double gan::threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

/// What asking for the time takes, which counts where a chunk is short.
static double clockSeconds() {
  static const double least = [] {
    double least = INFINITY;
    for (unsigned i = 0; i < 200; ++i) {
      double start = threadSeconds();
      least = std::min(least, threadSeconds() - start);
    }
    return least;
  }();
  return least;
}

void HostKernel::time(llvm::ArrayRef<void *> buffers, void *workspace,
                      llvm::MutableArrayRef<double> shortest) const {
  uint32_t chunks = shortest.size();
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    double start = threadSeconds();
    runChunk(buffers, {chunk, chunks, workspace});
    double seconds = threadSeconds() - start - clockSeconds();
    shortest[chunk] = std::min(shortest[chunk], std::max(seconds, 1e-9));
  }
}
