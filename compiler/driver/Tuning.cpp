//===- Tuning.cpp - kernels by what they really take ----------------------===//
//
// One line of the file is one kernel: what it computes as a digest, the level
// and class of numbers, and the seconds of each candidate. A candidate's time
// is the processor's, the shortest of each chunk, in turn with the others, so
// that whoever else is busy on the machine counts little.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Tuning.h"
#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/llvm/HostKernel.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/driver/Fallback.h"
#include "compiler/driver/InputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include <cmath>

using namespace mlir;
using namespace gan;

llvm::Expected<Tuning> Tuning::create(const PipelineOptions &options) {
  auto native = makeCpuTargets("native", options.targets.front().numerics);
  if (!native)
    return native.takeError();
  // Of the artefact's levels the highest that can run here; else this
  // machine's, which says as much about backends.
  CpuTarget found = native->front();
  for (const CpuTarget &target : options.targets)
    if (target.level <= native->front().level)
      found = target;
  return Tuning(options, found);
}

/// What a kernel computes, whatever it is called, and for whom.
static std::string digestOf(kernel::DefineOp define, const CpuTarget &target) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  define->print(stream, OpPrintingFlags().useLocalScope());
  std::string name = ("@" + define.getSymName()).str();
  text.erase(text.find(name), name.size());
  text += "/" + std::to_string(target.level) + "/" +
          std::to_string(static_cast<int>(target.numerics));
  llvm::SHA256 hash;
  hash.update(text);
  return llvm::toHex(hash.final(), /*LowerCase=*/true).substr(0, 24);
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

llvm::Error Tuning::read(StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  StringRef rest = (*buffer)->getBuffer();
  for (unsigned number = 1; !rest.empty(); ++number) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    auto wrong = [&](const Twine &expected) {
      return llvm::createStringError(path + ":" + Twine(number) +
                                     ": expected " + expected);
    };
    auto value = llvm::json::parse(line);
    if (!value) {
      llvm::consumeError(value.takeError());
      return wrong("one JSON object, as --tune writes them");
    }
    const llvm::json::Object *object = value->getAsObject();
    auto digest = object ? object->getString("kernel") : std::nullopt;
    const llvm::json::Array *list =
        object ? object->getArray("candidates") : nullptr;
    if (!digest || !list)
      return wrong("'kernel' and 'candidates'");
    Kernel kernel;
    kernel.name = object->getString("name").value_or("").str();
    kernel.place = (path + ":" + Twine(number)).str();
    for (const llvm::json::Value &item : *list) {
      const llvm::json::Object *one = item.getAsObject();
      auto backend = one ? one->getString("backend") : std::nullopt;
      auto variant = one ? one->getInteger("variant") : std::nullopt;
      auto seconds = one ? one->getNumber("seconds") : std::nullopt;
      if (!backend || !variant || *variant < 0 || !seconds || !(*seconds > 0))
        return wrong("'backend', 'variant' and positive 'seconds'");
      if (!llvm::is_contained(backendNames(), *backend))
        return wrong("the backend " + llvm::join(backendNames(), " or ") +
                     ", got '" + *backend + "'");
      double estimate = one->getNumber("estimate").value_or(0);
      kernel.candidates.push_back(
          {backend->str(), *variant, *seconds, estimate});
    }
    known[digest->str()] = std::move(kernel);
  }
  return llvm::Error::success();
}

void Tuning::write(llvm::raw_ostream &out) const {
  for (const auto &line : known) {
    llvm::json::OStream json(out);
    json.object([&] {
      json.attribute("kernel", line.first);
      json.attribute("name", line.second.name);
      json.attributeArray("candidates", [&] {
        for (const Candidate &candidate : line.second.candidates)
          json.object([&] {
            json.attribute("backend", candidate.backend);
            json.attribute("variant", candidate.variant);
            json.attribute("seconds", candidate.seconds);
            json.attribute("estimate", candidate.estimate);
          });
      });
    });
    out << "\n";
  }
}

//===----------------------------------------------------------------------===//
// Offers
//===----------------------------------------------------------------------===//

namespace {
/// Asks for a variant as long as it lives.
class VariantScope {
public:
  VariantScope(kernel::DefineOp define, const CpuTarget &target,
               int64_t variant)
      : define(define), name(variantName(target)) {
    if (variant > 0)
      define->setAttr(name,
                      Builder(define.getContext()).getI64IntegerAttr(variant));
  }
  ~VariantScope() { define->removeAttr(name); }

private:
  kernel::DefineOp define;
  std::string name;
};
} // namespace

void Tuning::judge(kernel::DefineOp define,
                   llvm::SmallVectorImpl<kernel::KernelOffer> &offers) {
  auto found = known.find(digestOf(define, target));
  if (found == known.end())
    return;
  StringRef place = found->second.place;
  used |= !place.empty();
  llvm::SmallVector<kernel::KernelOffer> judged;
  for (const Candidate &candidate : found->second.candidates) {
    auto backend = llvm::find_if(options.backends, [&](Backend *backend) {
      return backend->getName() == candidate.backend;
    });
    bool isOffered = llvm::any_of(offers, [&](const auto &offer) {
      return offer.backend == candidate.backend;
    });
    if (!isOffered)
      continue;
    int64_t variants = (*backend)->describe(define, target)->variants;
    if (candidate.variant >= variants) {
      if (problem.empty())
        problem =
            (place + ": expected a variant of kernel '" + define.getSymName() +
             "' by the " + candidate.backend + " backend from 0 to " +
             Twine(variants - 1) + ", got " + Twine(candidate.variant))
                .str();
      continue;
    }
    VariantScope scope(define, target, candidate.variant);
    auto offer = offerOf(**backend, define, options.targets);
    offer->cost = candidate.seconds;
    offer->variant = candidate.variant;
    offer->variantName = variantName(target);
    offer->isMeasured = true;
    judged.push_back(std::move(*offer));
  }
  if (!judged.empty())
    offers.assign(judged.begin(), judged.end());
}

llvm::Error Tuning::check() const {
  return problem.empty() ? llvm::Error::success()
                         : llvm::createStringError(problem);
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

/// Elements of a batched kernel's row.
static constexpr int64_t kRow = 1 << 16;

namespace {
/// Memory for all tensors of a kernel, and what a launch is given.
class KernelMemory {
public:
  explicit KernelMemory(kernel::DefineOp define) {
    for (Type type : define.getResultTypes())
      add(type);
    for (Type type : define.getArgumentTypes())
      add(type);
    if (!define.isBatched())
      return;
    size_t columns = define.getResultTypes().size() + *define.getColumns();
    rows.assign(buffers.begin(), buffers.begin() + columns);
    batch = {rows.data(), &chunk, columns};
    buffers.erase(buffers.begin(), buffers.begin() + columns);
    buffers.insert(buffers.begin(), &batch);
  }
  KernelMemory(const KernelMemory &) = delete;

  llvm::SmallVector<void *> buffers;

private:
  void add(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    int64_t count = tensor.hasStaticShape() ? tensor.getNumElements() : kRow;
    size_t width = std::max(tensor.getElementTypeBitWidth() / 8, 1u);
    memories.emplace_back(count * width + 128);
    auto *base = reinterpret_cast<char *>(
        llvm::alignTo(reinterpret_cast<uintptr_t>(memories.back().data()), 64));
    // Numbers around 1, of which none makes an exception; indices are 0.
    if (tensor.getElementType().isF32())
      for (int64_t i = 0; i < count; ++i)
        reinterpret_cast<float *>(base)[i] = 0.5f + (i * 7919 % 1024) / 1024.0f;
    buffers.push_back(base);
  }

  std::vector<std::vector<char>> memories;
  llvm::SmallVector<void *> rows;
  ganrt_batch_chunk chunk = {0, 0, 0, kRow};
  ganrt_batch batch = {};
};

/// A candidate that can run, and the shortest time of each of its chunks.
struct Runner {
  HostKernel kernel;
  std::vector<char> workspace;
  std::vector<double> shortest;

  explicit Runner(HostKernel &&made)
      : kernel(std::move(made)),
        workspace(kernel.description.workspaceBytes + 128),
        shortest(kernel.description.chunks, INFINITY) {}

  double estimate() const { return kernel.description.cost; }
  double seconds() const {
    double sum = 0;
    for (double time : shortest)
      sum += time;
    return sum;
  }
  void run(ArrayRef<void *> buffers);
};
} // namespace

void Runner::run(ArrayRef<void *> buffers) {
  auto *base = reinterpret_cast<void *>(
      llvm::alignTo(reinterpret_cast<uintptr_t>(workspace.data()), 64));
  kernel.time(buffers, base, shortest);
}

LogicalResult Tuning::measure(kernel::DefineOp define,
                              ArrayRef<kernel::KernelOffer> offers) {
  std::string digest = digestOf(define, target);
  if (known.count(digest))
    return success();
  Kernel kernel;
  kernel.name = define.getSymName().str();
  std::vector<Runner> runners;
  for (const kernel::KernelOffer &offer : offers) {
    Backend *backend = *llvm::find_if(options.backends, [&](Backend *one) {
      return one->getName() == offer.backend;
    });
    int64_t variants = backend->describe(define, target)->variants;
    if (offers.size() == 1 && variants == 1)
      return success();
    for (int64_t variant = 0; variant < variants; ++variant) {
      VariantScope scope(define, target, variant);
      HeldDiagnostics diagnostics(define.getContext());
      auto made = HostKernel::create(define, target, *backend);
      if (failed(made)) {
        if (offers.size() == 1)
          return diagnostics.release(), failure();
        std::string reason = diagnostics.str();
        diagnostics.drop();
        define.emitWarning()
            << "kernel '" << define.getSymName() << "' is not measured by the "
            << offer.backend << " backend: " << reason;
        break;
      }
      diagnostics.release();
      runners.emplace_back(std::move(*made));
      kernel.candidates.push_back(
          {offer.backend, variant, 0, runners.back().estimate()});
    }
  }
  if (runners.empty())
    return success();
  KernelMemory memory(define);
  // A quarter of a second, or three rounds of what takes longer.
  double start = threadSeconds();
  for (unsigned round = 0; round < 3 || threadSeconds() - start < 0.25; ++round)
    for (Runner &runner : runners)
      runner.run(memory.buffers);
  for (auto [candidate, runner] : llvm::zip_equal(kernel.candidates, runners))
    candidate.seconds = std::max(runner.seconds(), 1e-9);
  known[digest] = std::move(kernel);
  return success();
}
