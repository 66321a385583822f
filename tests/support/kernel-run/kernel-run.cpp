//===- kernel-run.cpp - run kernels of a backend against the interpreter --===//
//
// Reads `kernel.define` operations, makes inputs from a seed, compiles each
// kernel for the CPU levels of artefacts that this machine has, runs it, and
// compares the results with the float64 interpreter: as one chunk, as the
// chunks that the backend asks for, and as seven, which must all give the same
// bits, at every level. So must a result that lies where an argument did, if
// the plan may put it there. Arguments are also laid against pages that nobody
// may read: a kernel that reads outside of one crashes.
//
// With --device=vulkan (opencl, cuda:sm_90a, …) the kernels run on the first
// device of that kind instead, if the code can be run here: on cuda they are
// compiled only; "emulated" runs what would be made for cuda on the CPU.
// Nothing but results may have been written, and twice run gives the same bits.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/Numerics.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "mlir/Parser/Parser.h"
#include "tests/support/kernel-run/DeviceTest.h"
#include "tests/support/kernel-run/KernelNumbers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include <chrono>
#include <cmath>
#include <numeric>
#include <sys/mman.h>
#include <thread>

using namespace gan;
using gan::testing::KernelJit;
using gan::testing::KernelNumbers;
using gan::testing::Memory;
using gan::testing::Workspace;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace cl = llvm::cl;
static cl::opt<std::string> inputFile(cl::Positional, cl::init("-"));
static cl::opt<std::string> backendName("backend", cl::init("llvm"));
static cl::opt<std::string> level("level", cl::init("all"),
                                  cl::desc("a list as of ganc's -march"));
static cl::opt<std::string> numerics("numerics", cl::init("exact"));
static cl::opt<unsigned> seed("seed", cl::init(1));
static cl::opt<bool> dumpLLVM("dump-llvm");
static cl::opt<bool> dumpObject("dump-object",
                                cl::desc("object file on stdout"));
static cl::opt<std::string> device("device",
                                   cl::desc("run on a device of this kind"));
static cl::opt<bool> dumpCode("dump-code",
                              cl::desc("PTX, or SPIR-V on stdout"));
static cl::opt<unsigned>
    repeat("time", cl::init(0),
           cl::desc("measure that many runs, on one thread and on two"));
static cl::opt<bool> unchecked("unchecked", cl::desc("do not compare"));

namespace {
class KernelTest {
public:
  KernelTest(kernel::DefineOp kernel, ArrayRef<CpuTarget> targets,
             Backend &backend)
      : kernel(kernel), targets(targets), backend(backend),
        numbers(unsigned(seed)) {}
  bool run();

private:
  bool compile(const CpuTarget &target);
  void runFenced(ArrayRef<void *> buffers, ArrayRef<Memory *> arguments);
  bool runRows();
  bool sameBits(size_t number, const Memory &memory,
                const std::vector<char> &first, const llvm::Twine &what);
  /// Pointers to a result of every row, and the memory they point to.
  using Places = SmallVector<std::pair<void **, Memory *>>;
  bool runInPlace(
      llvm::function_ref<Places(unsigned result)> placesOf,
      llvm::function_ref<SmallVector<Memory *>(unsigned argument)> argumentsOf,
      llvm::function_ref<void()> run);
  void measure(ArrayRef<void *> buffers);

  kernel::DefineOp kernel;
  ArrayRef<CpuTarget> targets;
  Backend &backend;
  KernelNumbers numbers;
  // Of the level that was compiled last.
  KernelDescription description;
  std::unique_ptr<KernelJit> jit;
};
} // namespace

bool KernelTest::compile(const CpuTarget &target) {
  llvm::FailureOr<KernelJit> made = KernelJit::create(kernel, target, backend);
  if (failed(made))
    return false;
  jit = std::make_unique<KernelJit>(std::move(*made));
  description = jit->description;
  if (dumpLLVM)
    llvm::outs() << jit->llvmText;
  if (dumpObject)
    llvm::outs() << llvm::StringRef(jit->object.data(), jit->object.size());
  llvm::outs() << llvm::format(
      " v%u chunks %lld workspace %lld flop %.3g cost %.3g ms\n", target.level,
      (long long)description.chunks, (long long)description.workspaceBytes,
      description.flop, description.cost * 1e3);
  return true;
}

/// The shortest time of every chunk, added up: what one undisturbed thread
/// would take. And the shortest wall time of two threads.
void KernelTest::measure(ArrayRef<void *> buffers) {
  using Clock = std::chrono::steady_clock;
  auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  unsigned chunks = description.chunks;
  Workspace workspaces[2] = {Workspace(description.workspaceBytes),
                             Workspace(description.workspaceBytes)};
  auto run = [&](unsigned chunk, unsigned thread) {
    jit->runChunk(buffers, {chunk, chunks, workspaces[thread].base()});
  };
  std::vector<double> shortest(chunks, INFINITY);
  double together = INFINITY;
  for (unsigned i = 0; i < repeat; ++i) {
    jit->time(buffers, workspaces[0].base(), shortest);
    auto start = Clock::now();
    std::atomic<unsigned> next{0};
    auto work = [&](unsigned thread) {
      for (unsigned chunk = next++; chunk < chunks; chunk = next++)
        run(chunk, thread);
    };
    std::thread other(work, 1);
    work(0);
    other.join();
    together = std::min(together, since(start));
  }
  double alone = std::accumulate(shortest.begin(), shortest.end(), 0.0);
  for (auto [threads, seconds] : {std::pair(1, alone), std::pair(2, together)})
    llvm::outs() << llvm::format(
        "  %d thread%s %10.4f ms  %7.1f GFLOP/s  %6.1f GB/s\n", threads,
        threads == 1 ? " " : "s", seconds * 1e3,
        description.flop / seconds * 1e-9, description.bytes / seconds * 1e-9);
}

/// Where the plan may put a result over an argument, the bits are the same
/// there.
bool KernelTest::runInPlace(
    llvm::function_ref<Places(unsigned)> placesOf,
    llvm::function_ref<SmallVector<Memory *>(unsigned)> argumentsOf,
    llvm::function_ref<void()> run) {
  bool fine = true;
  unsigned count = kernel.isBatched() ? *kernel.getColumns()
                                      : kernel.getArgumentTypes().size();
  for (unsigned result = 0; result < kernel.getResultTypes().size(); ++result)
    for (unsigned argument = 0; argument < count; ++argument) {
      if (!kernel::mayOverwrite(kernel, result, argument))
        continue;
      Places places = placesOf(result);
      SmallVector<Memory *> arguments = argumentsOf(argument);
      SmallVector<std::vector<char>> saved;
      for (auto [place, memory] : llvm::zip_equal(places, arguments)) {
        saved.push_back(memory->bytes);
        *place.first = memory->base;
      }
      run();
      for (auto [place, memory, bytes] :
           llvm::zip_equal(places, arguments, saved)) {
        if (memcmp(memory->base, place.second->base, memory->size()) != 0) {
          llvm::outs() << "  result " << result << " over argument " << argument
                       << ": other bits\n";
          fine = false;
        }
        memory->bytes = bytes;
        *place.first = place.second->base;
      }
    }
  return fine;
}

/// Rows of several lengths in one launch of a batched kernel.
bool KernelTest::runRows() {
  const int64_t lengths[] = {1, 15, 16, 17, 100, 3};
  size_t columns = *kernel.getColumns();
  size_t resultCount = kernel.getResultTypes().size();
  std::vector<std::unique_ptr<Memory>> memories;
  SmallVector<Memory *> shared;
  auto make = [&](mlir::Type type, int64_t length) {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    if (!tensor.hasStaticShape())
      tensor = tensor.clone(ArrayRef<int64_t>{length});
    memories.push_back(std::make_unique<Memory>(
        tensor, llvm::to_vector(llvm::seq<int64_t>(0, tensor.getRank()))));
    return memories.back().get();
  };
  for (size_t i = columns; i < kernel.getArgumentTypes().size(); ++i) {
    shared.push_back(make(kernel.getArgumentTypes()[i], 0));
    numbers.fill(kernel, i, *shared.back());
  }
  std::vector<void *> pointers;
  std::vector<ganrt_batch_chunk> chunks;
  std::vector<SmallVector<Memory *>> arguments, results;
  for (auto [row, length] : llvm::enumerate(lengths)) {
    auto &ownResults = results.emplace_back();
    auto &own = arguments.emplace_back();
    for (mlir::Type type : kernel.getResultTypes())
      ownResults.push_back(make(type, length));
    for (size_t i = 0; i < columns; ++i) {
      own.push_back(make(kernel.getArgumentTypes()[i], length));
      numbers.fill(kernel, i, *own.back());
    }
    for (Memory *memory : ownResults)
      pointers.push_back(memory->base);
    for (Memory *memory : own)
      pointers.push_back(memory->base);
    own.append(shared);
    for (int64_t begin = 0; begin < length; begin += 33)
      chunks.push_back({uint32_t(row), 0, uint64_t(begin),
                        uint64_t(std::min(begin + 33, length))});
  }
  ganrt_batch batch{pointers.data(), chunks.data(), columns + resultCount};
  SmallVector<void *> buffers{&batch};
  for (Memory *memory : shared)
    buffers.push_back(memory->base);
  bool fine = true;
  std::vector<std::vector<char>> first;
  for (const CpuTarget &target : targets) {
    if (!compile(target))
      return false;
    jit->launch(buffers, chunks.size());
    size_t number = 0;
    for (auto &row : results)
      for (Memory *memory : row) {
        if (first.size() == number)
          first.push_back(memory->bytes);
        fine &= sameBits(number, *memory, first[number], "this level");
        ++number;
      }
  }
  // One row at a time, with its length written into the types: the interpreter
  // takes shapes from there.
  for (size_t row = 0; row < arguments.size(); ++row) {
    auto isolated = kernel::cloneForRows(kernel, lengths[row]);
    std::swap(kernel, isolated);
    fine &= gan::testing::agreesWithInterpreter(kernel, arguments[row],
                                                results[row], repeat);
    std::swap(kernel, isolated);
    isolated->destroy();
  }
  size_t stride = columns + resultCount;
  fine &= runInPlace(
      [&](unsigned result) {
        Places places;
        for (size_t row = 0; row < results.size(); ++row)
          places.push_back(
              {&pointers[row * stride + result], results[row][result]});
        return places;
      },
      [&](unsigned argument) {
        return llvm::map_to_vector(arguments,
                                   [&](auto &own) { return own[argument]; });
      },
      [&] { jit->launch(buffers, chunks.size()); });
  return fine;
}

bool KernelTest::sameBits(size_t number, const Memory &memory,
                          const std::vector<char> &first,
                          const llvm::Twine &what) {
  if (memory.bytes == first)
    return true;
  llvm::outs() << "  result " << number << ": " << what
               << " gives other bits than one chunk at the lowest level\n";
  return false;
}

namespace {
/// A copy of a tensor directly behind or before a page that nobody may read.
/// The rest of its last line of 64 bytes belongs to it, as in a plan.
class FencedCopy {
public:
  FencedCopy(const Memory &memory, bool atEnd) {
    constexpr size_t page = 4096;
    size_t size = llvm::alignTo(memory.size(), 64);
    size_t inside = llvm::alignTo(size, page);
    bytes = inside + 2 * page;
    whole = static_cast<char *>(
        mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(whole + page, inside, PROT_READ | PROT_WRITE);
    base = whole + page + (atEnd ? inside - size : 0);
    std::copy_n(memory.base, memory.size(), base);
  }
  FencedCopy(const FencedCopy &) = delete;
  ~FencedCopy() { munmap(whole, bytes); }

  char *base;

private:
  char *whole;
  size_t bytes;
};
} // namespace

void KernelTest::runFenced(ArrayRef<void *> buffers,
                           ArrayRef<Memory *> arguments) {
  for (bool atEnd : {false, true}) {
    std::vector<std::unique_ptr<FencedCopy>> copies;
    SmallVector<void *> own(buffers.drop_back(arguments.size()));
    for (const Memory *argument : arguments) {
      copies.push_back(std::make_unique<FencedCopy>(*argument, atEnd));
      own.push_back(copies.back()->base);
    }
    jit->launch(own, description.chunks);
  }
}

bool KernelTest::run() {
  llvm::outs() << kernel.getSymName() << ":";
  if (kernel.isBatched())
    return runRows();
  std::vector<std::unique_ptr<Memory>> memories;
  SmallVector<Memory *> arguments, results;
  SmallVector<void *> buffers;
  auto make = [&](mlir::Type type, ArrayRef<int64_t> layout) {
    memories.push_back(std::make_unique<Memory>(
        llvm::cast<mlir::RankedTensorType>(type), layout));
    buffers.push_back(memories.back()->base);
    return memories.back().get();
  };
  for (auto [i, type] : llvm::enumerate(kernel.getResultTypes()))
    results.push_back(make(type, kernel.getResultLayout(i)));
  for (auto [i, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    arguments.push_back(make(type, kernel.getArgumentLayout(i)));
    numbers.fill(kernel, i, *arguments.back());
  }
  bool fine = true;
  std::vector<std::vector<char>> first;
  for (const CpuTarget &target : targets) {
    if (!compile(target))
      return false;
    if (repeat)
      measure(buffers);
    runFenced(buffers, arguments);
    for (unsigned chunks : {1u, unsigned(description.chunks), 7u}) {
      for (Memory *memory : results)
        std::fill(memory->bytes.begin(), memory->bytes.end(), Memory::guard);
      jit->launch(buffers, chunks);
      for (auto [i, memory] : llvm::enumerate(results)) {
        if (first.size() == i)
          first.push_back(memory->bytes);
        fine &= sameBits(i, *memory, first[i],
                         "with " + llvm::Twine(chunks) + " chunks, v" +
                             llvm::Twine(target.level));
      }
    }
  }
  for (Memory *memory : results)
    if (!memory->guardsHold()) {
      llvm::outs() << "  wrote outside a result\n";
      fine = false;
    }
  if (!unchecked)
    fine &=
        gan::testing::agreesWithInterpreter(kernel, arguments, results, repeat);
  fine &= runInPlace(
      [&](unsigned result) {
        return Places{{&buffers[result], results[result]}};
      },
      [&](unsigned argument) {
        return SmallVector<Memory *>{arguments[argument]};
      },
      [&] { jit->launch(buffers, description.chunks); });
  return fine;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv,
                              "runs kernels against the interpreter\n");
  mlir::DialectRegistry registry;
  registry.insert<GanDialect, kernel::KernelDialect>();
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects();
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(inputFile, &context);
  if (!module)
    return 2;
  llvm::ExitOnError orDie("kernel-run: ");
  auto kind = findNumerics(numerics);
  if (!kind) {
    llvm::errs() << "kernel-run: there is no class '" << numerics << "'\n";
    return 2;
  }
  CpuTargets targets = orDie(makeCpuTargets(level, *kind));
  std::unique_ptr<Backend> backend = createBackend(backendName);
  if (!backend) {
    llvm::errs() << "kernel-run: expected --backend="
                 << llvm::join(backendNames(), " or ") << ", got '"
                 << backendName << "'\n";
    return 2;
  }
  if (!device.empty())
    return gan::testing::runOnDevice(*module, *backend, device, *kind, seed,
                                     dumpCode);
  int failures = 0;
  module->walk([&](kernel::DefineOp kernel) {
    bool fine = KernelTest(kernel, targets, *backend).run();
    llvm::outs() << (fine ? "  same\n" : "  DIFFERENT\n");
    failures += !fine;
  });
  return failures != 0;
}
