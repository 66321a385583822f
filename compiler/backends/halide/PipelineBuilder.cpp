//===- PipelineBuilder.cpp - the functions of a kernel's pipeline ---------===//

#include "compiler/backends/halide/ChainBuilder.h"
#include <cmath>

using namespace gan;
using namespace gan::halide;
using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;
using State = Fold::State;

static State read(const Func &func, const std::vector<Expr> &arguments) {
  Halide::FuncRef ref = func(arguments);
  if (func.outputs() == 1)
    return {Expr(ref)};
  State state;
  for (int i = 0; i < func.outputs(); ++i)
    state.push_back(ref[i]);
  return state;
}

static Halide::Tuple tupleOf(const State &state) {
  return Halide::Tuple(state);
}

template <typename Arguments>
static void define(Func &func, const Arguments &arguments, const State &state) {
  if (state.size() == 1)
    func(arguments) = state.front();
  else
    func(arguments) = tupleOf(state);
}

namespace {
/// Part of the way along a loop of the fold: its number times the scale.
struct Digit {
  size_t loop;
  int64_t extent, scale;
};
using Digits = std::vector<Digit>;

class FoldBuilder {
public:
  FoldBuilder(ElementEmitter &emitter, Pipeline &pipeline, bool usesLane,
              bool hasMasks, ElementEmitter::Surroundings code)
      : emitter(emitter), plan(emitter.plan), pipeline(pipeline),
        lanes(usesLane ? plan.tile.lanes : 1), hasMasks(hasMasks),
        code(std::move(code)), fold(makeFold(emitter)) {
    pipeline.usesLane = usesLane;
    if (usesLane)
      arguments.push_back(pipeline.lane);
    arguments.insert(arguments.end(), pipeline.variables.begin(),
                     pipeline.variables.end());
  }

  /// The results of the operation, where the loops' variables say.
  State build();

private:
  void split();
  Expr buildHalves();
  std::pair<ElementEmitter::Surroundings, Expr>
  surroundings(const std::vector<Expr> &blockDigits,
               const std::vector<Expr> &totalDigits) const;
  template <typename F>
  State within(const std::vector<Expr> &blockDigits,
               const std::vector<Expr> &totalDigits, F make);
  std::vector<Expr> base() const {
    return {arguments.begin(), arguments.end()};
  }

  ElementEmitter &emitter;
  const KernelPlan &plan;
  Pipeline &pipeline;
  int64_t lanes;
  bool hasMasks;
  ElementEmitter::Surroundings code;
  Fold fold;
  std::vector<Var> arguments;
  Digits inBlock, outside; // innermost first
};
} // namespace

static int64_t stepsOf(const Loop &loop, int64_t lanes) {
  return (loop.extent + lanes - 1) / lanes;
}

/// A divisor of `count` near `most`, or `most` where there is none.
static int64_t blockOf(int64_t count, int64_t most) {
  for (int64_t size = most; 4 * size > most && size > 1; --size)
    if (count % size == 0)
      return size;
  return most;
}

/// Divides the way of the fold into blocks and what goes over blocks.
void FoldBuilder::split() {
  int64_t steps = 1;
  for (auto [i, loop] : llvm::enumerate(plan.foldLoops))
    steps *= stepsOf(loop, i == 0 ? lanes : 1);
  int64_t most = steps;
  if (fold.blockElements && !fold.close)
    most = std::clamp<int64_t>(int64_t(std::sqrt(double(steps))),
                               fold.blockElements, 512);
  else if (fold.blockElements)
    most = fold.blockElements;
  int64_t taken = 1;
  for (auto [i, loop] : llvm::enumerate(plan.foldLoops)) {
    int64_t own = stepsOf(loop, i == 0 ? lanes : 1), room = most / taken;
    if (fold.hasInnerBlock) {
      (i == 0 ? inBlock : outside).push_back({i, own, 1});
      continue;
    }
    if (outside.empty() && own <= room) {
      inBlock.push_back({i, own, 1});
      taken *= own;
    } else if (outside.empty() && room > 1) {
      int64_t size = blockOf(own, room);
      inBlock.push_back({i, size, 1});
      outside.push_back({i, (own + size - 1) / size, size});
    } else {
      outside.push_back({i, own, 1});
    }
  }
  if (fold.close && outside.empty())
    outside.push_back({0, 1, stepsOf(plan.foldLoops[0], lanes)});
}

std::pair<ElementEmitter::Surroundings, Expr>
FoldBuilder::surroundings(const std::vector<Expr> &blockDigits,
                          const std::vector<Expr> &totalDigits) const {
  ElementEmitter::Surroundings own = code;
  own.foldLoops.assign(plan.foldLoops.size(), number(0));
  std::vector<int64_t> reach(plan.foldLoops.size(), 1);
  auto add = [&](const Digits &digits, const std::vector<Expr> &numbers) {
    for (auto [digit, value] : llvm::zip(digits, numbers)) {
      own.foldLoops[digit.loop] =
          own.foldLoops[digit.loop] + value * number(digit.scale);
      reach[digit.loop] += (digit.extent - 1) * digit.scale;
    }
  };
  add(inBlock, blockDigits);
  add(outside, totalDigits);
  Expr counts;
  for (auto [i, loop] : llvm::enumerate(plan.foldLoops)) {
    Expr &position = own.foldLoops[i];
    bool inLanes = i == 0 && lanes > 1;
    if (inLanes)
      position = position * number(lanes) + pipeline.lane;
    position = Halide::Internal::simplify(position);
    if (reach[i] * (inLanes ? lanes : 1) <= loop.extent)
      continue;
    Expr isInside = position < number(loop.extent);
    counts = counts.defined() ? counts && isInside : isInside;
    if (inLanes && hasMasks)
      own.mask = isInside;
    else
      position = min(position, number(loop.extent - 1));
  }
  return {own, counts};
}

/// What `make` makes of the element at these digits.
template <typename F>
State FoldBuilder::within(const std::vector<Expr> &blockDigits,
                          const std::vector<Expr> &totalDigits, F make) {
  std::vector<Expr> start(inBlock.size(), number(0));
  auto [own, counts] = surroundings(blockDigits, totalDigits);
  ElementEmitter::Surroundings atStart = surroundings(start, totalDigits).first;
  Fold::Taps taps;
  taps.counts = counts;
  taps.first = [&](const Fold::Element &element) {
    emitter.enter(atStart);
    Expr first = element(emitter.foldIndex());
    emitter.leave();
    return first;
  };
  emitter.enter(own);
  taps.index = emitter.foldIndex();
  State state = make(taps);
  emitter.leave();
  return state;
}

/// One dimension for each digit that counts; undefined where none does.
static RDom domainOf(const Digits &digits, const char *name) {
  Halide::Region region;
  for (const Digit &digit : digits)
    if (digit.extent > 1)
      region.emplace_back(number(0), number(digit.extent));
  return region.empty() ? RDom() : RDom(region, name);
}

static std::vector<Expr> numbersOf(const Digits &digits, const RDom &domain) {
  std::vector<Expr> numbers;
  int next = 0;
  for (const Digit &digit : digits)
    numbers.push_back(digit.extent > 1 ? Expr(domain[next++]) : number(0));
  return numbers;
}

/// Makes a step count for the whole domain, also where nothing of it is read.
static State withDomain(State state, const RDom &domain) {
  if (domain.defined())
    state[0] = select(domain[0] >= 0, state[0],
                      Halide::Internal::make_zero(state[0].type()));
  return state;
}

State FoldBuilder::build() {
  split();
  Func &folded = outside.empty() ? pipeline.total : pipeline.block;
  folded = Func(outside.empty() ? "total" : "block");
  pipeline.blockDomain = domainOf(inBlock, "step");
  std::vector<Var> blockArguments = arguments;
  std::vector<Expr> totalDigits;
  for (size_t i = 0; i < outside.size(); ++i) {
    blockArguments.emplace_back("block" + std::to_string(i));
    totalDigits.emplace_back(blockArguments.back());
  }
  std::vector<Expr> own(blockArguments.begin(), blockArguments.end());
  define(folded, blockArguments, fold.identity);
  State before = read(folded, own);
  define(
      folded, own,
      withDomain(within(numbersOf(inBlock, pipeline.blockDomain), totalDigits,
                        [&](const Fold::Taps &taps) {
                          return fold.step(before, taps);
                        }),
                 pipeline.blockDomain));
  if (!outside.empty()) {
    pipeline.total = Func("total");
    pipeline.totalDomain = domainOf(outside, "over");
    totalDigits = numbersOf(outside, pipeline.totalDomain);
    define(pipeline.total, arguments,
           fold.none.empty() ? fold.identity : fold.none);
    own = base();
    own.insert(own.end(), totalDigits.begin(), totalDigits.end());
    State block = read(folded, own);
    if (fold.close)
      block = within(
          std::vector<Expr>(inBlock.size(), number(0)), totalDigits,
          [&](const Fold::Taps &taps) { return fold.close(block, taps); });
    define(pipeline.total, base(),
           withDomain(fold.merge(read(pipeline.total, base()), block),
                      pipeline.totalDomain));
  }
  if (lanes == 1)
    return fold.finish(read(pipeline.total, base()));
  // The lanes, in a tree.
  Func whole = pipeline.total;
  std::vector<Expr> from = base();
  for (int64_t distance = lanes / 2; distance > 0; distance /= 2) {
    Func half("lanes" + std::to_string(distance));
    std::vector<Expr> other = base();
    other[0] = other[0] + number(distance);
    define(half, arguments,
           fold.merge(read(whole, base()), read(whole, other)));
    pipeline.halves.push_back(half);
    whole = half;
  }
  from[0] = number(0);
  return fold.finish(read(whole, from));
}

//===----------------------------------------------------------------------===//
// The pipeline
//===----------------------------------------------------------------------===//

/// A bit is stored as a byte.
static State toStored(State elements) {
  for (Expr &element : elements)
    if (element.type().is_bool())
      element = select(element, Expr(uint8_t(1)), Expr(uint8_t(0)));
  return elements;
}

Pipeline gan::halide::buildPipeline(const KernelPlan &plan,
                                    ElementOptions options) {
  Pipeline pipeline;
  for (auto [i, value] : llvm::enumerate(plan.inputs)) {
    auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
    pipeline.inputs.emplace_back(toMemory(type.getElementType()), 1,
                                 "input" + std::to_string(i));
    Halide::Internal::Dimension dim = pipeline.inputs.back().dim(0);
    dim.set_stride(1);
    if (!plan.isBatched)
      dim.set_bounds(0, int32_t(type.getNumElements()));
  }
  ElementEmitter::Surroundings code;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    Var variable("loop" + std::to_string(i));
    pipeline.variables.push_back(variable);
    Expr number = variable;
    // What only fills up a tile reads what the last iteration reads.
    if (plan.fold && loop.extent % plan.tileOf(i) != 0) {
      if (i == plan.tile.lanesLoop && options.hasMasks)
        code.mask = variable < Expr(int32_t(loop.extent));
      else
        number = min(variable, int32_t(loop.extent - 1));
    }
    code.loops.push_back(number);
  }
  if (!options.products.zero.defined()) // no bit is in both
    options.products.zero =
        (Halide::cast<uint32_t>(pipeline.variables.front()) & Expr(1u)) &
        Expr(2u);
  bool inOne = plan.mayShare && plan.results.size() > 1;
  if (!plan.fold && inOne && options.hasMasks &&
      (plan.isBatched || plan.loops.front().extent % plan.elementLanes() != 0))
    code.mask = pipeline.variables.front() <
                (plan.isBatched ? Expr(pipeline.rowEnd)
                                : number(plan.loops.front().extent));
  bool usesLane = plan.fold && !plan.tile.lanesLoop && plan.tile.lanes > 1;
  if (plan.fold && plan.tile.lanesLoop)
    code.lane = pipeline.variables[*plan.tile.lanesLoop].name();
  else if (!plan.fold)
    code.lane = pipeline.variables.front().name();
  if (!plan.fold)
    code.laneStep = plan.loops.front().period;
  options.cutsLoops &= plan.fold == nullptr && !plan.chain;
  ElementEmitter emitter(plan, pipeline.inputs, options);
  if (plan.chain) {
    pipeline.result = Func("result");
    define(pipeline.result, pipeline.variables,
           toStored(buildChain(emitter, pipeline)));
    return pipeline;
  }
  emitter.enter(code);
  Index index = emitter.resultIndex();
  if (plan.fold) {
    ElementEmitter::Surroundings inFold = code;
    if (usesLane)
      inFold.lane = pipeline.lane.name();
    State found = FoldBuilder(emitter, pipeline, usesLane, options.hasMasks,
                              std::move(inFold))
                      .build();
    for (auto [value, element] :
         llvm::zip_equal(plan.fold->getResults(), found))
      emitter.bind(value, index, element);
  }
  State elements;
  for (mlir::Value value : plan.results)
    elements.push_back(emitter.at(value, index));
  elements = toStored(std::move(elements));
  emitter.leave();
  pipeline.canCut = !emitter.skipsGuardedElements();
  std::vector<Expr> all(pipeline.variables.begin(), pipeline.variables.end());
  pipeline.result = Func("result");
  if (inOne) {
    pipeline.together = Func("together");
    define(pipeline.together, pipeline.variables, elements);
    elements = read(pipeline.together, all);
  }
  define(pipeline.result, pipeline.variables, elements);
  return pipeline;
}
