//===- Interpreter.cpp - the reference interpreter ------------------------===//

#include "dialects/gan/Reference/Interpreter.h"
#include "dialects/gan/IR/GanDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;

namespace gan::reference {

static RankedTensorType tensorTypeOf(Value value) {
  return dyn_cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

FailureOr<Results> Interpreter::runRegion(Region &region,
                                          ArrayRef<Tensor> arguments) {
  Block &block = region.front();
  Operation *parent = region.getParentOp();
  if (block.getNumArguments() != arguments.size())
    return parent->emitOpError() << "expected " << block.getNumArguments()
                                 << " arguments, got " << arguments.size();
  Environment environment;
  for (auto [index, argument] : llvm::enumerate(block.getArguments())) {
    const Tensor &given = arguments[index];
    auto type = tensorTypeOf(argument);
    // `?` of batched kernels takes whatever is given.
    bool fits = type && type.getRank() == given.rank();
    for (int64_t axis = 0; fits && axis < given.rank(); ++axis)
      fits =
          type.isDynamicDim(axis) || type.getDimSize(axis) == given.shape[axis];
    if (!fits)
      return parent->emitOpError()
             << "expected " << argument.getType() << " for argument " << index
             << ", got shape [" << ShapeRef(given.shape) << "]";
    environment.tensors[argument] = std::make_shared<const Tensor>(given);
  }
  if (failed(runBlock(block, environment)))
    return failure();
  Results results;
  for (Value value : block.back().getOperands()) {
    if (!tensorTypeOf(value))
      return parent->emitOpError() << "expected tensors as results";
    results.push_back(*environment.tensors.lookup(value));
  }
  return results;
}

FailureOr<Results> Interpreter::call(FunctionOpInterface function,
                                     ArrayRef<Tensor> arguments) {
  if (function.isExternal())
    return function->emitOpError() << "expected a body to run";
  return runRegion(function.getFunctionBody(), arguments);
}

FailureOr<Results> Interpreter::runProgram(ProgramOp program, State &state,
                                           ArrayRef<Tensor> inputs) {
  SmallVector<Tensor> arguments;
  size_t used = 0;
  for (unsigned i = 0; i < program.getBody().getNumArguments(); ++i) {
    StringRef name = program.getArgumentState(i);
    if (!name.empty()) {
      auto found = state.find(name);
      if (found == state.end())
        return program.emitOpError()
               << "expected a value of state '" << name << "'";
      arguments.push_back(found->second);
    } else if (used < inputs.size()) {
      arguments.push_back(inputs[used++]);
    } else {
      return program.emitOpError()
             << "expected more than " << inputs.size() << " inputs";
    }
  }
  FailureOr<Results> results = runRegion(program.getBody(), arguments);
  if (failed(results))
    return failure();
  Results outputs;
  for (auto [index, value] : llvm::enumerate(*results)) {
    StringRef name = program.getResultState(index);
    if (name.empty())
      outputs.push_back(std::move(value));
    else
      state[name] = std::move(value);
  }
  return outputs;
}

FailureOr<State> Interpreter::startState(ModuleOp module) {
  State state;
  SmallVector<StateOp> copies;
  Key key = {uint32_t(host.seed), uint32_t(host.seed >> 32), 0, 0};
  for (StateOp op : module.getOps<StateOp>()) {
    auto type = cast<RankedTensorType>(op.getType());
    InitializerAttr initializer = op.getInitializer();
    auto number = [](FloatAttr attribute) {
      return attribute ? attribute.getValueAsDouble() : 0.0;
    };
    double a = number(initializer.getA()), b = number(initializer.getB());
    switch (initializer.getKind()) {
    case InitializerKind::fill:
      state[op.getName()] = Tensor(type.getShape(), a);
      break;
    case InitializerKind::weights:
      if (!host.weights)
        return op.emitOpError() << "needs weights, and none are given";
      state[op.getName()] = host.weights(initializer.getBlob(), type);
      break;
    case InitializerKind::copy:
      copies.push_back(op);
      break;
    case InitializerKind::normal:
    case InitializerKind::uniform:
      state[op.getName()] =
          drawRandom(initializer.getKind() == InitializerKind::normal
                         ? Distribution::normal
                         : Distribution::uniform,
                     key, op.getSite(), a, b, type.getShape());
      break;
    }
  }
  for (StateOp op : copies) {
    auto source = state.find(op.getInitializer().getSource().getValue());
    if (source == state.end())
      return op.emitOpError() << "expected the state that it copies";
    state[op.getName()] = Tensor(source->second);
  }
  for (StringRef name : {"start/weights", "start/state"})
    if (auto start = module.lookupSymbol<ProgramOp>(name))
      if (failed(runProgram(start, state, {})))
        return failure();
  return state;
}

//===----------------------------------------------------------------------===//
// Blocks and operations
//===----------------------------------------------------------------------===//

/// For every operation of a block the block's own values that nobody needs
/// after it. Whole steps fit into memory because of this.
static llvm::DenseMap<Operation *, SmallVector<Value>> lastUses(Block &block) {
  llvm::DenseMap<Operation *, SmallVector<Value>> result;
  llvm::DenseSet<Value> used;
  for (Value value : block.back().getOperands())
    used.insert(value);
  for (Operation &op : llvm::reverse(block.without_terminator())) {
    for (Value value : op.getResults())
      if (!used.contains(value))
        result[&op].push_back(value);
    op.walk([&](Operation *nested) {
      for (Value value : nested->getOperands())
        if (value.getParentBlock() == &block && used.insert(value).second)
          result[&op].push_back(value);
    });
  }
  return result;
}

LogicalResult Interpreter::runBlock(Block &block, Environment &environment) {
  auto finished = lastUses(block);
  for (Operation &op : block.without_terminator()) {
    if (failed(runOperation(&op, environment)))
      return failure();
    for (Value value : finished.lookup(&op))
      environment.tensors.erase(value);
  }
  return success();
}

LogicalResult Interpreter::runOperation(Operation *op,
                                        Environment &environment) {
  if (auto repeat = dyn_cast<RepeatOp>(op))
    return runRepeat(repeat, environment);
  if (auto choice = dyn_cast<IfOp>(op))
    return runIf(choice, environment);
  if (auto call = dyn_cast<CallOpInterface>(op))
    return runCall(call, environment);
  if (auto composite = dyn_cast<CompositeOpInterface>(op))
    return runComposite(composite, environment);
  FailureOr<bool> isHost = runHostOperation(op, environment);
  if (failed(isHost) || *isHost)
    return isHost;

  // Host numbers.
  bool isScalar =
      op->getNumResults() == 1 && op->getResult(0).getType().isIntOrFloat();
  if (isScalar) {
    SmallVector<double> numbers;
    for (Value value : op->getOperands())
      numbers.push_back(environment.scalars.lookup(value));
    FailureOr<double> number = evaluateScalar(op, numbers);
    if (failed(number))
      return op->emitOpError() << "is not known to the reference interpreter";
    environment.scalars[op->getResult(0)] = *number;
    return success();
  }

  SmallVector<const Tensor *> operands;
  for (Value value : op->getOperands()) {
    auto found = environment.tensors.find(value);
    if (found == environment.tensors.end())
      return op->emitOpError() << "is not known to the reference interpreter";
    operands.push_back(found->second.get());
  }
  bool isForeign = host.foreign && !isa<GanDialect>(op->getDialect());
  FailureOr<Results> results =
      isForeign ? host.foreign(op, operands) : evaluatePrimitive(op, operands);
  if (failed(results))
    return failure();
  for (auto [value, tensor] : llvm::zip_equal(op->getResults(), *results))
    environment.tensors[value] =
        std::make_shared<const Tensor>(std::move(tensor));
  return success();
}

/// The values that the block's terminator gives become those of `targets`.
template <typename Targets, typename Environment>
static void moveResults(Block &block, Targets targets,
                        Environment &environment) {
  SmallVector<std::shared_ptr<const Tensor>> values;
  for (Value value : block.back().getOperands())
    values.push_back(environment.tensors.lookup(value));
  for (auto [target, value] : llvm::zip_equal(targets, values))
    environment.tensors[target] = value;
}

LogicalResult Interpreter::runRepeat(RepeatOp op, Environment &environment) {
  Block &block = op.getBody().front();
  double count = std::floor(environment.scalars.lookup(op.getCount()));
  SmallVector<std::shared_ptr<const Tensor>> initial;
  for (Value value : op.getInitial())
    initial.push_back(environment.tensors.lookup(value));
  if (!(count >= 1)) {
    for (auto [result, value] : llvm::zip_equal(op.getResults(), initial))
      environment.tensors[result] = value;
    return success();
  }
  for (auto [argument, value] : llvm::zip_equal(block.getArguments(), initial))
    environment.tensors[argument] = value;
  for (double i = 0; i < count; ++i) {
    if (i > 0)
      moveResults(block, block.getArguments(), environment);
    if (failed(runBlock(block, environment)))
      return failure();
  }
  moveResults(block, op.getResults(), environment);
  return success();
}

LogicalResult Interpreter::runIf(IfOp op, Environment &environment) {
  bool condition = environment.scalars.lookup(op.getCondition()) != 0;
  Region &region = condition ? op.getThenRegion() : op.getElseRegion();
  if (failed(runBlock(region.front(), environment)))
    return failure();
  moveResults(region.front(), op.getResults(), environment);
  return success();
}

LogicalResult Interpreter::runCall(CallOpInterface op,
                                   Environment &environment) {
  auto callee = dyn_cast_or_null<FunctionOpInterface>(op.resolveCallable());
  if (!callee)
    return op->emitOpError() << "expected a function of this module";
  SmallVector<Tensor> arguments;
  for (Value value : op.getArgOperands()) {
    if (!tensorTypeOf(value))
      return op->emitOpError() << "expected tensors as arguments";
    arguments.push_back(*environment.tensors.lookup(value));
  }
  FailureOr<Results> results = call(callee, arguments);
  if (failed(results))
    return failure();
  for (auto [value, tensor] : llvm::zip_equal(op->getResults(), *results))
    environment.tensors[value] =
        std::make_shared<const Tensor>(std::move(tensor));
  return success();
}

/// Expands a copy of the operation in a block of its own and runs that.
LogicalResult Interpreter::runComposite(CompositeOpInterface op,
                                        Environment &environment) {
  Region scratch;
  Block &block = scratch.emplaceBlock();
  IRMapping mapping;
  Environment inner;
  for (Value operand : op->getOperands()) {
    if (mapping.contains(operand))
      continue;
    Value argument = block.addArgument(operand.getType(), operand.getLoc());
    mapping.map(operand, argument);
    inner.tensors[argument] = environment.tensors.lookup(operand);
  }
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&block);
  Operation *copy = builder.clone(*op, mapping);
  builder.setInsertionPoint(copy);
  SmallVector<Value> values = cast<CompositeOpInterface>(copy).expand(builder);
  copy->erase();
  for (Operation &expanded : block)
    if (failed(runOperation(&expanded, inner)))
      return failure();
  for (auto [result, value] : llvm::zip_equal(op->getResults(), values))
    environment.tensors[result] = inner.tensors.lookup(value);
  return success();
}

//===----------------------------------------------------------------------===//
// The host
//===----------------------------------------------------------------------===//

static Tensor makeKey(KeyOp op, Host &host) {
  uint64_t step = host.step;
  uint32_t iteration = 0;
  switch (op.getScope()) {
  case Scope::block:
    iteration = host.iterations[op.getBlock()]++;
    break;
  case Scope::step:
    break;
  case Scope::run:
    step = 0;
    break;
  }
  // As elements of i32.
  auto word = [](uint64_t bits) {
    return static_cast<double>(static_cast<int32_t>(uint32_t(bits)));
  };
  return Tensor({4}, {word(host.seed), word(host.seed >> 32),
                      word(iteration + ((step >> 32) << 20)), word(step)});
}

FailureOr<bool> Interpreter::runHostOperation(Operation *op,
                                              Environment &environment) {
  auto setTensor = [&](Tensor tensor) -> FailureOr<bool> {
    if (ShapeRef(tensor.shape) != tensorTypeOf(op->getResult(0)).getShape())
      return op->emitOpError()
             << "expected " << op->getResult(0).getType()
             << " from outside, got shape [" << ShapeRef(tensor.shape) << "]";
    environment.tensors[op->getResult(0)] =
        std::make_shared<const Tensor>(std::move(tensor));
    return true;
  };
  auto setScalar = [&](double number) -> FailureOr<bool> {
    environment.scalars[op->getResult(0)] = number;
    return true;
  };
  auto tensorOf = [&](Value value) -> const Tensor & {
    return *environment.tensors.lookup(value);
  };
  auto missing = [&](StringRef what) -> FailureOr<bool> {
    return op->emitOpError() << "needs " << what << ", and none is given";
  };
  using Answer = FailureOr<bool>;
  return llvm::TypeSwitch<Operation *, Answer>(op)
      .Case([&](ClockOp clock) -> Answer {
        switch (clock.getKind()) {
        case ClockKind::step:
          return setScalar(host.step);
        case ClockKind::images:
          return setScalar(host.images);
        case ClockKind::epoch:
          return setScalar(host.images / host.streamSize);
        }
        return failure();
      })
      .Case([&](OptionOp option) -> Answer {
        if (!host.option)
          return missing("the value of an option");
        return setScalar(host.option(option.getName()));
      })
      .Case([&](UpdateCountOp count) -> Answer {
        return setScalar(host.updateCounts.lookup(count.getPlayer()));
      })
      .Case([&](CountUpdateOp count) -> Answer {
        host.updateCounts[count.getPlayer()] += 1;
        return true;
      })
      .Case([&](ToTensorOp convert) -> Answer {
        return setTensor(
            Tensor(ShapeRef(), environment.scalars.lookup(convert.getInput())));
      })
      .Case([&](ToHostOp convert) -> Answer {
        return setScalar(tensorOf(convert.getInput()).values[0]);
      })
      .Case([&](KeyOp key) -> Answer { return setTensor(makeKey(key, host)); })
      .Case([&](DrawDataOp draw) -> Answer {
        if (!host.drawData)
          return missing("a data stream");
        auto type = tensorTypeOf(draw.getResult());
        if (host.firstStream.empty())
          host.firstStream = draw.getStream().str();
        if (host.firstStream == draw.getStream() && type.getRank() > 0)
          host.images += type.getDimSize(0);
        return setTensor(host.drawData(draw.getStream(), type));
      })
      .Case([&](RandomOp random) -> Answer {
        if (!host.givenDraw)
          return false;
        Key key;
        for (auto [word, value] :
             llvm::zip(key, tensorOf(random.getKey()).values))
          word = static_cast<uint32_t>(static_cast<int64_t>(value));
        if (auto given = host.givenDraw(random, key))
          return setTensor(std::move(*given));
        return false;
      })
      .Case([&](StopOp stop) -> Answer {
        if (!host.stop)
          return false;
        return setTensor(host.stop(stop, tensorOf(stop.getInput())));
      })
      .Case([&](ParameterOp parameter) -> Answer {
        if (host.parameter)
          return setTensor(host.parameter(parameter));
        if (!host.weights)
          return missing("a parameter");
        return setTensor(host.weights(parameter.getBlob(),
                                      tensorTypeOf(parameter.getResult())));
      })
      .Case([&](UpdateBufferOp update) -> Answer {
        if (host.updateBuffer)
          host.updateBuffer(update.getName(), tensorOf(update.getValue()));
        return true;
      })
      .Case([&](ReportOp report) -> Answer {
        if (host.report)
          host.report(report.getName(), tensorOf(report.getValue()).values[0]);
        return true;
      })
      .Case([&](RecordOp record) -> Answer {
        if (host.record)
          host.record(record.getName(), tensorOf(record.getValue()));
        return true;
      })
      .Default([](Operation *) -> Answer { return false; });
}

} // namespace gan::reference
