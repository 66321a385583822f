//===- KernelChecks.cpp - kernels of a program against the interpreter ----===//

#include "tests/support/kernel-jit/KernelChecks.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using reference::Results;
using reference::Tensor;

KernelChecks::KernelChecks(ModuleOp module, const CpuTarget &target,
                           llvm::ArrayRef<std::unique_ptr<Backend>> backends,
                           double tolerance)
    : counts(backends.size()), module(module), target(target),
      tolerance(tolerance), backends(backends) {}

FailureOr<llvm::ArrayRef<KernelJit>>
KernelChecks::compiled(kernel::DefineOp kernel) {
  auto [found, isNew] = kernels.try_emplace(kernel);
  for (const std::unique_ptr<Backend> &backend : backends) {
    if (!isNew || !backend->describe(kernel, target))
      continue;
    FailureOr<KernelJit> made = KernelJit::create(kernel, target, *backend);
    if (failed(made))
      return failure();
    found->second.push_back(std::move(*made));
  }
  if (found->second.empty())
    return kernel.emitError("no backend has code for it");
  return llvm::ArrayRef(found->second);
}

/// Appends what a region gives.
LogicalResult KernelChecks::interpret(Region &region,
                                      reference::Operands operands,
                                      bool takesGiven, Results &results) {
  reference::Host host;
  if (takesGiven)
    host.givenDraw = givenDraw;
  SmallVector<Tensor> arguments;
  for (const Tensor *operand : operands)
    arguments.push_back(*operand);
  auto computed = reference::Interpreter(host).runRegion(region, arguments);
  if (failed(computed))
    return failure();
  llvm::append_range(results, *computed);
  return success();
}

/// The operands as a kernel gets them: floats are f32.
static SmallVector<Tensor> rounded(reference::Operands operands,
                                   TypeRange types) {
  SmallVector<Tensor> results;
  for (auto [operand, type] : llvm::zip_equal(operands, types)) {
    results.push_back(*operand);
    if (cast<RankedTensorType>(type).getElementType().isF32())
      for (double &value : results.back().values)
        value = static_cast<float>(value);
  }
  return results;
}

static double norm(llvm::ArrayRef<double> values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return std::sqrt(sum);
}

LogicalResult KernelChecks::compare(Operation *op, StringRef kernel,
                                    const KernelJit &jit, const Results &got,
                                    const Results &want,
                                    llvm::function_ref<Results()> near) {
  unsigned &count =
      counts[llvm::find_if(backends,
                           [&](const auto &backend) {
                             return backend->getName() == jit.backend;
                           }) -
             backends.begin()];
  for (auto [index, pair] : llvm::enumerate(llvm::zip_equal(got, want))) {
    auto &[g, w] = pair;
    std::vector<double> difference(w.size());
    for (int64_t i = 0; i < w.size(); ++i)
      difference[i] = g.values[i] - w.values[i];
    double error = norm(difference), scale = norm(w.values);
    ++count;
    worst = std::fmax(worst, scale ? error / scale : error);
    double bound = tolerance * scale + rounding;
    if (error > bound && conditioning > 0) {
      Results other = near();
      for (int64_t i = 0; i < w.size(); ++i)
        difference[i] = other[index].values[i] - w.values[i];
      bound += conditioning * norm(difference);
    }
    // Written so that NaN is refused.
    if (!(error <= bound)) {
      std::string text;
      llvm::raw_string_ostream(text)
          << llvm::format("a difference of %.3g in a result of %.3g by\n",
                          error, scale)
          << *module.lookupSymbol(kernel);
      return op->emitError()
             << "kernel '" << kernel << "', result " << index << ": the "
             << jit.backend << " backend's code gives " << text;
    }
  }
  return success();
}

FailureOr<Results> KernelChecks::run(Operation *op,
                                     reference::Operands operands) {
  if (isa<kernel::CopyOp>(op))
    return Results{*operands[0]};
  auto call = dyn_cast<kernel::CallOp>(op);
  auto batch = dyn_cast<kernel::BatchOp>(op);
  if (!call && !batch)
    return op->emitOpError() << "is no call of a kernel";
  auto callee = module.lookupSymbol<kernel::DefineOp>(
      call ? call.getCalleeAttr() : batch.getCalleeAttr());
  auto compiledKernels = compiled(callee);
  if (failed(compiledKernels))
    return failure();
  SmallVector<Tensor> given = rounded(operands, op->getOperandTypes());
  SmallVector<const Tensor *> pointers;
  for (Tensor &tensor : given)
    pointers.push_back(&tensor);

  // What goes on is exact; what is compared started from the same f32 numbers.
  Results exact, want;
  if (call) {
    if (failed(interpret(callee.getBody(), operands, true, exact)) ||
        failed(interpret(callee.getBody(), pointers, false, want)))
      return failure();
  } else {
    size_t columns = *callee.getColumns();
    size_t shared = batch.getShared().size();
    size_t count = callee.getResultTypes().size();
    for (size_t row = 0; row * count < batch.getNumResults(); ++row) {
      auto type =
          cast<RankedTensorType>(batch.getResult(row * count).getType());
      kernel::DefineOp copy =
          kernel::cloneForRows(callee, type.getNumElements());
      for (auto [source, target] :
           {std::pair(operands, &exact),
            std::pair(reference::Operands(pointers), &want)}) {
        SmallVector<Tensor> flat;
        for (const Tensor *tensor : source.slice(row * columns, columns))
          flat.push_back(Tensor({tensor->size()}, tensor->values));
        SmallVector<const Tensor *> arguments;
        for (Tensor &tensor : flat)
          arguments.push_back(&tensor);
        llvm::append_range(arguments, source.take_back(shared));
        size_t before = target->size();
        if (failed(interpret(copy.getBody(), arguments, target == &exact,
                             *target)))
          return copy->destroy(), failure();
        for (size_t i = before; i < target->size(); ++i)
          (*target)[i].shape = reference::Shape(
              cast<RankedTensorType>(op->getResult(i).getType()).getShape());
      }
      copy->destroy();
    }
  }
  auto near = [&] {
    SmallVector<Tensor> moved = given;
    for (auto [number, operand] : llvm::enumerate(moved))
      if (cast<RankedTensorType>(op->getOperand(number).getType())
              .getElementType()
              .isF32())
        for (auto [i, value] : llvm::enumerate(operand.values))
          value *= 1 + (i * 7 % 5 < 2 ? 6e-8 : -6e-8);
    SmallVector<const Tensor *> others;
    for (Tensor &tensor : moved)
      others.push_back(&tensor);
    Results results;
    return call && succeeded(
                       interpret(callee.getBody(), others, false, results))
               ? results
               : want;
  };
  for (const KernelJit &jit : *compiledKernels)
    if (failed(compare(op, callee.getSymName(), jit,
                       call ? jit.call(callee, pointers)
                            : jit.callBatch(callee, batch, pointers),
                       want, near)))
      return failure();
  return exact;
}
