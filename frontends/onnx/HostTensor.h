//===- HostTensor.h - a small tensor that the importer knows --------------===//
//
// Shapes, axes, scales and limits come as tensors; the importer computes with
// them. Elements are one of f32, i32, i64, i1.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_ONNX_HOSTTENSOR_H
#define FRONTENDS_ONNX_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <cstdint>
#include <vector>

namespace gan::onnximport {

/// The shortest decimal number that rounds to `value`.
double decimalOf(float value);

struct HostTensor {
  mlir::RankedTensorType type;
  // One of the two is filled: `floats` holds f32 values, `ints` the rest.
  std::vector<double> floats;
  std::vector<int64_t> ints;

  bool isFloat() const { return type.getElementType().isF32(); }
  int64_t size() const { return type.getNumElements(); }
  double number(int64_t index) const {
    return isFloat() ? floats[index] : static_cast<double>(ints[index]);
  }

  /// The number that a person would write for element `index`: 0.2, not the f32
  /// beside it. Rounding gives that f32 again; an f64 oracle sees 0.2.
  double decimal(int64_t index) const;

  /// Of `bytes` as they lie in a weights file.
  static HostTensor fromBytes(mlir::RankedTensorType type,
                              llvm::ArrayRef<uint8_t> bytes);
  std::vector<uint8_t> toBytes() const;
  mlir::DenseElementsAttr toAttribute() const;

  /// Whether it holds the same for every index of axis 0, which has several.
  bool repeats() const;
  /// A tensor of this type that has no element in common with this one.
  HostTensor changed() const;

  /// The tensor whose element i is element `from(i)` of this one.
  template <typename Function>
  HostTensor rearrange(mlir::RankedTensorType result, Function from) const {
    HostTensor tensor{result, {}, {}};
    int64_t count = result.getNumElements();
    if (isFloat()) {
      tensor.floats.resize(count);
      for (int64_t i = 0; i < count; ++i)
        tensor.floats[i] = floats[from(i)];
    } else {
      tensor.ints.resize(count);
      for (int64_t i = 0; i < count; ++i)
        tensor.ints[i] = ints[from(i)];
    }
    return tensor;
  }
};

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_HOSTTENSOR_H
