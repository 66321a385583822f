//===- HostTensor.cpp - a small tensor that the importer knows ------------===//

#include "frontends/onnx/HostTensor.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

template <typename Element, typename Number>
static std::vector<Number> read(ArrayRef<uint8_t> bytes) {
  std::vector<Number> numbers(bytes.size() / sizeof(Element));
  for (size_t i = 0; i < numbers.size(); ++i) {
    Element element;
    std::memcpy(&element, bytes.data() + i * sizeof(Element), sizeof(Element));
    numbers[i] = static_cast<Number>(element);
  }
  return numbers;
}

template <typename Element, typename Number>
static std::vector<uint8_t> write(const std::vector<Number> &numbers) {
  std::vector<uint8_t> bytes(numbers.size() * sizeof(Element));
  for (size_t i = 0; i < numbers.size(); ++i) {
    Element element = static_cast<Element>(numbers[i]);
    std::memcpy(bytes.data() + i * sizeof(Element), &element, sizeof(Element));
  }
  return bytes;
}

double onnximport::decimalOf(float value) {
  if (!std::isfinite(value))
    return value;
  char text[32];
  std::to_chars_result end = std::to_chars(text, text + sizeof(text), value);
  *end.ptr = '\0';
  return std::strtod(text, nullptr);
}

double HostTensor::decimal(int64_t index) const {
  return isFloat() ? decimalOf(floats[index]) : number(index);
}

HostTensor HostTensor::fromBytes(RankedTensorType type,
                                 ArrayRef<uint8_t> bytes) {
  HostTensor tensor{type, {}, {}};
  if (tensor.isFloat())
    tensor.floats = read<float, double>(bytes);
  else if (type.getElementType().isInteger(64))
    tensor.ints = read<int64_t, int64_t>(bytes);
  else if (type.getElementType().isInteger(32))
    tensor.ints = read<int32_t, int64_t>(bytes);
  else
    tensor.ints = read<uint8_t, int64_t>(bytes);
  return tensor;
}

std::vector<uint8_t> HostTensor::toBytes() const {
  if (isFloat())
    return write<float>(floats);
  if (type.getElementType().isInteger(64))
    return write<int64_t>(ints);
  if (type.getElementType().isInteger(32))
    return write<int32_t>(ints);
  return write<uint8_t>(ints);
}

DenseElementsAttr HostTensor::toAttribute() const {
  if (isFloat()) {
    std::vector<float> values(floats.begin(), floats.end());
    return DenseElementsAttr::get(type, ArrayRef(values));
  }
  std::vector<APInt> values;
  values.reserve(ints.size());
  unsigned width = type.getElementTypeBitWidth();
  for (int64_t value : ints)
    values.push_back(APInt(width, value, /*isSigned=*/true,
                           /*implicitTrunc=*/true));
  return DenseElementsAttr::get(type, values);
}

bool HostTensor::repeats() const {
  if (type.getRank() == 0 || type.getDimSize(0) < 2)
    return false;
  std::vector<uint8_t> bytes = toBytes();
  size_t row = bytes.size() / type.getDimSize(0);
  return std::equal(bytes.begin() + row, bytes.end(), bytes.begin());
}

HostTensor HostTensor::changed() const {
  HostTensor tensor = *this;
  for (double &number : tensor.floats)
    number = number == 0;
  for (int64_t &number : tensor.ints)
    number = number == 0;
  return tensor;
}
