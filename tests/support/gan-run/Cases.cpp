//===- Cases.cpp - numbers in, numbers out --------------------------------===//

#include "tests/support/gan-run/Cases.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Host;
using gan::reference::Interpreter;
using gan::reference::ShapeRef;

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

static std::optional<Tensor> generate(StringRef text, ShapeRef shape) {
  SmallVector<StringRef> words;
  text.split(words, ' ', -1, /*KeepEmpty=*/false);
  if (words.size() < 2)
    return std::nullopt;
  auto distribution = symbolizeDistribution(words[0]);
  uint32_t seed = 0;
  double a = 0, b = 1;
  if (!distribution || words[1].getAsInteger(10, seed) ||
      (words.size() > 2 && words[2].getAsDouble(a)) ||
      (words.size() > 3 && words[3].getAsDouble(b)))
    return std::nullopt;
  return reference::drawRandom(*distribution, {seed, 0, 0, 0}, 0, a, b, shape);
}

static FailureOr<SmallVector<Tensor>> makeInputs(func::FuncOp function,
                                                 DictionaryAttr description) {
  auto inputs = description.getAs<ArrayAttr>("inputs");
  unsigned count = function.getNumArguments();
  if (inputs && inputs.size() != count)
    return function.emitError()
           << "expected " << count << " inputs, got " << inputs.size();
  SmallVector<Tensor> tensors;
  for (unsigned index = 0; index < count; ++index) {
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[index]);
    if (!inputs) {
      bool isFloat = isa<FloatType>(type.getElementType());
      std::string text = isFloat ? "normal " + std::to_string(index)
                                 : "integer " + std::to_string(index) + " 2";
      tensors.push_back(*generate(text, type.getShape()));
    } else if (auto text = dyn_cast<StringAttr>(inputs[index])) {
      auto tensor = generate(text.getValue(), type.getShape());
      if (!tensor)
        return function.emitError() << "cannot read the input " << text;
      tensors.push_back(*tensor);
    } else {
      tensors.push_back(
          reference::fromElements(cast<DenseElementsAttr>(inputs[index])));
    }
  }
  return tensors;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

/// The root mean square of the finite elements, at least 1.
static double scaleOf(const Tensor &tensor) {
  double squares = 0, count = 0;
  for (double value : tensor.values)
    if (std::isfinite(value)) {
      squares += value * value;
      ++count;
    }
  return count ? std::fmax(1, std::sqrt(squares / count)) : 1;
}

static bool isClose(double got, double want, double scale, double tolerance) {
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got))
    return want == got;
  return std::fabs(got - want) <= tolerance * std::fmax(scale, std::fabs(want));
}

/// Reports the first element that differs.
static LogicalResult compare(Operation *op, const Twine &what,
                             const Tensor &got, const Tensor &want,
                             double tolerance) {
  if (got.shape != want.shape)
    return op->emitError() << what << ": expected shape ["
                           << ShapeRef(want.shape) << "], got ["
                           << ShapeRef(got.shape) << "]";
  double scale = scaleOf(want);
  for (int64_t i = 0; i < want.size(); ++i)
    if (!isClose(got.values[i], want.values[i], scale, tolerance)) {
      std::string text;
      llvm::raw_string_ostream(text)
          << llvm::format("%.12g, got %.12g", want.values[i], got.values[i]);
      return op->emitError()
             << what << ", element " << i << ": expected " << text;
    }
  return success();
}

static void print(StringRef what, const Tensor &tensor) {
  llvm::outs() << what << " = [";
  llvm::interleave(tensor.shape, llvm::outs(), "x");
  llvm::outs() << "]:";
  for (double value : tensor.values)
    llvm::outs() << llvm::format(" %.9g", value);
  llvm::outs() << "\n";
}

static double toleranceOf(DictionaryAttr description, double otherwise) {
  auto own = description.getAs<FloatAttr>("tolerance");
  return own ? own.getValueAsDouble() : otherwise;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// The numbers that a case expects.
static FailureOr<Results> expectedResults(const Modules &modules,
                                          func::FuncOp function,
                                          DictionaryAttr description,
                                          ArrayRef<Tensor> inputs) {
  if (auto literals = description.getAs<ArrayAttr>("results")) {
    Results results;
    for (Attribute literal : literals)
      results.push_back(
          reference::fromElements(cast<DenseElementsAttr>(literal)));
    return results;
  }
  auto other = description.getAs<FlatSymbolRefAttr>("equals");
  StringRef name = other ? other.getValue() : function.getName();
  ModuleOp original = modules.original;
  auto reference = original.lookupSymbol<func::FuncOp>(name);
  if (!reference)
    return function.emitError() << "expected a function " << other;
  Host host;
  host.parameter = parameterValue;
  return Interpreter(host).call(reference, inputs);
}

static LogicalResult runCase(const Modules &modules, func::FuncOp function,
                             DictionaryAttr description, unsigned number) {
  auto inputs = makeInputs(function, description);
  if (failed(inputs))
    return failure();
  FailureOr<Results> got = modules.runner.run(function, *inputs);
  if (failed(got))
    return failure();
  FailureOr<Results> want =
      expectedResults(modules, function, description, *inputs);
  if (failed(want))
    return failure();
  if (got->size() != want->size())
    return function.emitError()
           << "expected " << want->size() << " results, got " << got->size();
  double tolerance = toleranceOf(description, modules.runner.tolerance());
  for (size_t index = 0; index < got->size(); ++index) {
    std::string what =
        ("case " + Twine(number) + ", result " + Twine(index)).str();
    if (modules.print)
      print((function.getName() + ", " + what).str(), (*got)[index]);
    if (failed(
            compare(function, what, (*got)[index], (*want)[index], tolerance)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

static Host makeHost(ProgramOp program, DictionaryAttr description,
                     llvm::StringMap<double> &reports) {
  Host host;
  if (auto seed = description.getAs<IntegerAttr>("seed"))
    host.seed = seed.getInt();
  host.parameter = parameterValue;
  host.report = [&reports](StringRef name, double value) {
    reports[name] = value;
  };
  host.option = [description](StringRef name) {
    auto options = description.getAs<DictionaryAttr>("options");
    auto value = options ? options.getAs<FloatAttr>(name) : FloatAttr();
    return value ? value.getValueAsDouble() : std::nan("");
  };
  host.drawData = [seed = uint32_t(host.seed), draws = uint32_t(0)](
                      StringRef, RankedTensorType type) mutable {
    return reference::drawRandom(Distribution::normal, {seed, 0, draws++, 0}, 0,
                                 0, 1, type.getShape());
  };
  return host;
}

static LogicalResult runProgramCase(const Modules &modules, ProgramOp program,
                                    DictionaryAttr description,
                                    unsigned number) {
  llvm::StringMap<double> reports;
  Host host = makeHost(program, description, reports);
  Interpreter interpreter(host);
  FailureOr<reference::State> state = interpreter.startState(modules.module);
  if (failed(state))
    return failure();
  if (auto start = description.getAs<DictionaryAttr>("start"))
    for (NamedAttribute entry : start)
      (*state)[entry.getName()] =
          reference::fromElements(cast<DenseElementsAttr>(entry.getValue()));
  auto steps = description.getAs<IntegerAttr>("steps");
  for (int64_t i = 0; i < (steps ? steps.getInt() : 1); ++i) {
    if (failed(interpreter.runProgram(program, *state, {})))
      return failure();
    host.finishStep();
  }
  double tolerance = toleranceOf(description, modules.runner.tolerance());
  std::string where = ("case " + Twine(number) + ", ").str();
  if (modules.print)
    for (auto &entry : *state)
      print(where + entry.getKey().str(), entry.getValue());
  if (auto expected = description.getAs<DictionaryAttr>("state"))
    for (NamedAttribute entry : expected)
      if (failed(compare(program, where + entry.getName().str(),
                         state->lookup(entry.getName()),
                         reference::fromElements(
                             cast<DenseElementsAttr>(entry.getValue())),
                         tolerance)))
        return failure();
  if (auto expected = description.getAs<DictionaryAttr>("reports"))
    for (NamedAttribute entry : expected)
      if (failed(compare(
              program, where + entry.getName().str(),
              Tensor(ShapeRef(), reports.lookup(entry.getName())),
              Tensor(ShapeRef(),
                     cast<FloatAttr>(entry.getValue()).getValueAsDouble()),
              tolerance)))
        return failure();
  return success();
}

LogicalResult gan::testing::runCases(Modules modules, StringRef name,
                                     unsigned &count) {
  bool allAgree = true;
  auto runAll = [&](auto op, auto run) {
    if (!name.empty() && op.getSymName() != name)
      return;
    auto cases = op->template getAttrOfType<ArrayAttr>("cases");
    auto inModule =
        modules.module->template getAttrOfType<DictionaryAttr>("gan.cases");
    if (!cases && inModule)
      cases = inModule.template getAs<ArrayAttr>(op.getSymName());
    if (!cases && name.empty() && !modules.all)
      return;
    if (!cases)
      cases =
          ArrayAttr::get(op.getContext(), DictionaryAttr::get(op.getContext()));
    for (auto [number, description] : llvm::enumerate(cases)) {
      ++count;
      if (failed(run(modules, op, cast<DictionaryAttr>(description), number)))
        allAgree = false;
    }
  };
  for (func::FuncOp function : modules.module.getOps<func::FuncOp>())
    runAll(function, runCase);
  for (ProgramOp program : modules.module.getOps<ProgramOp>())
    runAll(program, runProgramCase);
  return success(allAgree);
}
