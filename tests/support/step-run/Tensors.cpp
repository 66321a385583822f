//===- Tensors.cpp - named float64 tensors in a file ----------------------===//

#include "tests/support/step-run/Tensors.h"
#include "runtime/src/formats/safetensors.h"

using namespace gan;
using namespace gan::testing;

static llvm::Error toError(ganrt_status_t status) {
  if (!status)
    return llvm::Error::success();
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return llvm::createStringError(text);
}

llvm::Expected<NamedTensors> gan::testing::readTensors(llvm::StringRef path) {
  ganrt_safetensors *file = nullptr;
  if (auto error =
          toError(ganrt_safetensors_open(nullptr, path.str().c_str(), &file)))
    return std::move(error);
  NamedTensors tensors;
  llvm::Error error = llvm::Error::success();
  for (uint64_t i = 0; !error && i < ganrt_safetensors_count(file); ++i) {
    const ganrt_safetensor *info = ganrt_safetensors_at(file, i);
    reference::Tensor tensor(reference::ShapeRef(info->shape, info->rank));
    if (info->dtype != GANRT_F64)
      error = llvm::createStringError("expected f64 for %s", info->name);
    else
      error = toError(ganrt_safetensors_read(file, info, tensor.data()));
    tensors[info->name] = std::move(tensor);
  }
  ganrt_safetensors_close(file);
  if (error)
    return std::move(error);
  return tensors;
}

llvm::Error gan::testing::writeTensors(llvm::StringRef path,
                                       const NamedTensors &tensors) {
  std::vector<ganrt_safetensor_source> sources;
  for (const auto &[name, tensor] : tensors)
    sources.push_back(
        {name.c_str(), GANRT_F64, static_cast<uint32_t>(tensor.rank()),
         tensor.shape.data(), tensor.size() * sizeof(double), tensor.data()});
  return toError(ganrt_safetensors_write(path.str().c_str(), sources.data(),
                                         sources.size(), nullptr, 0));
}
