//===- ChainBuilder.cpp - the functions of a chain of filters -------------===//
//
// A function for each phase of a stage that is read, over the numbers of the
// phase. A phase that is zero everywhere has none. Memory that is read with
// strides along the lanes is copied first, as it lies.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/ChainBuilder.h"

using namespace gan;
using namespace gan::halide;
using Halide::Expr;
using Halide::Func;
using Halide::Var;
using Halide::Internal::simplify;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
class ChainBuilder {
public:
  ChainBuilder(ElementEmitter &emitter, Pipeline &pipeline)
      : emitter(emitter), plan(emitter.plan), chain(*plan.chain),
        pipeline(pipeline) {
    for (size_t axis = 0; axis < plan.shape.size(); ++axis)
      axes.emplace_back("axis" + std::to_string(axis));
    emitter.readStage = [this](mlir::Value value, IndexRef index) {
      if (Expr known = readTable(value, index); known.defined())
        return known;
      const ChainStage *stage = chain.stageOf(value);
      return stage && value != this->emitter.ownStage ? read(*stage, index)
                                                      : Expr();
    };
  }
  ~ChainBuilder() { emitter.readStage = nullptr; }

  /// Of all results, where the loops' variables say.
  std::vector<Expr> results();

private:
  using Phase = SmallVector<int64_t>;
  Expr read(const ChainStage &stage, IndexRef index);
  Expr readTable(mlir::Value value, IndexRef index);
  /// The number of the function of a phase; none where it is zero.
  std::optional<size_t> functionOf(const ChainStage &stage, const Phase &phase);
  Expr elementOf(const ChainStage &stage, ArrayRef<int64_t> phases,
                 const Phase &phase);
  Index indexOf(ArrayRef<int64_t> phases, const Phase &phase) const;
  size_t addFunction(const Expr &element);
  Expr readFunction(size_t function, ArrayRef<Expr> numbers);
  std::vector<Expr> arguments(ArrayRef<Expr> numbers) const;
  void enter();
  std::optional<int64_t> lanesAxis() const {
    const Loop &loop = plan.loops.front();
    return loop.axes.empty() ? std::nullopt : std::optional(loop.axes.front());
  }

  ElementEmitter &emitter;
  const KernelPlan &plan;
  const Chain &chain;
  Pipeline &pipeline;
  std::vector<Var> axes;
  std::map<std::pair<const ChainStage *, std::vector<int64_t>>,
           std::optional<size_t>>
      functions;
  std::map<std::pair<void *, std::vector<int64_t>>, Func> tables;
  bool isInTable = false;
  /// What is read by what is being made.
  std::vector<Pipeline::StageRead> reads;
};
} // namespace

/// Numbers along the axes as arguments of a function, as memory lies.
std::vector<Expr> ChainBuilder::arguments(ArrayRef<Expr> numbers) const {
  std::vector<Expr> all;
  for (int64_t axis : llvm::reverse(plan.orders.front()))
    all.push_back(numbers[axis]);
  return all;
}

Index ChainBuilder::indexOf(ArrayRef<int64_t> phases,
                            const Phase &phase) const {
  Index index;
  for (auto [axis, variable] : llvm::enumerate(axes))
    index.push_back({simplify(Expr(variable) * number(phases[axis]) +
                              number(phase[axis]))});
  return index;
}

void ChainBuilder::enter() {
  ElementEmitter::Surroundings code;
  if (std::optional<int64_t> axis = lanesAxis())
    code.lane = axes[*axis].name();
  emitter.enter(std::move(code));
}

Expr ChainBuilder::read(const ChainStage &stage, IndexRef index) {
  Phase phase;
  std::vector<Expr> numbers;
  for (auto [axis, part] : llvm::enumerate(index)) {
    int64_t count = stage.phases[axis];
    Expr remainder = simplify(part.number % number(count));
    auto own = Halide::Internal::as_const_int(remainder);
    if (!own)
      throw Halide::InternalError("a stage is read at no one phase");
    phase.push_back(*own);
    numbers.push_back(simplify((part.number - number(*own)) / number(count)));
  }
  std::optional<size_t> function = functionOf(stage, phase);
  if (!function)
    return Halide::Internal::make_zero(
        toHalide(llvm::cast<mlir::RankedTensorType>(stage.value.getType())
                     .getElementType()));
  return readFunction(*function, numbers);
}

Expr ChainBuilder::readFunction(size_t function, ArrayRef<Expr> numbers) {
  auto known = llvm::find_if(
      reads, [&](const auto &read) { return read.function == function; });
  bool isNew = known == reads.end();
  if (isNew) {
    reads.push_back({function, {}});
    known = std::prev(reads.end());
  }
  size_t dim = 0;
  for (int64_t axis : llvm::reverse(plan.orders.front())) {
    auto at = [&](int64_t place) {
      auto value =
          Halide::Internal::as_const_int(simplify(Halide::Internal::substitute(
              axes[axis].name(), number(place), numbers[axis])));
      if (!value)
        throw Halide::InternalError("a stage is read anywhere");
      return *value;
    };
    int64_t first = at(0);
    if (isNew)
      known->numbers.push_back({at(1) - first, first, first});
    auto &own = known->numbers[dim++];
    own.first = std::min(own.first, first);
    own.last = std::max(own.last, first);
  }
  return pipeline.stages[function].function(arguments(numbers));
}

Expr ChainBuilder::elementOf(const ChainStage &stage, ArrayRef<int64_t> phases,
                             const Phase &phase) {
  enter();
  mlir::Value outer = std::exchange(emitter.ownStage, stage.value);
  Index index = indexOf(phases, phase);
  SmallVector<Guard> guards;
  Expr inside = Halide::Internal::const_true();
  for (auto [axis, extent] : llvm::enumerate(shapeOf(stage.value))) {
    bool isCut = chain.spreads(axis) || int64_t(axis) == lanesAxis();
    if (stage.readsMemory && isCut)
      guards.push_back({axis, extent, true, true});
    else if (stage.isPadded[axis])
      inside = inside && index[axis].number >= 0 &&
               index[axis].number <= number(extent - 1);
  }
  Expr element = emitter.atWhere(guards, stage.value, index);
  emitter.ownStage = outer;
  emitter.leave();
  inside = simplify(inside);
  if (Halide::Internal::is_const_zero(element) ||
      Halide::Internal::is_const_one(inside))
    return element;
  return select(inside, element, Halide::Internal::make_zero(element.type()));
}

/// A function of what was just made.
size_t ChainBuilder::addFunction(const Expr &element) {
  Func function("stage" + std::to_string(pipeline.stages.size()));
  std::vector<Var> variables;
  for (int64_t axis : llvm::reverse(plan.orders.front()))
    variables.push_back(axes[axis]);
  function(variables) = element;
  pipeline.stages.push_back(
      {function, std::move(variables), std::exchange(reads, {})});
  return pipeline.stages.size() - 1;
}

/// Weights and biases of channels that lie in the lanes are read once for all
/// of space: in memory they may lie far apart.
Expr ChainBuilder::readTable(mlir::Value value, IndexRef index) {
  std::optional<int64_t> lanes = lanesAxis();
  if (isInTable || !lanes || chain.spreads(*lanes) ||
      !plan.views.contains(value) || chain.stageOf(value))
    return Expr();
  std::vector<int64_t> place;
  bool isOfChannels = false;
  for (const Coordinate &part : index) {
    auto fixed = Halide::Internal::as_const_int(simplify(part.number));
    bool isChannel =
        !fixed && Halide::Internal::equal(part.number, Expr(axes[*lanes]));
    if (!fixed && !isChannel)
      return Expr();
    isOfChannels |= isChannel;
    place.push_back(isChannel ? -1 : *fixed);
  }
  if (!isOfChannels)
    return Expr();
  Func &table = tables[{value.getAsOpaquePointer(), place}];
  if (!table.defined()) {
    table = Func("table" + std::to_string(pipeline.channelTables.size()));
    isInTable = true;
    enter();
    table(axes[*lanes]) = emitter.at(value, index);
    emitter.leave();
    isInTable = false;
    pipeline.channelTables.push_back({table, axes[*lanes]});
  }
  return table(axes[*lanes]);
}

std::optional<size_t> ChainBuilder::functionOf(const ChainStage &stage,
                                               const Phase &phase) {
  std::vector<int64_t> key(phase.begin(), phase.end());
  auto found = functions.find({&stage, key});
  if (found != functions.end())
    return found->second;
  std::vector<Pipeline::StageRead> outer = std::exchange(reads, {});
  std::optional<size_t> function;
  std::optional<int64_t> lanes = lanesAxis();
  if (stage.readsMemory && lanes && stage.phases[*lanes] > 1) {
    // Whole vectors first; their elements are parted in the cache.
    SmallVector<int64_t> phases(stage.phases);
    Phase whole(phase);
    phases[*lanes] = 1;
    whole[*lanes] = 0;
    std::vector<int64_t> wholeKey(whole.begin(), whole.end());
    wholeKey.push_back(0);
    std::optional<size_t> &copy = functions[{&stage, wholeKey}];
    if (!copy)
      copy = addFunction(elementOf(stage, phases, whole));
    std::vector<Expr> numbers(axes.begin(), axes.end());
    numbers[*lanes] = Expr(axes[*lanes]) * number(stage.phases[*lanes]) +
                      number(phase[*lanes]);
    function = addFunction(readFunction(*copy, numbers));
  } else {
    Expr element = elementOf(stage, stage.phases, phase);
    if (!Halide::Internal::is_const_zero(element))
      function = addFunction(element);
  }
  reads = std::move(outer);
  functions[{&stage, key}] = function;
  return function;
}

std::vector<Expr> ChainBuilder::results() {
  // In terms of the loops: the number of a phase, and which one it is.
  std::vector<std::pair<std::string, Expr>> numbers;
  std::vector<Expr> own(axes.size(), number(0)), remainder(axes.size());
  for (auto [loop, variable] : llvm::zip(plan.loops, pipeline.variables)) {
    if (loop.axes.empty())
      continue;
    int64_t axis = loop.axes.front();
    own[axis] = variable;
    if (loop.period > 1) {
      own[axis] = variable / number(loop.period);
      remainder[axis] = variable % number(loop.period);
    }
  }
  for (auto [axis, variable] : llvm::enumerate(axes))
    numbers.emplace_back(variable.name(), own[axis]);
  std::vector<Expr> elements(plan.results.size());
  forEachIndex(chain.phases, [&](ArrayRef<int64_t> phase) {
    enter();
    Index index = indexOf(chain.phases, Phase(phase));
    Expr isPhase = Halide::Internal::const_true();
    for (auto [axis, part] : llvm::enumerate(remainder))
      if (part.defined())
        isPhase = isPhase && part == number(phase[axis]);
    for (auto [i, value] : llvm::enumerate(plan.results)) {
      // What is used several times is one node, and stays one.
      Expr element = emitter.at(value, index);
      for (const auto &[name, own] : numbers)
        element = Halide::Internal::graph_substitute(name, own, element);
      elements[i] = elements[i].defined()
                        ? select(isPhase, element, elements[i])
                        : element;
    }
    emitter.leave();
  });
  pipeline.stageReads = std::move(reads);
  return elements;
}

std::vector<Expr> gan::halide::buildChain(ElementEmitter &emitter,
                                          Pipeline &pipeline) {
  return ChainBuilder(emitter, pipeline).results();
}
