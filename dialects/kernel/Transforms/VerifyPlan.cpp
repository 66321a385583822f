//===- VerifyPlan.cpp - runs the plan on an imaginary memory --------------===//
//
// Memory maps bytes to contents. A content is a number that a definition gets
// each time it is executed; what a value must find in its place is the content
// of its last definition. Loops run twice, so that the second iteration meets
// what the first has left; branches run from the same memory, and what differs
// afterwards is lost.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include <map>

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_VERIFYPLANPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// A place as a half-open interval of one space; each caller's buffer is a
/// space of its own.
struct Range {
  uint64_t space, begin, end;

  explicit Range(PlaceAttr place) {
    bool caller = place.getSpace() == Space::argument;
    space = caller ? 16 + place.getOffset() : uint64_t(place.getSpace());
    begin = caller ? 0 : place.getOffset();
    end = begin + place.getBytes();
  }
  bool operator==(const Range &other) const {
    return space == other.space && begin == other.begin && end == other.end;
  }
  bool meets(const Range &other) const {
    return space == other.space && begin < other.end && other.begin < end;
  }
};

/// Which content lies where.
class Memory {
public:
  void write(const Range &range, unsigned content) {
    // A tensor without elements would stand in the way of what begins there.
    if (range.begin == range.end)
      return;
    for (auto it = cells.begin(); it != cells.end();)
      it = it->second.range.meets(range) ? cells.erase(it) : std::next(it);
    cells.insert({{range.space, range.begin}, {range, content}});
  }
  bool holds(const Range &range, unsigned content) const {
    auto it = cells.find({range.space, range.begin});
    return range.begin == range.end ||
           (it != cells.end() && it->second.range == range &&
            it->second.content == content);
  }
  /// Keeps what is the same in both.
  void intersect(const Memory &other) {
    for (auto it = cells.begin(); it != cells.end();)
      it = other.holds(it->second.range, it->second.content) ? std::next(it)
                                                             : cells.erase(it);
  }

private:
  struct Cell {
    Range range;
    unsigned content;
  };
  std::map<std::pair<uint64_t, uint64_t>, Cell> cells;
};

class PlanRun {
public:
  explicit PlanRun(ProgramOp program)
      : program(program), symbols(program->getParentOp()) {
    if (auto block = program->getParentOp()->getAttrOfType<IntegerAttr>(
            kDeviceBlockName))
      deviceBlock = block.getInt();
  }

  LogicalResult run();

private:
  ProgramOp program;
  SymbolTable symbols;
  Memory memory;
  DenseMap<Value, unsigned> contents;
  DenseMap<Value, PlaceAttr> places;
  // Contents of weights, by their bytes and the order of axes.
  DenseMap<std::pair<Attribute, Attribute>, unsigned> weights;
  unsigned nextContent = 0;
  uint64_t arenaBytes = 0;
  uint64_t deviceBlock = 0; // 0: no devices

  LogicalResult readPlaces();
  LogicalResult checkBounds(Operation *op, PlaceAttr place, Type type);
  LogicalResult read(Operation *op, Value value);
  LogicalResult expectPlace(Operation *op, Value value, PlaceAttr place);
  LogicalResult checkLayouts(CallOp call);
  void define(Value value) {
    contents[value] = nextContent;
    memory.write(Range(places.lookup(value)), nextContent++);
  }
  LogicalResult runBlock(Block &block);
  LogicalResult runOperation(Operation *op);
  LogicalResult runLoop(RepeatOp loop);
  LogicalResult runChoice(IfOp choice);
  LogicalResult checkAliases(Operation *op);
  bool worksInPlace(Operation *op, unsigned result, unsigned operand);
};

/// Follows an element of an argument through a kernel.
struct ElementTrace {
  bool isRowMajor;
  llvm::SmallDenseSet<Value> seen;

  /// Whether all that is computed from element i of `value` is element i of
  /// something, on every way to the end.
  bool staysInPlace(Value value) {
    if (!seen.insert(value).second)
      return true;
    return llvm::all_of(value.getUsers(), [&](Operation *user) {
      // Elements keep their number through a reshape only in row-major order.
      bool keeps = isa<kernel::ReturnOp>(user) ||
                   user->hasTrait<ElementwiseTrait>() ||
                   (isa<ReshapeOp>(user) && isRowMajor);
      return keeps && llvm::all_of(user->getResults(), [&](Value result) {
               return staysInPlace(result);
             });
    });
  }
};

LogicalResult PlanRun::checkBounds(Operation *op, PlaceAttr place, Type type) {
  if (place.getBytes() != bytesOf(type))
    return op->emitOpError() << "expected a place of " << bytesOf(type)
                             << " bytes, got " << place;
  uint64_t alignment = deviceBlock ? 256 : 64;
  if (place.getSpace() != Space::argument && place.getOffset() % alignment != 0)
    return op->emitOpError() << "expected a place at a multiple of "
                             << alignment << ", got " << place;
  uint64_t begin = place.getSpace() == Space::argument ? 0 : place.getOffset();
  if (deviceBlock && begin % deviceBlock + place.getBytes() > deviceBlock)
    return op->emitOpError() << "expected a place in one block of "
                             << deviceBlock << " bytes, got " << place;
  auto sizeOf = [&](StringRef name) -> uint64_t {
    auto bytes = program->getParentOp()->getAttrOfType<IntegerAttr>(name);
    return bytes ? bytes.getInt() : 0;
  };
  if (place.getSpace() == Space::arena &&
      place.getOffset() + place.getBytes() > arenaBytes)
    return op->emitOpError() << "expected a place in an arena of " << arenaBytes
                             << " bytes, got " << place;
  if (place.getSpace() == Space::state &&
      place.getOffset() + place.getBytes() > sizeOf(kStateBytesName))
    return op->emitOpError() << "expected a place in the state, got " << place;
  return success();
}

LogicalResult PlanRun::readPlaces() {
  auto take = [&](Operation *op, StringRef name,
                  ValueRange values) -> LogicalResult {
    SmallVector<Value> tensors;
    for (Value value : values)
      if (isa<RankedTensorType>(value.getType()))
        tensors.push_back(value);
    if (tensors.empty())
      return success();
    auto attribute = op->getAttrOfType<ArrayAttr>(name);
    if (!attribute || attribute.size() != tensors.size())
      return op->emitOpError() << "expected a place for every tensor";
    for (auto [value, place] :
         llvm::zip(tensors, attribute.getAsRange<PlaceAttr>())) {
      places[value] = place;
      if (failed(checkBounds(op, place, value.getType())))
        return failure();
    }
    return success();
  };
  if (auto attribute = program->getAttrOfType<IntegerAttr>(kArenaBytesName))
    arenaBytes = attribute.getInt();
  if (failed(
          take(program, kArgumentPlacesName, program.getBody().getArguments())))
    return failure();
  WalkResult result = program.walk([&](Operation *op) {
    if (op == program)
      return WalkResult::advance();
    if (auto loop = dyn_cast<RepeatOp>(op))
      if (failed(take(op, kPlacesName, loop.getBody().getArguments())))
        return WalkResult::interrupt();
    return WalkResult(take(op, kPlacesName, op->getResults()));
  });
  return failure(result.wasInterrupted());
}

LogicalResult PlanRun::read(Operation *op, Value value) {
  if (!isa<RankedTensorType>(value.getType())) {
    // An expression of the host is evaluated where its value is needed.
    if (Operation *definition = value.getDefiningOp())
      for (Value operand : definition->getOperands())
        if (failed(read(op, operand)))
          return failure();
    return success();
  }
  if (memory.holds(Range(places.lookup(value)), contents.lookup(value)))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError()
                                  << "reads " << places.lookup(value)
                                  << " after it was overwritten";
  diagnostic.attachNote(value.getLoc()) << "value defined here";
  return diagnostic;
}

LogicalResult PlanRun::expectPlace(Operation *op, Value value,
                                   PlaceAttr place) {
  if (places.lookup(value) != place)
    return op->emitOpError() << "expected a value in " << place << ", got "
                             << places.lookup(value);
  return success();
}

/// Whether a call reads every element of an operand only to compute the same
/// element of its results, which may then lie where the operand does.
bool PlanRun::worksInPlace(Operation *op, unsigned result, unsigned operand) {
  auto inKernel = [](DefineOp kernel, unsigned result, unsigned argument) {
    SmallVector<int64_t> layout = kernel.getArgumentLayout(argument);
    ElementTrace trace{llvm::is_sorted(layout), {}};
    return layout == kernel.getResultLayout(result) &&
           trace.staysInPlace(kernel.getBody().getArgument(argument));
  };
  if (auto call = dyn_cast<CallOp>(op))
    return inKernel(symbols.lookup<DefineOp>(call.getCallee()), result,
                    operand);
  auto batch = dyn_cast<BatchOp>(op);
  if (!batch || operand >= batch.getRowOperands().size())
    return false;
  auto callee = symbols.lookup<DefineOp>(batch.getCallee());
  unsigned columns = *callee.getColumns();
  unsigned results = callee.getResultTypes().size();
  return operand / columns == result / results &&
         inKernel(callee, result % results, operand % columns);
}

/// A kernel finds its operands, and leaves its results, in the layouts it
/// names.
LogicalResult PlanRun::checkLayouts(CallOp call) {
  auto callee = symbols.lookup<DefineOp>(call.getCallee());
  auto check = [&](Value value, SmallVector<int64_t> wanted) -> LogicalResult {
    if (llvm::is_sorted(wanted))
      wanted.clear();
    PlaceAttr place = places.lookup(value);
    if (place.getLayout() == ArrayRef<int64_t>(wanted))
      return success();
    return call.emitOpError() << "expected the layout that '"
                              << call.getCallee() << "' names, got " << place;
  };
  for (auto [index, operand] : llvm::enumerate(call.getOperands()))
    if (failed(check(operand, callee.getArgumentLayout(index))))
      return failure();
  for (auto [index, result] : llvm::enumerate(call.getResults()))
    if (failed(check(result, callee.getResultLayout(index))))
      return failure();
  return success();
}

/// Results may meet neither each other nor operands, unless computed in place.
LogicalResult PlanRun::checkAliases(Operation *op) {
  for (OpResult result : op->getResults()) {
    if (!isa<RankedTensorType>(result.getType()))
      continue;
    PlaceAttr place = places.lookup(result);
    Range range(place);
    if (place.getSpace() == Space::constant)
      return op->emitOpError() << "writes a constant";
    for (OpResult other : op->getResults())
      if (other != result && range.meets(Range(places.lookup(other))))
        return op->emitOpError() << "writes two results to " << place;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<RankedTensorType>(operand.get().getType()))
        continue;
      Range source(places.lookup(operand.get()));
      if (range.meets(source) &&
          !(range == source && worksInPlace(op, result.getResultNumber(),
                                            operand.getOperandNumber())))
        return op->emitOpError()
               << "writes to " << place << " while it reads there";
    }
  }
  return success();
}

LogicalResult PlanRun::runLoop(RepeatOp loop) {
  Block &body = loop.getBody().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  Memory without = memory;
  for (auto [argument, initial, next] :
       llvm::zip(body.getArguments(), loop.getInitial(), yield.getValues())) {
    PlaceAttr place = places.lookup(argument);
    if (failed(expectPlace(loop, initial, place)) ||
        failed(expectPlace(yield, next, place)))
      return failure();
    contents[argument] = contents.lookup(initial);
  }
  for (unsigned iteration = 0; iteration < 2; ++iteration) {
    if (failed(runBlock(body)))
      return failure();
    // All at once: a yield may exchange values.
    SmallVector<unsigned> next;
    for (Value value : yield.getValues())
      next.push_back(contents.lookup(value));
    for (auto [argument, content] : llvm::zip(body.getArguments(), next))
      contents[argument] = content;
  }
  memory.intersect(without);
  for (Value result : loop.getResults())
    define(result);
  return success();
}

LogicalResult PlanRun::runChoice(IfOp choice) {
  Memory before = memory;
  std::optional<Memory> after;
  for (Region &region : choice->getRegions()) {
    memory = before;
    Block &block = region.front();
    Operation *yield = block.getTerminator();
    if (failed(runBlock(block)))
      return failure();
    for (auto [value, result] :
         llvm::zip(yield->getOperands(), choice.getResults()))
      if (failed(expectPlace(yield, value, places.lookup(result))))
        return failure();
    if (after)
      memory.intersect(*after);
    after = memory;
  }
  for (Value result : choice.getResults())
    define(result);
  return success();
}

LogicalResult PlanRun::runOperation(Operation *op) {
  for (Value operand : op->getOperands())
    if (failed(read(op, operand)))
      return failure();
  if (auto loop = dyn_cast<RepeatOp>(op))
    return runLoop(loop);
  if (auto choice = dyn_cast<IfOp>(op))
    return runChoice(choice);
  if (auto parameter = dyn_cast<ParameterOp>(op)) {
    PlaceAttr place = places.lookup(parameter);
    if (place.getSpace() != Space::constant)
      return op->emitOpError() << "expected a constant's place, got " << place;
    // Weights lie there already, also where a branch or a loop was the first to
    // say so; those with equal bytes may share a place.
    auto [known, isNew] = weights.try_emplace(
        {parameter.getBlob(), parameter->getAttr(kLayoutName)}, nextContent);
    nextContent += isNew;
    contents[parameter] = known->second;
    memory.write(Range(place), known->second);
    return success();
  }
  if (auto call = dyn_cast<CallOp>(op))
    if (failed(checkLayouts(call)))
      return failure();
  if (failed(checkAliases(op)))
    return failure();
  for (Value result : op->getResults())
    if (isa<RankedTensorType>(result.getType()))
      define(result);
  return success();
}

LogicalResult PlanRun::runBlock(Block &block) {
  for (Operation &op : block)
    if (failed(runOperation(&op)))
      return failure();
  return success();
}

LogicalResult PlanRun::run() {
  if (failed(readPlaces()))
    return failure();
  Block &body = program.getBody().front();
  llvm::StringMap<BlockArgument> states;
  for (BlockArgument argument : body.getArguments()) {
    define(argument);
    StringRef state = program.getArgumentState(argument.getArgNumber());
    if (!state.empty())
      states[state] = argument;
  }
  if (failed(runBlock(body)))
    return failure();

  // What lies in state and outputs when the program ends.
  YieldOp yield = program.getTerminator();
  unsigned outputs = 0;
  for (auto [index, value] : llvm::enumerate(yield.getValues())) {
    StringRef name = program.getResultState(index);
    PlaceAttr place = places.lookup(value);
    if (name.empty()) {
      if (place.getSpace() != Space::argument || place.getOffset() != outputs++)
        return yield.emitOpError() << "expected result " << index
                                   << " in its output, got " << place;
      continue;
    }
    if (place.getSpace() != Space::state)
      return yield.emitOpError()
             << "expected result " << index << " in its state, got " << place;
    if (auto it = states.find(name); it != states.end()) {
      if (failed(expectPlace(yield, value, places.lookup(it->second))))
        return failure();
      states.erase(it);
    }
  }
  for (const auto &left : states)
    if (failed(read(yield, left.second)))
      return failure();
  for (BlockArgument argument : body.getArguments())
    if (program.getArgumentState(argument.getArgNumber()).empty() &&
        failed(read(yield, argument)))
      return failure();
  return success();
}

} // namespace

/// What programs share: the place of every state, and how many bytes of state
/// and of weights there are.
static LogicalResult checkShared(ModuleOp module) {
  uint64_t alignment = module->hasAttr(kDeviceBlockName) ? 256 : 64;
  uint64_t state = 0, constant = 0;
  auto reach = [&](uint64_t &size, PlaceAttr place) {
    size = std::max(
        size, llvm::alignTo(place.getOffset() + place.getBytes(), alignment));
  };
  for (auto op : module.getOps<StateOp>()) {
    gan::BlobAttr blob = op.getInitializer().getBlob();
    auto places = op->getAttrOfType<ArrayAttr>(kPlacesName);
    auto isAt = [&](unsigned index, Space space, uint64_t bytes) {
      auto place = dyn_cast<PlaceAttr>(places[index]);
      return place && place.getSpace() == space && place.getBytes() == bytes &&
             place.getOffset() % alignment == 0;
    };
    if (!places || places.size() != (blob ? 2 : 1) ||
        !isAt(0, Space::state, bytesOf(op.getType())) ||
        (blob && !isAt(1, Space::constant, blob.getBytes())))
      return op->emitOpError() << "expected a place of its size for the state "
                                  "and for its weights";
    reach(state, cast<PlaceAttr>(places[0]));
    if (blob)
      reach(constant, cast<PlaceAttr>(places[1]));
  }
  for (auto program : module.getOps<ProgramOp>())
    program.walk([&](ParameterOp op) {
      if (auto places = op->getAttrOfType<ArrayAttr>(kPlacesName))
        for (auto place : places.getAsRange<PlaceAttr>())
          if (place.getSpace() == Space::constant)
            reach(constant, place);
    });
  auto check = [&](StringRef name, uint64_t bytes) -> LogicalResult {
    auto said = module->getAttrOfType<IntegerAttr>(name);
    if (bytes == (said ? uint64_t(said.getInt()) : 0))
      return success();
    return module.emitError() << "expected " << name << " = " << bytes
                              << " for the places of this plan, got "
                              << (said ? said.getInt() : 0);
  };
  return success(succeeded(check(kStateBytesName, state)) &&
                 succeeded(check(kConstantBytesName, constant)));
}

namespace {

class VerifyPlanPass final
    : public gan::kernel::impl::VerifyPlanPassBase<VerifyPlanPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    if (failed(checkShared(getOperation())))
      return signalPassFailure();
    for (auto program : getOperation().getOps<ProgramOp>())
      if (failed(PlanRun(program).run()))
        return signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
