//===- TensorReader.cpp - the bytes of a TensorProto ----------------------===//
//
// Sizes are checked before anything is allocated, and every encoding ends in
// the same bytes: f32 (float16 and bfloat16 widened, double narrowed), i32,
// i64, or one byte per boolean.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/TensorReader.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"
#include <cstring>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;
using ::onnx::TensorProto;

Type onnximport::elementTypeOf(MLIRContext *context, int32_t onnxType) {
  switch (onnxType) {
  case TensorProto::FLOAT:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
  case TensorProto::DOUBLE:
    return Float32Type::get(context);
  case TensorProto::INT32:
    return IntegerType::get(context, 32);
  case TensorProto::INT64:
    return IntegerType::get(context, 64);
  case TensorProto::BOOL:
    return IntegerType::get(context, 1);
  default:
    return Type();
  }
}

/// The bytes of f32 elements in another type of float; no digit is lost of what
/// was widened from it.
static std::string inFloatType(ArrayRef<uint8_t> bytes, int32_t onnxType) {
  const llvm::fltSemantics &semantics =
      onnxType == TensorProto::DOUBLE     ? llvm::APFloat::IEEEdouble()
      : onnxType == TensorProto::BFLOAT16 ? llvm::APFloat::BFloat()
                                          : llvm::APFloat::IEEEhalf();
  std::string result;
  for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    float value;
    std::memcpy(&value, bytes.data() + i, sizeof(value));
    llvm::APFloat number(value);
    bool isInexact;
    number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &isInexact);
    llvm::APInt bits = number.bitcastToAPInt();
    for (unsigned at = 0; at < bits.getBitWidth(); at += 8)
      result.push_back(static_cast<char>(bits.extractBitsAsZExtValue(8, at)));
  }
  return result;
}

void onnximport::setContents(TensorProto &tensor, RankedTensorType type,
                             ArrayRef<uint8_t> bytes, int32_t onnxType) {
  tensor.set_data_type(onnxType);
  for (int64_t size : type.getShape())
    tensor.add_dims(size);
  if (type.getElementType().isF32() && onnxType != TensorProto::FLOAT)
    tensor.set_raw_data(inFloatType(bytes, onnxType));
  else
    tensor.set_raw_data(bytes.data(), bytes.size());
}

std::string onnximport::elementTypeName(int32_t onnxType) {
  if (!::onnx::TensorProto_DataType_IsValid(onnxType))
    return std::to_string(onnxType);
  auto type = static_cast<::onnx::TensorProto_DataType>(onnxType);
  return StringRef(::onnx::TensorProto_DataType_Name(type)).lower();
}

bool onnximport::fitsLimits(ArrayRef<int64_t> shape, std::string &why) {
  if (shape.size() > kMostAxes) {
    why = "rank " + std::to_string(shape.size()) + " is more than " +
          std::to_string(kMostAxes);
    return false;
  }
  constexpr int64_t kMostElements = int64_t(1) << 37; // 2^40 bytes of i64
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0 || size > INT32_MAX) {
      why = "dimension " + std::to_string(size) + " is not in [0, 2^31)";
      return false;
    }
    if (size != 0 && count > kMostElements / size) {
      why = "a tensor of more than 2^40 bytes";
      return false;
    }
    count *= std::max<int64_t>(size, 1);
  }
  return true;
}

// Bytes of one element in raw data; 0 for what is not supported.
static uint64_t widthOf(int32_t onnxType) {
  switch (onnxType) {
  case TensorProto::BOOL:
    return 1;
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return 2;
  case TensorProto::FLOAT:
  case TensorProto::INT32:
    return 4;
  case TensorProto::DOUBLE:
  case TensorProto::INT64:
    return 8;
  default:
    return 0;
  }
}

//===----------------------------------------------------------------------===//
// Where the bytes are
//===----------------------------------------------------------------------===//

LogicalResult TensorReader::readExternal(const TensorProto &tensor,
                                         const std::string &subject,
                                         uint64_t expected,
                                         std::vector<uint8_t> &bytes) {
  std::optional<StringRef> location, offsetText, lengthText, checksum;
  auto reject = [&](const Twine &what) {
    reporter.error(subject + ": " + what);
    return failure();
  };
  for (const auto &entry : tensor.external_data()) {
    std::optional<StringRef> *field =
        llvm::StringSwitch<std::optional<StringRef> *>(entry.key())
            .Case("location", &location)
            .Case("offset", &offsetText)
            .Case("length", &lengthText)
            .Case("checksum", &checksum)
            .Default(nullptr);
    if (!field) {
      // A file says in every tensor what it says in one.
      if (unknownKeys.insert(entry.key()).second)
        reporter.warning(subject + ": external data key " +
                         quoted(entry.key()) + " is unknown and ignored");
      continue;
    }
    if (*field)
      return reject("external data key " + quoted(entry.key()) +
                    " is given twice");
    *field = entry.value();
  }
  if (!location)
    return reject("external data without a location");
  uint64_t offset = 0, length = expected;
  if (offsetText &&
      (offsetText->getAsInteger(10, offset) || offset > INT64_MAX))
    return reject("external data offset " + quoted(*offsetText) +
                  " is not a number of bytes");
  if (lengthText &&
      (lengthText->getAsInteger(10, length) || length > INT64_MAX))
    return reject("external data length " + quoted(*lengthText) +
                  " is not a number of bytes");
  if (length != expected)
    return reject("expected " + Twine(expected) +
                  " bytes of external data, got length " + Twine(length));
  llvm::Expected<uint64_t> size = external.size(*location);
  if (!size)
    return reject(llvm::toString(size.takeError()));
  // Before anything is allocated: the file is as large as it must be.
  if (offset > *size || expected > *size - offset)
    return reject("external data " + quoted(*location) + " has " +
                  Twine(*size) + " bytes, too few for offset " + Twine(offset) +
                  " and length " + Twine(expected));
  bytes.resize(expected);
  if (llvm::Error error = external.read(*location, offset, bytes,
                                        checksum.value_or(StringRef())))
    return reject(llvm::toString(std::move(error)));
  llvm::SmallString<256> file(llvm::sys::path::parent_path(model.path));
  llvm::sys::path::append(file, *location);
  if (!llvm::is_contained(model.files, file.str()))
    model.files.push_back(std::string(file));
  return success();
}

template <typename Element, typename Field>
static void pack(const Field &field, std::vector<uint8_t> &bytes) {
  bytes.reserve(field.size() * sizeof(Element));
  for (auto value : field) {
    auto element = static_cast<Element>(value);
    auto *begin = reinterpret_cast<const uint8_t *>(&element);
    bytes.insert(bytes.end(), begin, begin + sizeof(Element));
  }
}

LogicalResult TensorReader::readFields(const TensorProto &tensor,
                                       const std::string &subject,
                                       uint64_t count,
                                       std::vector<uint8_t> &bytes) {
  struct Field {
    const char *name;
    uint64_t size;
  };
  const Field fields[] = {
      {"float_data", static_cast<uint64_t>(tensor.float_data_size())},
      {"int32_data", static_cast<uint64_t>(tensor.int32_data_size())},
      {"int64_data", static_cast<uint64_t>(tensor.int64_data_size())},
      {"double_data", static_cast<uint64_t>(tensor.double_data_size())},
      {"uint64_data", static_cast<uint64_t>(tensor.uint64_data_size())},
      {"string_data", static_cast<uint64_t>(tensor.string_data_size())}};
  const char *wanted = nullptr;
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
    wanted = "float_data";
    pack<float>(tensor.float_data(), bytes);
    break;
  case TensorProto::DOUBLE:
    wanted = "double_data";
    pack<double>(tensor.double_data(), bytes);
    break;
  case TensorProto::INT64:
    wanted = "int64_data";
    pack<int64_t>(tensor.int64_data(), bytes);
    break;
  default:
    wanted = "int32_data";
    if (tensor.data_type() == TensorProto::INT32)
      pack<int32_t>(tensor.int32_data(), bytes);
    else if (tensor.data_type() == TensorProto::BOOL)
      pack<bool>(tensor.int32_data(), bytes);
    else
      pack<uint16_t>(tensor.int32_data(), bytes);
  }
  for (const Field &field : fields) {
    uint64_t expected = StringRef(field.name) == wanted ? count : 0;
    if (field.size == expected)
      continue;
    reporter.error(subject + ": expected " + Twine(expected) + " elements in " +
                   field.name + ", got " + Twine(field.size));
    return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// What the bytes are
//===----------------------------------------------------------------------===//

// Floats of another width as f32, booleans as 0 and 1.
static std::vector<uint8_t> convert(int32_t onnxType, ArrayRef<uint8_t> bytes) {
  std::vector<uint8_t> result;
  if (onnxType == TensorProto::BOOL) {
    result.assign(bytes.begin(), bytes.end());
    for (uint8_t &byte : result)
      byte = byte != 0;
    return result;
  }
  uint64_t width = widthOf(onnxType), count = bytes.size() / width;
  result.resize(count * sizeof(float));
  const llvm::fltSemantics &half = llvm::APFloat::IEEEhalf();
  for (uint64_t i = 0; i < count; ++i) {
    float value;
    if (onnxType == TensorProto::DOUBLE) {
      double wide;
      std::memcpy(&wide, bytes.data() + i * width, width);
      value = static_cast<float>(wide);
    } else {
      uint16_t bits;
      std::memcpy(&bits, bytes.data() + i * width, width);
      if (onnxType == TensorProto::BFLOAT16) {
        uint32_t wide = static_cast<uint32_t>(bits) << 16;
        std::memcpy(&value, &wide, sizeof(value));
      } else {
        value = llvm::APFloat(half, llvm::APInt(16, bits)).convertToFloat();
      }
    }
    std::memcpy(result.data() + i * sizeof(float), &value, sizeof(float));
  }
  return result;
}

FailureOr<TensorReader::Contents>
TensorReader::read(const TensorProto &tensor, const std::string &subject) {
  auto reject = [&](const Twine &what) -> FailureOr<Contents> {
    reporter.error(subject + ": " + what);
    return failure();
  };
  uint64_t width = widthOf(tensor.data_type());
  if (width == 0)
    return reject("element type " + elementTypeName(tensor.data_type()) +
                  " is not supported");
  std::string why;
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  if (!fitsLimits(shape, why))
    return reject(why);
  if (tensor.has_segment())
    return reject("a tensor in segments is not supported");
  Contents contents;
  contents.type = RankedTensorType::get(
      shape, elementTypeOf(model.context, tensor.data_type()));
  uint64_t count = contents.type.getNumElements();
  uint64_t expected = count * width;

  bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
  uint64_t inFields = tensor.float_data_size() + tensor.int32_data_size() +
                      tensor.int64_data_size() + tensor.double_data_size() +
                      tensor.uint64_data_size() + tensor.string_data_size();
  if (isExternal && (tensor.has_raw_data() || inFields != 0))
    return reject("data inside the file and external data at once");
  if (!isExternal && tensor.external_data_size() != 0)
    return reject("external data, but data_location does not say so");
  if (isExternal) {
    if (failed(readExternal(tensor, subject, expected, contents.storage)))
      return failure();
    contents.bytes = contents.storage;
  } else if (tensor.has_raw_data()) {
    if (inFields != 0)
      return reject("more than one data field");
    StringRef raw = tensor.raw_data();
    if (raw.size() != expected)
      return reject("expected " + Twine(expected) + " bytes of raw_data, got " +
                    Twine(raw.size()));
    contents.bytes = ArrayRef<uint8_t>(raw.bytes_begin(), raw.bytes_end());
  } else {
    if (failed(readFields(tensor, subject, count, contents.storage)))
      return failure();
    contents.bytes = contents.storage;
  }
  bool asItIs = tensor.data_type() == TensorProto::FLOAT ||
                contents.type.getElementType().isInteger(32) ||
                contents.type.getElementType().isInteger(64);
  if (!asItIs) {
    contents.storage = convert(tensor.data_type(), contents.bytes);
    contents.bytes = contents.storage;
  }
  return contents;
}
