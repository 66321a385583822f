//===- PlanMemory.cpp - every tensor gets a place -------------------------===//
//
//  1. State lies in order of declaration, constants in order of first use,
//  equal
//     blobs once; inputs and outputs are the caller's.
//  2. Values that must or should share memory form a group, as long as no two
//  of
//     them are needed at once (Liveness.h): a program's result with the state
//     or output it is; the carried values of a loop; what branches yield with
//     the result; last, the result of a call with an operand it may overwrite.
//  3. Where a result, a carried value or a branch could not join its group, a
//  copy
//     is inserted before the yield or the loop. Copies at one point read before
//     others write; a cycle of them goes through a temporary.
//  4. The groups that are left lie in the arena: the largest first, each in the
//     smallest gap among those it may not share memory with.
//  5. For devices every place lies inside one block (Grid).
//
// Holds afterwards: `kernel.places` on every operation with tensor results,
// `kernel.argument_places` and `kernel.arena_bytes` on every program, and the
// promises of the dialect's description about loops, branches and results.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Liveness.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// Where places may begin.
struct Grid {
  explicit Grid(uint64_t block) : alignment(block ? 256 : 64), block(block) {}

  uint64_t alignment;
  uint64_t block; // no place lies in two of these; 0: any may

  uint64_t up(uint64_t bytes) const { return llvm::alignTo(bytes, alignment); }
  /// The first offset from `offset` on where `bytes` may lie.
  uint64_t fit(uint64_t offset, uint64_t bytes) const {
    offset = up(offset);
    bool isCut = block && bytes && offset % block + bytes > block;
    return isCut ? llvm::alignTo(offset, block) : offset;
  }
  LogicalResult check(Location location, uint64_t bytes) const {
    if (!block || bytes <= block)
      return success();
    return mlir::emitError(location)
           << "expected a tensor of at most " << block
           << " bytes, a block of device memory, got " << bytes
           << " bytes; larger blocks: --device-block";
  }
};

/// Offsets of what all programs share.
class SharedBlocks {
public:
  SharedBlocks(ModuleOp module, const Grid &grid) : grid(grid) {
    Builder builder(module.getContext());
    module.walk([&](Operation *op) {
      if (auto state = dyn_cast<StateOp>(op)) {
        PlaceAttr place =
            append(Space::state, stateBytes, bytesOf(state.getType()), op);
        states[state.getName()] = place;
        SmallVector<Attribute> places = {place};
        if (gan::BlobAttr blob = state.getInitializer().getBlob())
          places.push_back(constant(blob, op));
        op->setAttr(kPlacesName, builder.getArrayAttr(places));
      } else if (auto parameter = dyn_cast<ParameterOp>(op)) {
        if (op->getParentOfType<ProgramOp>())
          constant(parameter.getBlob(), op, op->getAttr(kLayoutName));
      }
    });
  }

  PlaceAttr state(StringRef name) const { return states.lookup(name); }
  PlaceAttr constant(gan::BlobAttr blob, Operation *op, Attribute layout = {}) {
    PlaceAttr &place = constants[{blob, layout}];
    if (!place)
      place = append(Space::constant, constantBytes, blob.getBytes(), op);
    return place;
  }
  uint64_t stateBytes = 0, constantBytes = 0;
  bool isTooLarge = false; // something does not fit into a block

private:
  const Grid &grid;
  llvm::StringMap<PlaceAttr> states;
  // Equal bytes in the same order lie in one place.
  DenseMap<std::pair<Attribute, Attribute>, PlaceAttr> constants;

  PlaceAttr append(Space space, uint64_t &size, uint64_t bytes, Operation *op) {
    isTooLarge |= failed(grid.check(op->getLoc(), bytes));
    uint64_t offset = grid.fit(size, bytes);
    size = grid.up(offset + bytes);
    return PlaceAttr::get(op->getContext(), space, offset, bytes, {});
  }
};

/// Values that lie in one place.
struct Group {
  SmallVector<Value> values;
  PlaceAttr place;
  bool fixed = false;    // has a place from the start
  bool readOnly = false; // nothing else may be written there
};

class ProgramPlan {
public:
  ProgramPlan(ProgramOp program, SharedBlocks &shared, const Grid &grid)
      : program(program), shared(shared), grid(grid),
        symbols(program->getParentOp()), builder(program.getContext()) {}

  unsigned numCopies = 0;

  LogicalResult run();

private:
  ProgramOp program;
  SharedBlocks &shared;
  const Grid &grid;
  SymbolTable symbols;
  OpBuilder builder;
  std::optional<Liveness> liveness;
  std::vector<Group> groups;
  DenseMap<Value, unsigned> groupOf;
  // A state or output by the result of the program that it takes.
  SmallVector<unsigned> resultGroups;

  PlaceAttr argumentPlace(unsigned index, Type type) {
    return PlaceAttr::get(program.getContext(), Space::argument, index,
                          bytesOf(type), {});
  }
  unsigned addGroup(ValueRange values, PlaceAttr place = {},
                    bool readOnly = false) {
    for (Value value : values)
      groupOf[value] = groups.size();
    groups.push_back({llvm::to_vector(values), place, bool(place), readOnly});
    return groups.size() - 1;
  }
  bool join(unsigned a, unsigned b);
  void formGroups();
  void joinYields();
  void joinOperands();

  struct Copy {
    OpOperand *use; // gets the copy
    unsigned group; // where it has to lie
  };
  void insertCopies(Operation *before, SmallVector<Copy> copies);
  void insertAllCopies();

  void placeInArena();
  SmallVector<int64_t> layoutOf(Value value) const;
  void writePlaces();
};

/// Makes two groups one if no values of theirs are needed at once.
bool ProgramPlan::join(unsigned a, unsigned b) {
  if (a == b)
    return true;
  if (groups[a].fixed)
    std::swap(a, b);
  Group &from = groups[a], &into = groups[b];
  if (from.fixed || from.readOnly || into.readOnly)
    return false;
  for (Value one : from.values)
    for (Value other : into.values)
      if (bytesOf(one.getType()) != bytesOf(other.getType()) ||
          liveness->interferes(one, other))
        return false;
  for (Value value : from.values) {
    groupOf[value] = b;
    into.values.push_back(value);
  }
  from.values.clear();
  return true;
}

void ProgramPlan::formGroups() {
  Block &body = program.getBody().front();
  YieldOp yield = program.getTerminator();
  llvm::StringMap<unsigned> stateGroups;
  // The caller's buffers count outputs first, then inputs.
  unsigned number = 0;
  for (auto [index, value] : llvm::enumerate(yield.getValues())) {
    StringRef state = program.getResultState(index);
    if (state.empty()) {
      resultGroups.push_back(
          addGroup({}, argumentPlace(number++, value.getType())));
    } else {
      unsigned group = addGroup({}, shared.state(state));
      stateGroups[state] = group;
      resultGroups.push_back(group);
    }
  }
  for (BlockArgument argument : body.getArguments()) {
    StringRef state = program.getArgumentState(argument.getArgNumber());
    if (state.empty()) {
      addGroup(argument, argumentPlace(number++, argument.getType()), true);
    } else if (auto it = stateGroups.find(state); it != stateGroups.end()) {
      groups[it->second].values.push_back(argument);
      groupOf[argument] = it->second;
    } else {
      addGroup(argument, shared.state(state), true);
    }
  }
  for (Value value : liveness->values()) {
    if (groupOf.contains(value))
      continue;
    auto argument = dyn_cast<BlockArgument>(value);
    if (argument)
      // A carried value; program arguments have their groups.
      addGroup({value, cast<RepeatOp>(argument.getOwner()->getParentOp())
                           .getResult(argument.getArgNumber())});
    else if (auto parameter = value.getDefiningOp<ParameterOp>())
      addGroup(value,
               shared.constant(parameter.getBlob(), parameter,
                               parameter->getAttr(kLayoutName)),
               true);
    else
      addGroup(value);
  }
}

void ProgramPlan::joinYields() {
  for (auto [value, group] :
       llvm::zip(program.getTerminator().getValues(), resultGroups))
    join(groupOf[value], group);
  program.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto loop = dyn_cast<RepeatOp>(op)) {
      Block &body = loop.getBody().front();
      auto yield = cast<YieldOp>(body.getTerminator());
      for (auto [result, next, initial] :
           llvm::zip(loop.getResults(), yield.getValues(), loop.getInitial())) {
        join(groupOf[next], groupOf[result]);
        join(groupOf[initial], groupOf[result]);
      }
    } else if (auto choice = dyn_cast<IfOp>(op)) {
      for (Region &region : choice->getRegions())
        for (auto [value, result] :
             llvm::zip(region.front().getTerminator()->getOperands(),
                       choice.getResults()))
          join(groupOf[value], groupOf[result]);
    }
  });
}

/// What a call overwrites, from the last call to the first, so that the chain
/// that ends in a state grows towards its old value.
void ProgramPlan::joinOperands() {
  for (Value result : llvm::reverse(liveness->values())) {
    Operation *op = result.getDefiningOp();
    if (!isa_and_nonnull<CallOp, BatchOp>(op))
      continue;
    for (Value operand : op->getOperands())
      if (liveness->mayWorkInPlace(operand, result) &&
          join(groupOf[operand], groupOf[result]))
        break;
  }
}

/// Inserts copies that all read what was there before any of them wrote.
void ProgramPlan::insertCopies(Operation *before, SmallVector<Copy> copies) {
  builder.setInsertionPoint(before);
  auto copy = [&](Value value) {
    ++numCopies;
    return CopyOp::create(builder, value.getLoc(), value).getResult();
  };
  auto isRead = [&](unsigned group, const Copy &writer) {
    return llvm::any_of(copies, [&](const Copy &other) {
      return other.use != writer.use && groupOf[other.use->get()] == group;
    });
  };
  while (!copies.empty()) {
    Copy *next = llvm::find_if(
        copies, [&](const Copy &copy) { return !isRead(copy.group, copy); });
    if (next == copies.end()) {
      // A cycle: one value steps aside.
      next = copies.begin();
      Value aside = copy(next->use->get());
      addGroup(aside);
      next->use->set(aside);
      continue;
    }
    Value moved = copy(next->use->get());
    groupOf[moved] = next->group;
    groups[next->group].values.push_back(moved);
    next->use->set(moved);
    copies.erase(next);
  }
}

void ProgramPlan::insertAllCopies() {
  SmallVector<std::pair<Operation *, SmallVector<Copy>>> points;
  auto collect = [&](Operation *before, MutableArrayRef<OpOperand> uses,
                     ArrayRef<unsigned> wanted) {
    SmallVector<Copy> copies;
    for (auto [use, group] : llvm::zip(uses, wanted))
      if (groupOf[use.get()] != group)
        copies.push_back({&use, group});
    if (!copies.empty())
      points.push_back({before, copies});
  };
  auto groupsOf = [&](ValueRange values) {
    return llvm::map_to_vector(values, [&](Value v) { return groupOf[v]; });
  };
  program.walk([&](Operation *op) {
    if (auto loop = dyn_cast<RepeatOp>(op)) {
      SmallVector<unsigned> carried = groupsOf(loop.getResults());
      collect(loop, loop.getInitialMutable(), carried);
      Operation *yield = loop.getBody().front().getTerminator();
      collect(yield, yield->getOpOperands(), carried);
    } else if (auto choice = dyn_cast<IfOp>(op)) {
      for (Region &region : choice->getRegions()) {
        Operation *yield = region.front().getTerminator();
        collect(yield, yield->getOpOperands(), groupsOf(choice.getResults()));
      }
    }
  });
  YieldOp yield = program.getTerminator();
  collect(yield, yield->getOpOperands(), resultGroups);
  for (auto &[before, copies] : points)
    insertCopies(before, copies);
}

void ProgramPlan::placeInArena() {
  struct Box {
    unsigned group;
    uint64_t bytes;
    Liveness::Segments segments;
    uint64_t offset = 0;
  };
  std::vector<Box> boxes;
  for (auto [index, group] : llvm::enumerate(groups)) {
    if (group.fixed || group.values.empty())
      continue;
    Box box{unsigned(index), 0, {}};
    for (Value value : group.values) {
      box.bytes = std::max(box.bytes, bytesOf(value.getType()));
      llvm::append_range(box.segments, liveness->segmentsOf(value));
    }
    box.bytes = grid.up(box.bytes);
    boxes.push_back(std::move(box));
  }
  llvm::sort(boxes, [](const Box &a, const Box &b) {
    return std::tie(b.bytes, a.group) < std::tie(a.bytes, b.group);
  });
  uint64_t arena = 0;
  for (auto [index, box] : llvm::enumerate(boxes)) {
    SmallVector<std::pair<uint64_t, uint64_t>> taken; // begin, end
    for (const Box &other : ArrayRef(boxes).take_front(index))
      if (meet(box.segments, other.segments))
        taken.push_back({other.offset, other.offset + other.bytes});
    llvm::sort(taken);
    uint64_t gapStart = 0, best = UINT64_MAX;
    for (auto [begin, end] : taken) {
      uint64_t offset = grid.fit(gapStart, box.bytes);
      if (begin >= offset + box.bytes && begin - gapStart < best) {
        best = begin - gapStart;
        box.offset = offset;
      }
      gapStart = std::max(gapStart, end);
    }
    if (best == UINT64_MAX)
      box.offset = grid.fit(gapStart, box.bytes);
    arena = std::max(arena, box.offset + box.bytes);
    Group &group = groups[box.group];
    group.place = PlaceAttr::get(program.getContext(), Space::arena, box.offset,
                                 bytesOf(group.values.front().getType()), {});
  }
  program->setAttr(kArenaBytesName, builder.getI64IntegerAttr(arena));
}

/// What the kernel that computes `value` says; empty for row-major.
SmallVector<int64_t> ProgramPlan::layoutOf(Value value) const {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<RepeatOp>(argument.getOwner()->getParentOp());
    return loop ? layoutOf(loop.getInitial()[argument.getArgNumber()])
                : SmallVector<int64_t>();
  }
  unsigned number = cast<OpResult>(value).getResultNumber();
  Operation *op = value.getDefiningOp();
  if (auto loop = dyn_cast<RepeatOp>(op))
    return layoutOf(loop.getInitial()[number]);
  if (auto choice = dyn_cast<IfOp>(op))
    return layoutOf(
        choice.getThenRegion().front().getTerminator()->getOperand(number));
  if (auto copy = dyn_cast<CopyOp>(op))
    return layoutOf(copy.getInput());
  if (auto layout = op->getAttrOfType<DenseI64ArrayAttr>(kLayoutName))
    return SmallVector<int64_t>(layout.asArrayRef());
  auto call = dyn_cast<CallOp>(op);
  if (!call)
    return {};
  auto callee = symbols.lookup<DefineOp>(call.getCallee());
  SmallVector<int64_t> layout = callee.getResultLayout(number);
  return llvm::is_sorted(layout) ? SmallVector<int64_t>() : layout;
}

void ProgramPlan::writePlaces() {
  auto placesOf = [&](ValueRange values) {
    SmallVector<Attribute> places;
    for (Value value : values)
      if (isa<RankedTensorType>(value.getType())) {
        PlaceAttr place = groups[groupOf[value]].place;
        places.push_back(PlaceAttr::get(program.getContext(), place.getSpace(),
                                        place.getOffset(), place.getBytes(),
                                        layoutOf(value)));
      }
    return builder.getArrayAttr(places);
  };
  program.walk([&](Operation *op) {
    if (op == program)
      op->setAttr(kArgumentPlacesName,
                  placesOf(program.getBody().getArguments()));
    else if (llvm::any_of(op->getResultTypes(),
                          llvm::IsaPred<RankedTensorType>))
      op->setAttr(kPlacesName, placesOf(op->getResults()));
  });
}

LogicalResult ProgramPlan::run() {
  liveness.emplace(program);
  formGroups();
  joinYields();
  joinOperands();
  insertAllCopies();
  liveness.emplace(program);
  for (Value value : liveness->values())
    if (failed(grid.check(value.getLoc(), bytesOf(value.getType()))))
      return failure();
  placeInArena();
  writePlaces();
  return success();
}

class PlanMemoryPass final
    : public gan::kernel::impl::PlanMemoryPassBase<PlanMemoryPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Grid grid(deviceBlock);
    SharedBlocks shared(module, grid);
    if (shared.isTooLarge)
      return signalPassFailure();
    for (auto program : module.getOps<ProgramOp>()) {
      ProgramPlan plan(program, shared, grid);
      if (failed(plan.run()))
        return signalPassFailure();
      numCopies += plan.numCopies;
    }
    Builder builder(&getContext());
    if (deviceBlock)
      module->setAttr(kDeviceBlockName, builder.getI64IntegerAttr(deviceBlock));
    module->setAttr(kStateBytesName,
                    builder.getI64IntegerAttr(shared.stateBytes));
    module->setAttr(kConstantBytesName,
                    builder.getI64IntegerAttr(shared.constantBytes));
  }
};

} // namespace
