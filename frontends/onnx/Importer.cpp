//===- Importer.cpp - a checked model becomes one network -----------------===//
//
//  1. Compare the argument types with the file's inputs; see whether a batch
//  that
//     the file writes as a number is replaced.
//  2. Find the nodes that outputs need, and why.
//  3. Import them in order. A node whose inputs are all known is computed at
//  once
//     (shapes, axes, scales); every other one becomes operations.
//  4. Name the parameters: one per role where exporters merged equal tensors.
//  5. Make arguments of the noise that nodes ask for.
//  6. If a batch was replaced, check that axis 0 passes every operation.
//
// Holds afterwards: every shape is a number, every weight a `gan.parameter`.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Importer.h"
#include "dialects/gan/IR/NetworkAttributes.h"
#include "dialects/gan/IR/WeightStore.h"
#include "frontends/onnx/LostParts.h"
#include "frontends/onnx/OpTable.h"
#include "frontends/onnx/TensorReader.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;
using ::onnx::NodeProto;

// Constants with more elements lie in the weights file.
static constexpr int64_t kMostLiteralElements = 1024;
// Elements that folding may touch in one model: seconds, not minutes.
static constexpr uint64_t kMostFoldedWork = 1 << 27;

Importer::Importer(OnnxModel::Implementation &model, OpBuilder &outer,
                   ArrayRef<RankedTensorType> argumentTypes,
                   ArrayRef<OnnxTap> taps)
    : model(model), builder(outer), argumentTypes(argumentTypes), taps(taps),
      reporter(model.location), batch(batchOf(model.inputs, argumentTypes)),
      rows(batch), uses(model.initializers.size()) {
  for (const auto &output : model.graph().output())
    targets.push_back(output.name());
  for (const OnnxTap &tap : taps)
    targets.push_back(tap.tensor);
}

Location Importer::locationOf(const NodeProto &proto) const {
  return NameLoc::get(StringAttr::get(model.context, nameOf(proto)),
                      model.location);
}

void Importer::report(const NodeProto &proto, const Twine &message,
                      ArrayRef<std::string> notes) {
  SmallVector<std::string> all(notes);
  const Reason &reason = reasons[current];
  std::string reached = "reached from output " + quoted(targets[reason.output]);
  if (reason.consumer >= 0) {
    const NodeProto &consumer = model.graph().node(reason.consumer);
    reached += " via " + consumer.op_type() + " " + quoted(nameOf(consumer));
  }
  all.push_back(reached);
  if (rebatch)
    all.push_back("the file has the batch " + std::to_string(rebatch->first) +
                  " as a number, and " + std::to_string(rebatch->second) +
                  " was asked for: export it with a dynamic batch axis");
  reporter.error(describe(model, proto) + ": " + message, all);
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

// `f32[N, 3, ?]`, as the game language writes types.
static std::string typeText(const OnnxPort &port) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << port.elementType;
  if (!port.hasShape)
    return text;
  stream << '[';
  llvm::interleaveComma(port.dimensions, stream, [&](const OnnxDimension &d) {
    if (d.size)
      stream << *d.size;
    else
      stream << (d.name.empty() ? "?" : d.name);
  });
  stream << ']';
  return text;
}

static std::string typeText(RankedTensorType type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << type.getElementType() << '[';
  llvm::interleaveComma(type.getShape(), stream);
  stream << ']';
  return text;
}

LogicalResult Importer::bindArguments() {
  if (argumentTypes.size() != model.inputs.size()) {
    reporter.error("expected " + Twine(model.inputs.size()) +
                   " arguments, got " + Twine(argumentTypes.size()));
    return failure();
  }
  llvm::StringMap<std::pair<int64_t, StringRef>> named;
  rebatchedInputs.assign(model.inputs.size(), false);
  for (size_t index = 0; index < model.inputs.size(); ++index) {
    const OnnxPort &port = model.inputs[index];
    RankedTensorType type = argumentTypes[index];
    std::string why;
    auto mismatch = [&] {
      reporter.error("input " + quoted(port.name) + ": expected " +
                     typeText(port) + ", got " + typeText(type));
    };
    if (!fitsLimits(type.getShape(), why)) {
      reporter.error("input " + quoted(port.name) + ": " + why);
      continue;
    }
    size_t rank = type.getRank();
    if (type.getElementType() != port.elementType ||
        (port.hasShape && rank != port.dimensions.size())) {
      mismatch();
      continue;
    }
    for (auto [axis, dimension] : llvm::enumerate(port.dimensions)) {
      int64_t size = type.getDimSize(axis);
      if (!dimension.size) {
        if (dimension.name.empty())
          continue;
        auto [known, isNew] = named.try_emplace(
            dimension.name, std::make_pair(size, StringRef(port.name)));
        if (!isNew && known->second.first != size)
          reporter.error("dimension " + quoted(dimension.name) + " is " +
                         Twine(known->second.first) + " in input " +
                         quoted(known->second.second) + " and " + Twine(size) +
                         " in input " + quoted(port.name));
        continue;
      }
      if (*dimension.size == size)
        continue;
      auto change = std::make_pair(*dimension.size, size);
      if (axis != 0 || (rebatch && *rebatch != change)) {
        mismatch();
        break;
      }
      rebatch = change;
      rebatchedInputs[index] = true;
    }
  }
  return failure(reporter.failed());
}

/// Compares what the file says of an output with what it is. A number that was
/// written down for one batch, or one size, says nothing about another.
void Importer::checkOutput(const OnnxPort &port, RankedTensorType type) {
  auto isBound = [&](size_t axis, int64_t size) {
    bool isBatch = false, isOther = false;
    for (auto [index, input] : llvm::enumerate(model.inputs)) {
      ArrayRef<OnnxDimension> dimensions = input.dimensions;
      if (!input.hasShape)
        return true;
      if (dimensions.empty())
        continue;
      if (!dimensions[0].size || rebatchedInputs[index])
        isBatch |= axis == 0 || argumentTypes[index].getDimSize(0) == size;
      isOther |= llvm::any_of(dimensions.drop_front(),
                              [](const OnnxDimension &d) { return !d.size; });
    }
    return isBatch || isOther;
  };
  bool fits = type.getElementType() == port.elementType;
  if (port.hasShape) {
    fits &= port.dimensions.size() == static_cast<size_t>(type.getRank());
    for (size_t axis = 0; fits && axis < port.dimensions.size(); ++axis) {
      std::optional<int64_t> declared = port.dimensions[axis].size;
      int64_t size = type.getDimSize(axis);
      fits = !declared || *declared == size || isBound(axis, size);
    }
  }
  if (!fits)
    reporter.error("output " + quoted(port.name) + ": the file declares " +
                   typeText(port) + ", and the network computes " +
                   typeText(type));
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Imported *Importer::lookup(StringRef name) {
  auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

/// The axis of a value along which the images of a run lie.
std::optional<RowAxis> Importer::rowsOf(Value value) {
  if (batch == 0)
    return std::nullopt;
  Block &body = network.getBody().front();
  auto next =
      lastVisited ? std::next(Block::iterator(lastVisited)) : body.begin();
  for (; next != body.end(); ++next) {
    if (next->getNumResults() == 0) // an update of a buffer, which may go
      continue;
    rows.visit(&*next);
    lastVisited = &*next;
  }
  return rows.of(value).axis;
}

RankedTensorType Importer::typeOf(const Imported &imported) const {
  if (imported.initializer >= 0)
    return model.initializers[imported.initializer].type;
  return imported.host ? imported.host->type : tensorType(imported.value);
}

ParameterOp Importer::makeParameter(StringRef name, Role role,
                                    gan::BlobAttr blob, RankedTensorType type) {
  OpBuilder::InsertionGuard guard(builder);
  // All parameters stand at the beginning, in the order of their use.
  if (lastParameter)
    builder.setInsertionPointAfter(lastParameter);
  else
    builder.setInsertionPointToStart(&network.getBody().front());
  auto loc = NameLoc::get(StringAttr::get(model.context, name), model.location);
  auto op = ParameterOp::create(builder, loc, type, name, role, blob);
  lastParameter = op;
  return op;
}

// Kernels and tables may be tied; an undecided use joins any other.
static bool mayShare(StringRef a, StringRef b) {
  auto isKernel = [](StringRef kind) {
    return kind == "weight" || kind == "table";
  };
  return a == b || a.empty() || b.empty() || (isKernel(a) && isKernel(b));
}

Value Importer::parameter(Imported &imported, Role role, StringRef kind) {
  Initializer &initializer = model.initializers[imported.initializer];
  auto &list = uses[imported.initializer];
  // Exporters write equal tensors once. A vector of equal elements (fresh
  // scales, biases, statistics) says nothing, and a scale is never a bias;
  // equal random numbers in one role are sharing.
  bool isAccident = initializer.uniform && role != Role::undecided;
  for (Use &use : list) {
    bool isSame = use.op.getRole() == role && use.kind == kind;
    bool mayJoin = !initializer.uniform && role != Role::buffer &&
                   use.op.getRole() != Role::buffer && mayShare(use.kind, kind);
    if (isAccident || !(isSame || mayJoin))
      continue;
    if (use.op.getRole() == Role::undecided) {
      use.op.setRole(role);
      use.kind = kind.str();
    }
    return use.op;
  }
  ParameterOp op =
      makeParameter(initializer.name, role, initializer.blob, initializer.type);
  list.push_back({op, kind.str()});
  return op;
}

/// The node that is being imported reads an initializer as this parameter.
void Importer::noteRead(unsigned input, Value value) {
  if (auto op = value.getDefiningOp<ParameterOp>())
    reads.push_back({current, input, op});
}

/// An output that is an initializer itself has only the file's name.
void Importer::keepName(const Imported &imported, Value output) {
  if (imported.initializer < 0)
    return;
  for (Use &use : uses[imported.initializer])
    if (use.op == output.getDefiningOp())
      use.kind.clear();
}

Value Importer::buffer(Value value) {
  auto op = value.getDefiningOp<ParameterOp>();
  if (!op)
    return value;
  for (Update &update : updates)
    if (update.buffer == op)
      value = update.op.getValue();
  buffers[value] = op;
  return value;
}

void Importer::update(Value buffer, Value value, Location loc) {
  ParameterOp op = buffers.lookup(buffer);
  if (!op)
    return;
  // A second application starts from what the first one left.
  llvm::erase_if(updates, [&](Update &update) {
    bool isBefore = update.buffer == op;
    if (isBefore)
      update.op.erase();
    return isBefore;
  });
  updates.push_back(
      {op, UpdateBufferOp::create(builder, loc, op.getName(), value)});
}

// A role asked for where an initializer arrives reshaped or transposed.
void Importer::claim(Value value, Role role, StringRef kind) {
  while (Operation *view = value.getDefiningOp()) {
    if (auto op = dyn_cast<ParameterOp>(view)) {
      if (op.getRole() != Role::undecided)
        return;
      op.setRole(role);
      for (auto &list : uses)
        for (Use &use : list)
          if (use.op == op)
            use.kind = kind.str();
      return;
    }
    if (!isa<ReshapeOp, TransposeOp>(view))
      return;
    value = view->getOperand(0);
  }
}

Value Importer::materialise(Imported &imported, StringRef name) {
  if (imported.value)
    return imported.value;
  if (imported.initializer >= 0) {
    Initializer &initializer = model.initializers[imported.initializer];
    if (initializer.isFloat())
      return parameter(imported, Role::undecided, "");
    if (!initializer.host)
      return imported.value = makeParameter(name, Role::constant,
                                            initializer.blob, initializer.type);
  }
  const HostTensor &host = *imported.host;
  auto note = [&](Operation *op) {
    if (!imported.other)
      return;
    op->setAttr(kFromCountName, builder.getUnitAttr());
    op->setLoc(NameLoc::get(builder.getStringAttr(name), model.location));
  };
  if (host.size() > kMostLiteralElements) {
    // One for each image is mostly the same for each: stored once.
    if (!imported.other && host.repeats()) {
      Imported row;
      row.host = std::make_shared<const HostTensor>(
          host.rearrange(host.type.clone(host.type.getShape().drop_front()),
                         [](int64_t i) { return i; }));
      return imported.value = TensorBuilder(builder, network.getLoc())
                                  .broadcast(materialise(row, name), {0},
                                             host.type.getShape());
    }
    auto blob = model.weights.append(model.context, host.toBytes());
    if (!blob) {
      // no test: the disk is full.
      reporter.error(llvm::toString(blob.takeError()));
      return imported.value =
                 TensorBuilder(builder, network.getLoc()).zeros(host.type);
    }
    ParameterOp op = makeParameter(name, Role::constant, *blob, host.type);
    note(op);
    return imported.value = op;
  }
  auto op = ConstantOp::create(builder, network.getLoc(), host.type,
                               cast<ElementsAttr>(host.toAttribute()));
  note(op);
  return imported.value = op;
}

//===----------------------------------------------------------------------===//
// Noise
//===----------------------------------------------------------------------===//

/// A shape that the file writes with the batch that its inputs have as a number
/// gets the one that was asked for; whether it is such a shape.
bool Importer::takeBatch(SmallVectorImpl<int64_t> &shape) {
  if (batch == 0 || shape.size() < 2 || fixedBatch(model.inputs) != shape[0])
    return false;
  shape[0] = batch;
  return true;
}

/// An argument of the network behind the file's inputs. Where rows of images
/// lie along an axis, they lie along the argument's first one.
Value Importer::noise(ArrayRef<int64_t> shape, Distribution distribution,
                      std::optional<RowAxis> axis, StringRef name,
                      TensorBuilder &build) {
  bool isBatched = axis && shape[axis->dim] == batch * axis->inner;
  SmallVector<int64_t> given(shape), moved, order;
  if (isBatched) {
    given.erase(given.begin() + axis->dim);
    if (axis->inner != 1)
      given.insert(given.begin() + axis->dim, axis->inner);
    given.insert(given.begin(), batch);
    for (int64_t i = 0, e = given.size(); i < e; ++i)
      order.push_back(i < axis->dim ? i + 1 : i == axis->dim ? 0 : i);
  }
  NamedAttrList attributes;
  attributes.set("gan.name", builder.getStringAttr(name));
  attributes.set(kNoiseName,
                 DistributionAttr::get(builder.getContext(), distribution));
  if (isBatched)
    attributes.set("gan.batched", builder.getUnitAttr());
  noiseAttributes.push_back(attributes.getDictionary(builder.getContext()));
  rebatchedInputs.push_back(isBatched && rebatch);
  Value value = network.getBody().front().addArgument(
      RankedTensorType::get(given, builder.getF32Type()), build.loc);
  if (!isBatched) {
    rows.setConstant(value);
    return value;
  }
  rows.setBatched(value);
  if (axis->dim != 0)
    value = build.transpose(value, order);
  return build.reshape(value, shape);
}

/// Takes the noise that no result is made of out again, and adds the rest to
/// the network's type.
void Importer::finishNoise() {
  Block &body = network.getBody().front();
  SmallVector<Attribute> attributes(
      network.getArgAttrsAttr().getAsRange<Attribute>());
  for (unsigned i = 0; i < noiseAttributes.size(); ++i) {
    unsigned index = attributes.size();
    if (!body.getArgument(index).use_empty()) {
      attributes.push_back(noiseAttributes[i]);
      continue;
    }
    body.eraseArgument(index);
    rebatchedInputs.erase(rebatchedInputs.begin() + index);
  }
  network.setArgAttrsAttr(builder.getArrayAttr(attributes));
  network.setFunctionType(builder.getFunctionType(
      body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void Importer::findReachable() {
  const auto &graph = model.graph();
  llvm::StringMap<int> writers;
  for (int i = 0; i < graph.node_size(); ++i)
    for (const std::string &name : graph.node(i).output())
      if (!name.empty())
        writers[name] = i;
  reasons.resize(graph.node_size());
  std::vector<int> queue;
  auto reach = [&](StringRef name, int consumer, int output) {
    auto writer = writers.find(name);
    if (writer == writers.end() || reasons[writer->second].isReached)
      return;
    reasons[writer->second] = {consumer, output, true};
    queue.push_back(writer->second);
  };
  for (auto [index, target] : llvm::enumerate(targets)) {
    readNames.insert(target);
    reach(target, -1, static_cast<int>(index));
  }
  for (size_t next = 0; next < queue.size(); ++next) {
    int node = queue[next];
    for (const std::string &name : graph.node(node).input()) {
      readNames.insert(name);
      reach(name, node, reasons[node].output);
    }
  }
}

// Runs the handler on placeholders and computes what it wrote. False if a node
// failed or cannot be computed; `results` is empty then.
bool Importer::fold(const NodeProto &proto, const OnnxOperator &op, int version,
                    std::vector<Imported> &results) {
  Block scratch;
  HostValues known, otherwise;
  SmallVector<Value> placeholders;
  bool isFromCount = false;
  uint64_t work = 0;
  for (const std::string &name : proto.input()) {
    Imported *imported = lookup(name);
    placeholders.push_back(Value());
    if (!imported)
      continue;
    placeholders.back() =
        scratch.addArgument(imported->host->type, network.getLoc());
    known[placeholders.back()] = imported->host;
    otherwise[placeholders.back()] =
        imported->other ? imported->other : imported->host;
    isFromCount |= imported->other != nullptr;
    work += imported->host->size();
  }
  OpBuilder inside(model.context);
  inside.setInsertionPointToEnd(&scratch);
  OnnxNode node(*this, proto, op, version, inside, locationOf(proto));
  node.placeholders = placeholders;
  if (!runHandler(node) || node.passed)
    return false;
  // Noise has no value while importing.
  if (llvm::any_of(scratch.getArguments(),
                   [&](Value value) { return !known.contains(value); }))
    return false;
  for (Operation &operation : scratch)
    for (Type type : operation.getResultTypes())
      work += cast<RankedTensorType>(type).getNumElements();
  uint64_t mostBytes = std::max(model.limits.foldBytes, 4 * model.fileBytes);
  if (foldedWork + work > kMostFoldedWork || foldedBytes > mostBytes)
    return false;
  foldedWork += work;
  uint64_t bytes = std::min(model.limits.foldBytes, mostBytes - foldedBytes);
  if (failed(evaluate(scratch, known, bytes)))
    return false;
  // Where another count gives no number, the result depends on it too.
  if (isFromCount && failed(evaluate(scratch, otherwise, bytes)))
    node.readsCount = true;
  for (auto [value, host] : llvm::zip(node.results, node.hosts)) {
    results.emplace_back();
    results.back().host = value ? known.lookup(value) : host;
    if (node.readsCount)
      results.back().other =
          std::make_shared<const HostTensor>(results.back().host->changed());
    else if (isFromCount && value &&
             otherwise.lookup(value)->toBytes() !=
                 results.back().host->toBytes())
      results.back().other = otherwise.lookup(value);
    if (value)
      foldedBytes += sizeof(int64_t) * results.back().host->size();
  }
  return true;
}

bool Importer::runHandler(OnnxNode &node) {
  node.op.handler(node);
  if (node.isFailed || node.isPoisoned)
    return false;
  for (unsigned i = node.passed ? 1 : 0; i < node.outputs(); ++i)
    if (node.hasOutput(i) && !node.results[i] && !node.hosts[i])
      node.reject("output " + Twine(i) + " is not supported");
  return !node.isFailed;
}

void Importer::importNode(unsigned index) {
  const NodeProto &proto = model.graph().node(index);
  current = index;
  std::vector<Imported> results;
  bool allKnown = proto.input_size() != 0, isWeight = false, isBatched = false,
       isFromCount = false, isPoisoned = false;
  for (const std::string &name : proto.input()) {
    Imported *imported = lookup(name);
    if (!imported)
      continue;
    allKnown &= imported->host != nullptr;
    isWeight |= imported->isWeight;
    isBatched |= imported->isBatched;
    isFromCount |= imported->isFromCount || imported->other;
    isPoisoned |= imported->isPoisoned;
  }

  StringRef domain = domainOf(proto.domain());
  const OnnxOperator *op = findOnnxOperator(domain, proto.op_type());
  auto opset = model.opsets.find(domain);
  int version = 0;
  if (op && opset != model.opsets.end())
    for (int since : op->versions)
      if (since <= opset->second)
        version = since;
  if (!op) {
    report(proto, "the operator is not supported",
           {"supported: see ganc --print-supported-ops"});
    isPoisoned = true;
  } else if (version == 0) {
    report(proto, "the operator is not in this opset", {});
    isPoisoned = true;
  } else {
    unsigned before = reporter.errors();
    bool isFolded =
        allKnown && !isPoisoned && fold(proto, *op, version, results);
    if (reporter.errors() != before) {
      isPoisoned = true;
    } else if (!isFolded || isWeight) {
      OnnxNode node(*this, proto, *op, version, builder, locationOf(proto));
      node.isPoisoned = isPoisoned;
      isPoisoned |= !runHandler(node);
      results.resize(node.results.size());
      for (auto [i, result] : llvm::enumerate(results)) {
        result.value = node.results[i];
        if (node.hosts[i])
          result.host = node.hosts[i];
        if (node.others[i])
          result.other = node.others[i];
        Operation *made = result.value ? result.value.getDefiningOp() : nullptr;
        if (made && node.readsCount)
          made->setAttr(kFromCountName, builder.getUnitAttr());
        result.isWeight = isWeight && !node.hosts[i];
      }
      if (node.passed && !isPoisoned)
        results[0] = *lookup(proto.input(*node.passed));
    }
  }

  results.resize(proto.output_size());
  for (auto [i, result] : llvm::enumerate(results)) {
    result.isBatched = isBatched;
    result.isFromCount = isFromCount;
    result.isPoisoned = isPoisoned;
    if (!proto.output(i).empty())
      values[proto.output(i)] = std::move(result);
  }
}

//===----------------------------------------------------------------------===//
// Finish
//===----------------------------------------------------------------------===//

void Importer::removeDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op) && !isa<ParameterOp>(op))
      op.erase();
}

// A name for each piece of an initializer: the file's if there is one piece,
// else one that nothing in the file has.
void Importer::finishParameters() {
  llvm::StringSet<> taken;
  for (const Initializer &initializer : model.initializers)
    taken.insert(initializer.name);
  for (const auto &input : model.graph().input())
    taken.insert(input.name());
  for (const NodeProto &node : model.graph().node())
    taken.insert(node.output().begin(), node.output().end());
  for (auto [index, list] : llvm::enumerate(uses)) {
    llvm::erase_if(list, [](Use &use) { return use.op->use_empty(); });
    if (list.size() < 2)
      continue;
    llvm::StringMap<unsigned> counts;
    for (Use &use : list) {
      if (use.kind.empty())
        continue;
      std::string name = use.op.getName().str() + "#" + use.kind;
      unsigned count = ++counts[use.kind];
      if (count > 1)
        name += std::to_string(count);
      while (!taken.insert(name).second)
        name += "#";
      use.op.setName(name);
    }
  }
  for (Read &read : reads) {
    StringRef file = model.graph().node(read.node).input(read.input);
    unsigned whole = lookup(file)->initializer;
    StringRef name = read.op.getName();
    if (!read.op->use_empty() && name != model.initializers[whole].name)
      model.pieces[{read.node, read.input}] = {name.str(), whole};
  }
  for (Update &update : updates)
    update.op.setNameAttr(update.buffer.getNameAttr());
}

FailureOr<NetworkOp> Importer::run(StringRef symbol, StringRef name) {
  if (failed(bindArguments()))
    return failure();
  std::optional<int64_t> fileBatch = fixedBatch(model.inputs);
  auto attributesOf = [&](const OnnxPort &port, Type type) {
    NamedAttrList attributes;
    attributes.set("gan.name", builder.getStringAttr(port.name));
    if (isBatched(port, cast<RankedTensorType>(type), batch, fileBatch))
      attributes.set("gan.batched", builder.getUnitAttr());
    return attributes.getDictionary(builder.getContext());
  };
  SmallVector<Attribute> argumentAttributes, resultAttributes;
  for (auto [port, type] : llvm::zip(model.inputs, argumentTypes))
    argumentAttributes.push_back(attributesOf(port, type));
  SmallVector<Type> inputTypes(argumentTypes.begin(), argumentTypes.end());
  network = NetworkOp::create(builder, model.location, symbol,
                              builder.getFunctionType(inputTypes, {}), name,
                              /*sym_visibility=*/StringAttr(),
                              builder.getArrayAttr(argumentAttributes),
                              /*res_attrs=*/ArrayAttr());
  Block *body = builder.createBlock(&network.getBody());
  for (auto [index, port] : llvm::enumerate(model.inputs)) {
    Imported &imported = values[port.name];
    imported.value = body->addArgument(
        inputTypes[index],
        NameLoc::get(builder.getStringAttr(port.name), model.location));
    imported.isBatched = rebatchedInputs[index];
    if (isBatched(port, argumentTypes[index], batch, fileBatch))
      rows.setBatched(imported.value);
  }
  for (auto [index, initializer] : llvm::enumerate(model.initializers)) {
    Imported &imported = values[initializer.name];
    imported.initializer = index;
    imported.host = initializer.host;
    imported.isWeight = initializer.isFloat();
  }

  findReachable();
  for (size_t i = 0; i < reasons.size(); ++i)
    if (reasons[i].isReached)
      importNode(i);

  SmallVector<Value> results;
  for (const OnnxPort &port : model.outputs) {
    Imported *imported = lookup(port.name);
    if (imported->isPoisoned)
      continue;
    results.push_back(materialise(*imported, port.name));
    keepName(*imported, results.back());
    checkOutput(port, tensorType(results.back()));
    resultAttributes.push_back(attributesOf(port, results.back().getType()));
  }
  for (const OnnxTap &tap : taps) {
    Imported *imported = lookup(tap.tensor);
    if (!imported || imported->isPoisoned)
      continue;
    results.push_back(materialise(*imported, tap.tensor));
    resultAttributes.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr("gan.name", builder.getStringAttr(tap.name))));
  }
  if (reporter.failed()) {
    network.erase();
    return failure();
  }
  SmallVector<StringRef> lost;
  std::vector<std::string> lostParts = findLostParts(model);
  lost.assign(lostParts.begin(), lostParts.end());
  if (!lost.empty())
    network->setAttr(kLostName, builder.getStrArrayAttr(lost));
  ReturnOp::create(builder, model.location, results);
  removeDead(*body);
  finishNoise();
  network.setResAttrsAttr(builder.getArrayAttr(resultAttributes));
  finishParameters();
  for (auto op : llvm::make_early_inc_range(body->getOps<ParameterOp>()))
    if (op->use_empty())
      op.erase();
  if (rebatch &&
      failed(checkBatch(network, rebatchedInputs, rebatch->first, reporter))) {
    network.erase();
    return failure();
  }
  if (failed(verify(network))) {
    // A bug if it happens: handlers check what verifiers check.
    reporter.error( // no test: see above
        "internal error: the imported network is not valid");
    network.erase();
    return failure();
  }
  return network;
}
