//===- KernelJit.cpp - kernels of a backend, compiled for this machine ----===//

#include "tests/support/kernel-jit/KernelJit.h"
#include "llvm/Support/thread.h"
#include <cstring>

using namespace gan;
using namespace gan::testing;
using llvm::ArrayRef;
using llvm::SmallVector;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Memory::Memory(mlir::RankedTensorType type, ArrayRef<int64_t> layout)
    : type(type), bytes(size() + 128, guard), layout(layout) {
  base = reinterpret_cast<char *>(
      (reinterpret_cast<uintptr_t>(bytes.data()) + 63) & ~uintptr_t(63));
}

unsigned Memory::width() const {
  return std::max(type.getElementTypeBitWidth() / 8, 1u);
}

void Memory::visit(
    llvm::function_ref<void(int64_t logical, char *place)> visitor) const {
  SmallVector<int64_t> strides(layout.size());
  int64_t stride = 1;
  for (int64_t axis : llvm::reverse(layout)) {
    strides[axis] = stride;
    stride *= type.getDimSize(axis);
  }
  reference::forEachOffset(type.getShape(), strides, 0,
                           [&](int64_t logical, int64_t place) {
                             visitor(logical, base + place * width());
                           });
}

void Memory::put(char *place, double value) {
  mlir::Type element = type.getElementType();
  auto write = [&](auto number) { memcpy(place, &number, sizeof(number)); };
  if (element.isF32())
    write(static_cast<float>(value));
  else if (element.isInteger(32))
    write(static_cast<int32_t>(value));
  else if (element.isInteger(64))
    write(static_cast<int64_t>(value));
  else
    write(static_cast<int8_t>(value));
}

double Memory::get(const char *place) const {
  mlir::Type element = type.getElementType();
  auto read = [&](auto number) {
    memcpy(&number, place, sizeof(number));
    return static_cast<double>(number);
  };
  if (element.isF32())
    return read(0.0f);
  if (element.isInteger(32))
    return read(int32_t(0));
  if (element.isInteger(64))
    return read(int64_t(0));
  return read(int8_t(0));
}

void Memory::fill(const reference::Tensor &tensor) {
  visit([&](int64_t logical, char *place) {
    put(place, tensor.values[logical]);
  });
}

reference::Tensor Memory::toTensor() const {
  reference::Tensor tensor(type.getShape());
  visit([&](int64_t logical, char *place) {
    tensor.values[logical] = get(place);
  });
  return tensor;
}

bool Memory::guardsHold() const {
  const char *begin = bytes.data(), *end = begin + bytes.size();
  auto isGuard = [](char byte) { return byte == guard; };
  return std::all_of(begin, static_cast<const char *>(base), isGuard) &&
         std::all_of(static_cast<const char *>(base) + size(), end, isGuard);
}

//===----------------------------------------------------------------------===//
// KernelJit
//===----------------------------------------------------------------------===//

llvm::FailureOr<KernelJit> KernelJit::create(kernel::DefineOp kernel,
                                             const CpuTarget &target,
                                             Backend &backend) {
  auto made = HostKernel::create(kernel, target, backend);
  if (failed(made))
    return llvm::failure();
  return KernelJit(std::move(*made));
}

void KernelJit::launch(ArrayRef<void *> buffers, unsigned chunks) const {
  Workspace workspace(description.workspaceBytes);
  const std::optional<unsigned> stack = 128 << 10; // as threads of musl have it
  llvm::thread thread(stack, [&] {
    for (unsigned chunk = chunks; chunk-- > 0;)
      runChunk(buffers, {chunk, chunks, workspace.base()});
  });
  thread.join();
}

reference::Results KernelJit::call(kernel::DefineOp kernel,
                                   reference::Operands operands) const {
  std::vector<std::unique_ptr<Memory>> memories;
  SmallVector<void *> buffers;
  auto make = [&](mlir::Type type, ArrayRef<int64_t> layout) -> Memory & {
    memories.push_back(std::make_unique<Memory>(
        llvm::cast<mlir::RankedTensorType>(type), layout));
    buffers.push_back(memories.back()->base);
    return *memories.back();
  };
  size_t count = kernel.getResultTypes().size();
  for (size_t i = 0; i < count; ++i)
    make(kernel.getResultTypes()[i], kernel.getResultLayout(i));
  for (size_t i = 0; i < operands.size(); ++i)
    make(kernel.getArgumentTypes()[i], kernel.getArgumentLayout(i))
        .fill(*operands[i]);
  launch(buffers, description.chunks);
  reference::Results results;
  for (size_t i = 0; i < count; ++i)
    results.push_back(memories[i]->toTensor());
  return results;
}

//===----------------------------------------------------------------------===//
// Batched kernels
//===----------------------------------------------------------------------===//

reference::Results KernelJit::callBatch(kernel::DefineOp kernel,
                                        kernel::BatchOp batch,
                                        reference::Operands operands) const {
  size_t columns = *kernel.getColumns();
  size_t count = kernel.getResultTypes().size();
  reference::Operands shared = operands.take_back(batch.getShared().size());
  std::vector<std::unique_ptr<Memory>> memories;
  auto make = [&](mlir::Type type, int64_t length) -> Memory & {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    if (!tensor.hasStaticShape())
      tensor = tensor.clone(ArrayRef<int64_t>{length});
    memories.push_back(std::make_unique<Memory>(
        tensor, llvm::to_vector(llvm::seq<int64_t>(0, tensor.getRank()))));
    return *memories.back();
  };
  std::vector<void *> pointers;
  std::vector<ganrt_batch_chunk> chunks;
  SmallVector<Memory *> results;
  for (size_t row = 0; row * count < batch.getNumResults(); ++row) {
    reference::Operands own = operands.slice(row * columns, columns);
    int64_t length = llvm::cast<mlir::RankedTensorType>(
                         batch.getResult(row * count).getType())
                         .getNumElements();
    for (mlir::Type type : kernel.getResultTypes()) {
      results.push_back(&make(type, length));
      pointers.push_back(memories.back()->base);
    }
    for (size_t column = 0; column < columns; ++column) {
      make(kernel.getArgumentTypes()[column], length).fill(*own[column]);
      pointers.push_back(memories.back()->base);
    }
    uint32_t index = row;
    uint64_t middle = length / 2, end = length;
    chunks.push_back({index, 0, 0, middle});
    chunks.push_back({index, 0, middle, end});
  }
  ganrt_batch rows{pointers.data(), chunks.data(), columns + count};
  SmallVector<void *> buffers{&rows};
  for (auto [index, tensor] : llvm::enumerate(shared)) {
    make(kernel.getArgumentTypes()[columns + index], 0).fill(*tensor);
    buffers.push_back(memories.back()->base);
  }
  launch(buffers, chunks.size());
  reference::Results tensors;
  for (auto [memory, type] : llvm::zip_equal(results, batch.getResultTypes()))
    tensors.push_back(
        reference::Tensor(llvm::cast<mlir::RankedTensorType>(type).getShape(),
                          memory->toTensor().values));
  return tensors;
}
