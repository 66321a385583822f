//===- ProgramTables.cpp - programs as instructions -----------------------===//

#include "compiler/driver/ProgramTables.h"
#include "dialects/game/IR/GameOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gan;

/// Elements of one row that a chunk of a batched call covers: 64 KiB of f32,
/// large enough to pay for a claim and small enough to share work between
/// threads.
static constexpr uint64_t kBatchChunk = 16384;

uint32_t NameTable::indexOf(StringRef name) {
  for (auto [index, known] : llvm::enumerate(names))
    if (known == name)
      return index;
  names.push_back(name.str());
  return names.size() - 1;
}

ProgramTables::ProgramTables(ModuleOp module) : symbols(module) {}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

ganrt_place ProgramTables::placeOf(Value value) {
  ArrayAttr places;
  unsigned index;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *parent = argument.getOwner()->getParentOp();
    index = argument.getArgNumber();
    // A carried value lies where the loop's result lies.
    places = parent->getAttrOfType<ArrayAttr>(isa<gan::ProgramOp>(parent)
                                                  ? kernel::kArgumentPlacesName
                                                  : kernel::kPlacesName);
  } else {
    auto result = cast<OpResult>(value);
    index = result.getResultNumber();
    places = result.getOwner()->getAttrOfType<ArrayAttr>(kernel::kPlacesName);
  }
  auto place = cast<kernel::PlaceAttr>(places[index]);
  return {static_cast<uint32_t>(place.getSpace()), 0, place.getOffset(),
          place.getBytes()};
}

uint32_t ProgramTables::addPlace(Value value) {
  places.push_back(placeOf(value));
  return places.size() - 1;
}

uint32_t ProgramTables::addPlaces(ValueRange values) {
  uint32_t first = places.size();
  for (Value value : values)
    places.push_back(placeOf(value));
  return first;
}

//===----------------------------------------------------------------------===//
// Host expressions
//===----------------------------------------------------------------------===//

static std::optional<ganrt_expression_opcode> arithmeticOpcode(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<ganrt_expression_opcode>>(
             op)
      .Case<arith::AddFOp>([](auto) { return GANRT_EXPRESSION_ADD; })
      .Case<arith::SubFOp>([](auto) { return GANRT_EXPRESSION_SUB; })
      .Case<arith::MulFOp>([](auto) { return GANRT_EXPRESSION_MUL; })
      .Case<arith::DivFOp>([](auto) { return GANRT_EXPRESSION_DIV; })
      .Case<math::PowFOp>([](auto) { return GANRT_EXPRESSION_POW; })
      .Case<arith::MinimumFOp, arith::MinNumFOp>(
          [](auto) { return GANRT_EXPRESSION_MIN; })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [](auto) { return GANRT_EXPRESSION_MAX; })
      .Case<arith::NegFOp>([](auto) { return GANRT_EXPRESSION_NEG; })
      .Case<math::AbsFOp>([](auto) { return GANRT_EXPRESSION_ABS; })
      .Case<math::FloorOp>([](auto) { return GANRT_EXPRESSION_FLOOR; })
      .Case<math::SqrtOp>([](auto) { return GANRT_EXPRESSION_SQRT; })
      .Case<math::ExpOp>([](auto) { return GANRT_EXPRESSION_EXP; })
      .Case<math::LogOp>([](auto) { return GANRT_EXPRESSION_LOG; })
      .Case<math::CosOp>([](auto) { return GANRT_EXPRESSION_COS; })
      .Case<arith::AndIOp>([](auto) { return GANRT_EXPRESSION_AND; })
      .Case<arith::OrIOp>([](auto) { return GANRT_EXPRESSION_OR; })
      .Case<arith::XOrIOp>([](auto) { return GANRT_EXPRESSION_NE; })
      .Case<arith::SelectOp>([](auto) { return GANRT_EXPRESSION_SELECT; })
      .Default([](Operation *) { return std::nullopt; });
}

/// Comparison opcode, and whether the operands change places.
static std::optional<std::pair<ganrt_expression_opcode, bool>>
comparisonOpcode(arith::CmpFPredicate predicate) {
  switch (predicate) {
  case arith::CmpFPredicate::OLT:
    return std::pair{GANRT_EXPRESSION_LT, false};
  case arith::CmpFPredicate::OLE:
    return std::pair{GANRT_EXPRESSION_LE, false};
  case arith::CmpFPredicate::OGT:
    return std::pair{GANRT_EXPRESSION_LT, true};
  case arith::CmpFPredicate::OGE:
    return std::pair{GANRT_EXPRESSION_LE, true};
  case arith::CmpFPredicate::OEQ:
    return std::pair{GANRT_EXPRESSION_EQ, false};
  case arith::CmpFPredicate::UNE:
  case arith::CmpFPredicate::ONE:
    return std::pair{GANRT_EXPRESSION_NE, false};
  default:
    return std::nullopt;
  }
}

LogicalResult ProgramTables::emitExpression(Value value) {
  Operation *op = value.getDefiningOp();
  auto push = [&](uint32_t opcode, uint32_t index = 0, double number = 0) {
    codes.push_back({opcode, index, number});
    return success();
  };
  if (auto known = held.find(value); known != held.end())
    return push(GANRT_EXPRESSION_HELD, known->second);
  if (!op)
    return mlir::emitError(value.getLoc())
           << "expected a number that the host can compute";
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
      return push(GANRT_EXPRESSION_CONSTANT, 0, number.getValueAsDouble());
    auto flag = cast<IntegerAttr>(constant.getValue());
    return push(GANRT_EXPRESSION_CONSTANT, 0, flag.getValue().isZero() ? 0 : 1);
  }
  if (auto option = dyn_cast<gan::OptionOp>(op))
    return push(GANRT_EXPRESSION_OPTION, options.indexOf(option.getName()));
  if (auto clock = dyn_cast<ClockOp>(op))
    return push(GANRT_EXPRESSION_STEP + static_cast<uint32_t>(clock.getKind()));
  if (auto count = dyn_cast<UpdateCountOp>(op))
    return push(GANRT_EXPRESSION_COUNT, players.indexOf(count.getPlayer()));
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    auto opcode = comparisonOpcode(compare.getPredicate());
    if (!opcode)
      return op->emitError() << "comparison is not supported on the host";
    Value first = opcode->second ? compare.getRhs() : compare.getLhs();
    Value second = opcode->second ? compare.getLhs() : compare.getRhs();
    if (failed(emitExpression(first)) || failed(emitExpression(second)))
      return failure();
    return push(opcode->first);
  }
  auto opcode = arithmeticOpcode(op);
  if (!opcode)
    return op->emitError() << "'" << op->getName()
                           << "' is not supported on the host";
  for (Value operand : op->getOperands())
    if (failed(emitExpression(operand)))
      return failure();
  return push(*opcode);
}

/// `value` is what `instruction` holds, from here on.
void ProgramTables::addHeld(Value value, ganrt_instruction instruction,
                            Instructions &out) {
  instruction.b = held.size();
  out.push_back(instruction);
  held.insert({value, instruction.b});
  heldCount = std::max<uint32_t>(heldCount, held.size());
}

FailureOr<uint32_t> ProgramTables::addExpression(Value value) {
  uint32_t first = codes.size();
  if (failed(emitExpression(value)))
    return failure();
  expressions.push_back({first, static_cast<uint32_t>(codes.size()) - first});
  return expressions.size() - 1;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

uint32_t ProgramTables::addKernel(Operation *call, StringRef name,
                                  int64_t workspace) {
  auto define = symbols.lookup<kernel::DefineOp>(name);
  auto [entry, isNew] = kernelIndices.try_emplace(define, kernels.size());
  if (isNew) {
    kernels.push_back(define);
    kernelWorkspaces.push_back(workspace);
    kernelCosts.emplace_back();
  }
  int64_t &known = kernelWorkspaces[entry->second];
  known = std::max(known, workspace);
  kernel::KernelCost cost = kernel::costOfCall(call, define);
  if (cost.flop + cost.bytes >
      kernelCosts[entry->second].flop + kernelCosts[entry->second].bytes)
    kernelCosts[entry->second] = cost;
  return entry->second;
}

uint32_t ProgramTables::addNamed(std::vector<NamedTensor> &list, StringRef name,
                                 Type type) {
  for (auto [index, known] : llvm::enumerate(list))
    if (known.name == name && known.type == type)
      return index;
  list.push_back({name.str(), cast<RankedTensorType>(type)});
  return list.size() - 1;
}

/// Results of the kernel that are samples can be recorded and given.
void ProgramTables::emitDrawn(kernel::DefineOp define, ValueRange results,
                              Instructions &out) {
  for (auto [value, result] :
       llvm::zip(define.getTerminator().getValues(), results))
    if (auto random = value.getDefiningOp<RandomOp>())
      out.push_back({GANRT_OP_DRAWN,
                     addNamed(draws, random.getName(), result.getType()),
                     addPlace(result), 0, 0});
}

LogicalResult ProgramTables::emitCall(kernel::CallOp call, Instructions &out) {
  uint32_t kernel =
      addKernel(call, call.getCallee(), call.getWorkspace().value_or(0));
  uint32_t first = addPlaces(call.getResults());
  addPlaces(call.getOperands());
  out.push_back({GANRT_OP_CALL, kernel, first,
                 static_cast<uint32_t>(places.size()) - first,
                 static_cast<uint32_t>(call.getChunks().value_or(1))});
  emitDrawn(kernels[kernel], call.getResults(), out);
  return success();
}

LogicalResult ProgramTables::emitBatch(kernel::BatchOp batch,
                                       Instructions &out) {
  uint32_t kernel =
      addKernel(batch, batch.getCallee(), batch.getWorkspace().value_or(0));
  kernel::DefineOp define = kernels[kernel];
  uint32_t operands = *define.getColumns();
  uint32_t results = define.getResultTypes().size();
  BatchTable table{static_cast<uint32_t>(places.size()),
                   static_cast<uint32_t>(batch.getResults().size()) / results,
                   results + operands,
                   {},
                   kernel,
                   {}};
  for (uint32_t row = 0; row < table.rows; ++row) {
    addPlaces(batch.getResults().slice(row * results, results));
    addPlaces(batch.getRowOperands().slice(row * operands, operands));
    auto type =
        cast<RankedTensorType>(batch.getResults()[row * results].getType());
    uint64_t elements = type.getNumElements();
    table.rowElements.push_back(elements);
    for (uint64_t begin = 0; begin < elements; begin += kBatchChunk)
      table.chunks.push_back(
          {row, 0, begin, std::min(begin + kBatchChunk, elements)});
  }
  uint32_t first = places.size();
  places.push_back({GANRT_SPACE_TABLE, 0, tables.size(), 0});
  addPlaces(batch.getShared());
  uint32_t chunks = table.chunks.size();
  tables.push_back(std::move(table));
  out.push_back({GANRT_OP_CALL, kernel, first,
                 static_cast<uint32_t>(places.size()) - first, chunks});
  return success();
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

LogicalResult ProgramTables::emitIf(gan::IfOp op, Instructions &out) {
  auto condition = addExpression(op.getCondition());
  if (failed(condition))
    return failure();
  size_t at = out.size();
  out.push_back({GANRT_OP_IF, *condition, 0, 0, 0});
  if (failed(emitBlock(op.getThenRegion().front(), out)))
    return failure();
  out[at].b = out.size();
  if (failed(emitBlock(op.getElseRegion().front(), out)))
    return failure();
  out[at].c = out.size();
  return success();
}

LogicalResult ProgramTables::emit(Operation &op, Instructions &out) {
  auto withExpression = [&](uint32_t opcode, Value number,
                            uint32_t b) -> LogicalResult {
    auto expression = addExpression(number);
    if (failed(expression))
      return failure();
    out.push_back({opcode, *expression, b, 0, 0});
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](kernel::CallOp call) { return emitCall(call, out); })
      .Case([&](kernel::BatchOp batch) { return emitBatch(batch, out); })
      .Case([&](kernel::CopyOp copy) {
        out.push_back({GANRT_OP_COPY, addPlace(copy.getInput()),
                       addPlace(copy.getResult()), 0, 0});
        return success();
      })
      .Case([&](gan::IfOp branch) { return emitIf(branch, out); })
      .Case([&](gan::RepeatOp repeat) -> LogicalResult {
        size_t at = out.size();
        if (failed(withExpression(GANRT_OP_REPEAT, repeat.getCount(), 0)) ||
            failed(emitBlock(repeat.getBody().front(), out)))
          return failure();
        out[at].b = out.size();
        return success();
      })
      .Case<ClockOp, UpdateCountOp>([&](auto count) -> LogicalResult {
        // Draws and updates change it before the last use.
        auto expression = addExpression(count);
        if (failed(expression))
          return failure();
        addHeld(count, {GANRT_OP_HOLD, *expression, 0, 0, 0}, out);
        return success();
      })
      .Case([&](ToHostOp read) {
        addHeld(read, {GANRT_OP_READ, addPlace(read.getInput()), 0, 0, 0}, out);
        return success();
      })
      .Case([&](ToTensorOp scalar) {
        return withExpression(GANRT_OP_SCALAR, scalar.getInput(),
                              addPlace(scalar.getResult()));
      })
      .Case([&](KeyOp key) {
        blockCount =
            std::max(blockCount, static_cast<int32_t>(key.getBlock()) + 1);
        out.push_back({GANRT_OP_KEY, static_cast<uint32_t>(key.getBlock()),
                       static_cast<uint32_t>(key.getScope()),
                       addPlace(key.getResult()), 0});
        return success();
      })
      .Case([&](DrawDataOp draw) {
        out.push_back({GANRT_OP_DRAW_DATA, streams.indexOf(draw.getStream()),
                       addPlace(draw.getResult()),
                       addNamed(draws, draw.getStream(), draw.getType()),
                       draw->hasAttr(game::kOfRunName)
                           ? uint32_t(GANRT_SCOPE_RUN)
                           : uint32_t(GANRT_SCOPE_BLOCK)});
        return success();
      })
      .Case([&](ReportOp report) {
        out.push_back({GANRT_OP_REPORT, reports.indexOf(report.getName()),
                       addPlace(report.getValue()), 0, 0});
        return success();
      })
      .Case([&](RecordOp record) {
        out.push_back(
            {GANRT_OP_RECORD,
             addNamed(records, record.getName(), record.getValue().getType()),
             addPlace(record.getValue()), 0, 0});
        return success();
      })
      .Case([&](CountUpdateOp count) {
        out.push_back(
            {GANRT_OP_COUNT, players.indexOf(count.getPlayer()), 0, 0, 0});
        return success();
      })
      .Default([&](Operation *other) -> LogicalResult {
        // What is computed from host numbers is computed where it is used;
        // initializers only lie somewhere.
        bool isHost = llvm::all_of(other->getResultTypes(), [](Type type) {
          return !isa<RankedTensorType>(type);
        });
        if (isHost || isa<gan::ParameterOp, gan::YieldOp>(other))
          return success();
        return other->emitError()
               << "'" << other->getName() << "' is no instruction of a program";
      });
}

LogicalResult ProgramTables::emitBlock(Block &block, Instructions &out) {
  for (Operation &op : block)
    if (failed(emit(op, out)))
      return failure();
  return success();
}

LogicalResult ProgramTables::addProgram(gan::ProgramOp program) {
  FunctionTable function{program, program.getSymName().str(), {}};
  if (StringRef(function.name).starts_with("infer"))
    function.name = "infer";
  held.clear();
  if (failed(emitBlock(program.getBody().front(), function.instructions)))
    return failure();
  function.instructions.push_back({GANRT_OP_END, 0, 0, 0, 0});
  functions.push_back(std::move(function));
  return success();
}
