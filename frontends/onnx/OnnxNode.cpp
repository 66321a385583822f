//===- OnnxNode.cpp - one node, as a handler sees it ----------------------===//

#include "frontends/onnx/OnnxNode.h"
#include "frontends/onnx/Importer.h"
#include "frontends/onnx/OpTable.h"
#include "frontends/onnx/TensorReader.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;
using ::onnx::AttributeProto;

OnnxNode::OnnxNode(Importer &importer, const ::onnx::NodeProto &proto,
                   const OnnxOperator &op, int version, OpBuilder &builder,
                   Location loc)
    : build(builder, loc), importer(importer), proto(proto), op(op),
      schemaVersion(version), results(proto.output_size()),
      hosts(proto.output_size()), others(proto.output_size()) {}

void OnnxNode::reject(const Twine &message, ArrayRef<std::string> notes) {
  isFailed = true;
  importer.report(proto, message, notes);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeProto *OnnxNode::find(StringRef name) const {
  for (const AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

const AttributeProto *OnnxNode::take(StringRef name,
                                     AttributeProto::AttributeType type) {
  read.insert(name);
  const AttributeProto *attribute = find(name);
  if (!attribute || attribute->type() == type)
    return attribute;
  reject(
      "attribute " + quoted(name) + " expected type " +
      StringRef(AttributeProto::AttributeType_Name(type)).lower() + ", got " +
      StringRef(AttributeProto::AttributeType_Name(attribute->type())).lower());
  return nullptr;
}

static bool isWithin(int64_t value, int64_t most) {
  return value >= -most - 1 && value <= most;
}

int64_t OnnxNode::integer(StringRef name, int64_t otherwise, int64_t most) {
  const AttributeProto *attribute = take(name, AttributeProto::INT);
  if (!attribute)
    return otherwise;
  if (!isWithin(attribute->i(), most)) {
    reject("attribute " + quoted(name) + " has the value " +
           Twine(attribute->i()) + ", which is out of range");
    return otherwise;
  }
  return attribute->i();
}

bool OnnxNode::flag(StringRef name, bool otherwise) {
  int64_t value = integer(name, otherwise);
  if (value != 0 && value != 1)
    reject(name + "=" + Twine(value) + " is not supported",
           {"supported: 0, 1"});
  return value != 0;
}

double OnnxNode::number(StringRef name, double otherwise) {
  const AttributeProto *attribute = take(name, AttributeProto::FLOAT);
  if (!attribute)
    return otherwise;
  if (!std::isfinite(attribute->f())) {
    reject("attribute " + quoted(name) + " is not a finite number");
    return otherwise;
  }
  return decimalOf(attribute->f());
}

SmallVector<int64_t> OnnxNode::integers(StringRef name, int64_t most) {
  const AttributeProto *attribute = take(name, AttributeProto::INTS);
  if (!attribute)
    return {};
  for (int64_t value : attribute->ints())
    if (!isWithin(value, most)) {
      reject("attribute " + quoted(name) + " has the value " + Twine(value) +
             ", which is out of range");
      return {};
    }
  return SmallVector<int64_t>(attribute->ints().begin(),
                              attribute->ints().end());
}

std::vector<double> OnnxNode::numbers(StringRef name) {
  const AttributeProto *attribute = take(name, AttributeProto::FLOATS);
  if (!attribute)
    return {};
  return std::vector<double>(attribute->floats().begin(),
                             attribute->floats().end());
}

std::string OnnxNode::text(StringRef name) {
  const AttributeProto *attribute = take(name, AttributeProto::STRING);
  return attribute ? attribute->s() : std::string();
}

std::string OnnxNode::choice(StringRef name, StringRef otherwise,
                             ArrayRef<StringRef> supported) {
  const AttributeProto *attribute = take(name, AttributeProto::STRING);
  if (!attribute)
    return otherwise.str();
  if (!llvm::is_contained(supported, StringRef(attribute->s())))
    reject(name + "=" + quoted(attribute->s()) + " is not supported",
           {"supported: " + llvm::join(supported, ", ")});
  return attribute->s();
}

Type OnnxNode::elementType(StringRef name, int64_t otherwise, unsigned types) {
  int64_t number = integer(name, otherwise);
  std::string supported;
  for (auto [bit, type] : {std::pair<unsigned, ::onnx::TensorProto::DataType>(
                               kFloat, ::onnx::TensorProto::FLOAT),
                           {kInt32, ::onnx::TensorProto::INT32},
                           {kInt64, ::onnx::TensorProto::INT64},
                           {kBool, ::onnx::TensorProto::BOOL}}) {
    if (!(types & bit))
      continue;
    if (number == type)
      return elementTypeOf(build.builder.getContext(), type);
    supported += (supported.empty() ? "" : ", ") + elementTypeName(type);
  }
  reject(name + "=" + elementTypeName(number) + " is not supported",
         {"supported: " + supported});
  return {};
}

std::shared_ptr<const HostTensor> OnnxNode::tensor(StringRef name) {
  const AttributeProto *attribute = take(name, AttributeProto::TENSOR);
  if (!attribute)
    return nullptr;
  Reporter &reporter = importer.reporter;
  unsigned before = reporter.errors();
  TensorReader reader(importer.model, reporter);
  auto contents =
      reader.read(attribute->t(), describe(importer.model, proto) +
                                      ": attribute " + quoted(name));
  if (reporter.errors() != before) {
    isFailed = true;
    return nullptr;
  }
  if (!isAffordable(contents->type.getNumElements()))
    return nullptr;
  return std::make_shared<const HostTensor>(
      HostTensor::fromBytes(contents->type, contents->bytes));
}

void OnnxNode::require(StringRef name) {
  if (!has(name))
    reject("attribute " + quoted(name) + " is missing");
}

bool OnnxNode::ready() {
  for (const AttributeProto &attribute : proto.attribute())
    if (!read.contains(attribute.name()))
      reject("attribute " + quoted(attribute.name()) + " is not supported");
  unsigned count = inputs();
  if (count < op.fewestInputs || count > op.mostInputs) {
    std::string most = op.mostInputs == kVariadic
                           ? "or more"
                           : "to " + std::to_string(op.mostInputs);
    reject("expected " + Twine(op.fewestInputs) + " " + most + " inputs, got " +
           Twine(count));
  }
  for (unsigned i = 0; i < std::min(count, op.fewestInputs); ++i)
    if (!hasInput(i))
      reject("input " + Twine(i) + " is missing");
  if (isFailed || isPoisoned || count == 0)
    return !isFailed && !isPoisoned;
  Type element = type(0).getElementType();
  unsigned bit = element.isF32()         ? kFloat
                 : element.isInteger(32) ? kInt32
                 : element.isInteger(64) ? kInt64
                                         : kBool;
  if (!(op.types & bit)) {
    std::string text;
    llvm::raw_string_ostream(text) << element;
    reject("inputs of type " + text + " are not supported");
  }
  return !isFailed;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

Value OnnxNode::input(unsigned index) {
  if (!placeholders.empty())
    return placeholders[index];
  const std::string &name = proto.input(index);
  Value value = importer.materialise(*importer.lookup(name), name);
  if (isInitializer(index))
    importer.noteRead(index, value);
  return value;
}

RankedTensorType OnnxNode::type(unsigned index) {
  return importer.typeOf(*importer.lookup(proto.input(index)));
}

bool OnnxNode::isInitializer(unsigned index) {
  Imported *imported = importer.lookup(proto.input(index));
  return imported && imported->initializer >= 0 &&
         importer.model.initializers[imported->initializer].isFloat();
}

Value OnnxNode::weight(unsigned index, Role role, StringRef kind) {
  if (!placeholders.empty())
    return placeholders[index];
  Imported &imported = *importer.lookup(proto.input(index));
  Value value;
  if (isInitializer(index)) {
    value = importer.parameter(imported, role, kind);
    importer.noteRead(index, value);
  } else {
    value = input(index);
    importer.claim(value, role, kind);
  }
  return role == Role::buffer ? importer.buffer(value) : value;
}

void OnnxNode::update(Value buffer, Value value) {
  if (placeholders.empty())
    importer.update(buffer, value, build.loc);
}

const HostTensor *OnnxNode::known(unsigned index) {
  readsCount |= isFromCount(index);
  Imported *imported = importer.lookup(proto.input(index));
  return imported ? imported->host.get() : nullptr;
}

bool OnnxNode::isKnown(unsigned index) const {
  Imported *imported = importer.lookup(proto.input(index));
  return imported && imported->host;
}

bool OnnxNode::isFromCount(unsigned index) const {
  Imported *imported =
      hasInput(index) ? importer.lookup(proto.input(index)) : nullptr;
  return imported && imported->other;
}

SmallVector<int64_t> OnnxNode::otherShape(unsigned index) {
  SmallVector<int64_t> result(shape(index));
  Value value = importer.lookup(proto.input(index))->value;
  if (std::optional<RowAxis> rows =
          value ? importer.rowsOf(value) : std::nullopt)
    result[rows->dim] = result[rows->dim] / importer.batch *
                        (2 * importer.batch + 1); // a half differs as well
  return result;
}

// What the operator's row calls an input that must be known.
static std::string knownName(const OnnxOperator &op, unsigned index) {
  auto found = llvm::find_if(
      op.known, [&](const KnownInput &input) { return input.index == index; });
  assert(found != op.known.end() && "the row does not list the input");
  return "input " + quoted(found->name);
}

const HostTensor *OnnxNode::constant(unsigned index) {
  std::string name = knownName(op, index);
  const HostTensor *host = known(index);
  if (!host)
    reject(name +
           " must be known when compiling: an initializer or a constant");
  return host;
}

std::optional<SmallVector<int64_t>> OnnxNode::constants(unsigned index) {
  bool readBefore = readsCount;
  const HostTensor *host = constant(index);
  readsCount = readBefore;
  if (!host)
    return std::nullopt;
  if (host->isFloat() || host->type.getRank() > 1) {
    reject(knownName(op, index) + " expected a vector of integers");
    return std::nullopt;
  }
  return SmallVector<int64_t>(host->ints.begin(), host->ints.end());
}

std::optional<double> OnnxNode::scalar(unsigned index) {
  const HostTensor *host = constant(index);
  if (!host)
    return std::nullopt;
  if (host->size() != 1) {
    reject(knownName(op, index) + " expected one number");
    return std::nullopt;
  }
  return host->decimal(0);
}

Value OnnxNode::noise(ArrayRef<int64_t> given, Distribution distribution) {
  SmallVector<int64_t> shape(given);
  bool isBatched = importer.takeBatch(shape);
  return importer.noise(shape, distribution,
                        isBatched ? std::optional(RowAxis{0}) : std::nullopt,
                        proto.output(0), build);
}

Value OnnxNode::noiseLike(unsigned index, Distribution distribution) {
  auto numbers =
      RankedTensorType::get(shape(index), build.builder.getF32Type());
  // Nothing that could be computed while importing.
  if (!placeholders.empty())
    return build.builder.getBlock()->addArgument(numbers, build.loc);
  const Imported &imported = *importer.lookup(proto.input(index));
  std::optional<RowAxis> rows;
  if (imported.value)
    rows = importer.rowsOf(imported.value);
  else if (imported.isFromCount && !shape(index).empty() &&
           shape(index)[0] == importer.batch)
    rows = RowAxis{0};
  return importer.noise(shape(index), distribution, rows, proto.output(0),
                        build);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool OnnxNode::hasOutput(unsigned index) const {
  return namesOutput(index) && importer.readNames.contains(proto.output(index));
}

void OnnxNode::set(unsigned index, Value value) {
  if (index < results.size())
    results[index] = value;
}

void OnnxNode::set(unsigned index, std::shared_ptr<const HostTensor> host,
                   std::shared_ptr<const HostTensor> other) {
  if (index >= hosts.size())
    return;
  hosts[index] = std::move(host);
  others[index] = std::move(other);
}

//===----------------------------------------------------------------------===//
// Checks and helpers
//===----------------------------------------------------------------------===//

bool OnnxNode::fits(ArrayRef<int64_t> shape) {
  std::string why;
  if (fitsLimits(shape, why))
    return true;
  reject("the result cannot be: " + why);
  return false;
}

bool OnnxNode::isAffordable(int64_t elements) {
  uint64_t most = importer.model.limits.foldBytes;
  if (static_cast<uint64_t>(elements) <= most / sizeof(int64_t))
    return true;
  reject("a constant of more than " + Twine(most) +
         " bytes (--limit-fold-bytes)");
  return false;
}

Value OnnxNode::literal(HostTensor tensor, StringRef kind) {
  std::string name = proto.output(0) + "#" + kind.str();
  if (!placeholders.empty())
    return ConstantOp::create(build.builder, build.loc, tensor.type,
                              cast<ElementsAttr>(tensor.toAttribute()));
  Imported imported;
  imported.host = std::make_shared<const HostTensor>(std::move(tensor));
  return importer.materialise(imported, name);
}

Value OnnxNode::indices(std::vector<int64_t> values, StringRef kind) {
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()),
                                    build.builder.getI32Type());
  return literal(HostTensor{type, {}, std::move(values)}, kind);
}

std::optional<int64_t> OnnxNode::axis(int64_t axis, int64_t rank) {
  int64_t found = axis < 0 ? axis + rank : axis;
  if (found >= 0 && found < rank)
    return found;
  reject("axis " + Twine(axis) + " is not an axis of a tensor of rank " +
         Twine(rank));
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> OnnxNode::axes(ArrayRef<int64_t> given,
                                                   int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t one : given) {
    std::optional<int64_t> found = axis(one, rank);
    if (!found)
      return std::nullopt;
    result.push_back(*found);
  }
  llvm::sort(result);
  if (llvm::adjacent_find(result) != result.end()) {
    reject("an axis is given twice");
    return std::nullopt;
  }
  return result;
}

std::optional<SmallVector<int64_t>>
OnnxNode::broadcastShape(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  size_t rank = std::max(a.size(), b.size());
  SmallVector<int64_t> shape(rank);
  for (size_t i = 1; i <= rank; ++i) {
    int64_t x = i <= a.size() ? a[a.size() - i] : 1;
    int64_t y = i <= b.size() ? b[b.size() - i] : 1;
    if (x != y && x != 1 && y != 1) {
      std::string text;
      llvm::raw_string_ostream stream(text);
      stream << '[';
      llvm::interleaveComma(a, stream);
      stream << "] and [";
      llvm::interleaveComma(b, stream);
      reject("shapes " + text + "] do not fit together");
      return std::nullopt;
    }
    shape[rank - i] = x == 1 ? y : x;
  }
  if (!fits(shape))
    return std::nullopt;
  return shape;
}

Value OnnxNode::stretch(Value value, ArrayRef<int64_t> shape) {
  RankedTensorType type = tensorType(value);
  if (type.getShape() == shape)
    return value;
  SmallVector<int64_t> kept, missing;
  int64_t lead = shape.size() - type.getRank();
  for (int64_t i = 0, e = shape.size(); i < e; ++i) {
    if (i >= lead && type.getDimSize(i - lead) == shape[i])
      kept.push_back(shape[i]);
    else
      missing.push_back(i);
  }
  return build.broadcast(build.reshape(value, kept), missing, shape);
}

SmallVector<Value> OnnxNode::stretchInputs(unsigned first) {
  SmallVector<int64_t> shape;
  Type element = type(first).getElementType();
  for (unsigned i = first; i < inputs(); ++i) {
    if (!hasInput(i)) {
      reject("input " + Twine(i) + " is missing");
      return {};
    }
    if (type(i).getElementType() != element) {
      reject("the inputs have different element types");
      return {};
    }
    auto both = broadcastShape(shape, type(i).getShape());
    if (!both)
      return {};
    shape = *both;
  }
  SmallVector<Value> values;
  for (unsigned i = first; i < inputs(); ++i) {
    // A number is written as a constant of the shape it is needed in.
    const Imported &imported = *importer.lookup(proto.input(i));
    const HostTensor *host = imported.host.get();
    bool isNumber = placeholders.empty() && host && host->size() == 1 &&
                    host->isFloat() && !imported.isWeight && !imported.other;
    values.push_back(isNumber
                         ? build.constant(type(i).clone(shape), host->number(0))
                         : stretch(input(i), shape));
  }
  return values;
}

std::optional<std::pair<int64_t, int64_t>> OnnxNode::rebatch() const {
  return importer.rebatch;
}

bool OnnxNode::isBatched(unsigned index) const {
  Imported *imported = importer.lookup(proto.input(index));
  return imported && imported->isBatched;
}
