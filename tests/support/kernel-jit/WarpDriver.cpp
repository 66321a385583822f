//===- WarpDriver.cpp - CUDA's threads on the CPU -------------------------===//
//
//  1. Every thread of a group has a stack of its own and runs until it waits:
//     at a barrier, or in a product of matrix units for the rest of its warp.
//  2. When no thread can go on, warps whose 32 threads are all in a product get
//     its sums; else a barrier opens, if all threads that have not ended are at
//     it. Otherwise threads went ways that CUDA does not define: an error.
//
// Threads run in order, so one that reads what a later one should have written
// before, or writes what a later one has yet to read, is seen by its numbers.
//
//===----------------------------------------------------------------------===//

#include "tests/support/kernel-jit/WarpDriver.h"
#include "ganrt/status.h"
#include "tests/support/kernel-jit/WarpCode.h"
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <ucontext.h>

using namespace gan::testing;

constexpr unsigned kWarpThreads = 32;

namespace {
enum class State { Ready, AtBarrier, InProduct, Ended };

struct Thread {
  jmp_buf place; // where it goes on
  State state;
  // Of a product.
  bool isBf16;
  const uint32_t *factors;
  float *sums;
};

/// All threads of the group that runs.
class Group {
public:
  Group(unsigned size, WarpCode::Entry entry, void *const *places);

  /// Null, or what went wrong.
  const char *run(const uint32_t *number);

  static Group *current;
  Thread &running() { return threads[runningNumber]; }
  /// Lets the others go on until this one's state is Ready again. Without the
  /// calls of the system that swapcontext makes.
  void wait(State state) {
    running().state = state;
    if (!_setjmp(running().place))
      _longjmp(scheduler, 1);
  }

  WarpCode::Entry entry;
  void *const *places;
  const uint32_t *number;
  uint32_t runningNumber;

private:
  static constexpr size_t kStack = 64 << 10;
  void resume();
  const char *release();

  std::vector<Thread> threads;
  std::vector<char> stacks;
  jmp_buf scheduler;
  ucontext_t maker; // of the threads' stacks
};
} // namespace

Group *Group::current;

/// A thread's life: the groups of a launch, one after the other.
static void runThread() {
  Group &group = *Group::current;
  while (true) {
    group.wait(State::Ended);
    group.entry(group.places);
  }
}

Group::Group(unsigned size, WarpCode::Entry entry, void *const *places)
    : entry(entry), places(places), threads(size), stacks(size * kStack) {
  current = this;
  for (runningNumber = 0; runningNumber < size; ++runningNumber) {
    getcontext(&maker);
    maker.uc_stack.ss_sp = &stacks[runningNumber * kStack];
    maker.uc_stack.ss_size = kStack;
    makecontext(&maker, runThread, 0);
    if (!_setjmp(scheduler))
      setcontext(&maker);
  }
}

/// Until it waits.
void Group::resume() {
  if (!_setjmp(scheduler))
    _longjmp(running().place, 1);
}

//===----------------------------------------------------------------------===//
// Matrix units, as the PTX ISA documents mma.m16n8k8 and mma.m16n8k16
//===----------------------------------------------------------------------===//

static float toFloat(uint32_t bits) {
  float number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

/// Element `i` of the operand that a thread holds in these words.
static float factorAt(const Thread &thread, unsigned firstWord, unsigned i) {
  const uint32_t *words = thread.factors + firstWord;
  if (thread.isBf16)
    return toFloat(i % 2 ? words[i / 2] & 0xffff0000 : words[i / 2] << 16);
  return toFloat(words[i]);
}

/// What is below the mantissa of TF32 has no documented meaning.
static bool isTf32(float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  return std::isnan(number) || (bits & 0x1fff) == 0;
}

static const char *multiply(Thread *warp) {
  bool isBf16 = warp[0].isBf16;
  const unsigned depth = isBf16 ? 16 : 8;
  float a[16][16], b[16][8];
  for (unsigned lane = 0; lane < kWarpThreads; ++lane) {
    const Thread &thread = warp[lane];
    unsigned groupId = lane >> 2, inGroup = lane % 4;
    for (unsigned i = 0; i < (isBf16 ? 8u : 4u); ++i) {
      unsigned row, column;
      if (isBf16) {
        row = (i < 2 || (4 <= i && i < 6)) ? groupId : groupId + 8;
        column = inGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0);
      } else {
        row = i == 0 || i == 2 ? groupId : groupId + 8;
        column = i < 2 ? inGroup : inGroup + 4;
      }
      a[row][column] = factorAt(thread, 0, i);
    }
    for (unsigned i = 0; i < (isBf16 ? 4u : 2u); ++i) {
      unsigned row =
          isBf16 ? inGroup * 2 + (i & 1) + (i >= 2 ? 8 : 0) : inGroup + 4 * i;
      b[row][groupId] = factorAt(thread, 4, i);
    }
  }
  if (!isBf16)
    for (unsigned k = 0; k < depth; ++k)
      for (unsigned i = 0; i < 16; ++i)
        if (!isTf32(a[i][k]) || !isTf32(b[k][i % 8]))
          return "a factor is not rounded to TF32";
  for (unsigned lane = 0; lane < kWarpThreads; ++lane)
    for (unsigned i = 0; i < 4; ++i) {
      unsigned row = (lane >> 2) + (i < 2 ? 0 : 8),
               column = (lane % 4) * 2 + (i & 1);
      double sum = warp[lane].sums[i];
      for (unsigned k = 0; k < depth; ++k)
        sum += double(a[row][k]) * b[k][column];
      warp[lane].sums[i] = float(sum);
    }
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// Lets threads go on that have waited for each other.
const char *Group::release() {
  bool isReleased = false;
  for (size_t first = 0; first + kWarpThreads <= threads.size();
       first += kWarpThreads) {
    Thread *warp = &threads[first];
    auto isInProduct = [&](const Thread &thread) {
      return thread.state == State::InProduct &&
             thread.isBf16 == warp[0].isBf16;
    };
    if (!std::all_of(warp, warp + kWarpThreads, isInProduct))
      continue;
    if (const char *problem = multiply(warp))
      return problem;
    for (unsigned lane = 0; lane < kWarpThreads; ++lane)
      warp[lane].state = State::Ready;
    isReleased = true;
  }
  if (isReleased)
    return nullptr;
  for (Thread &thread : threads) {
    if (thread.state == State::InProduct)
      return "threads of a warp are not in one product";
    if (thread.state == State::Ended)
      return "some threads wait at a barrier that others never reach";
    thread.state = State::Ready;
  }
  return nullptr;
}

const char *Group::run(const uint32_t *number) {
  this->number = number;
  for (Thread &thread : threads)
    thread.state = State::Ready;
  while (true) {
    for (runningNumber = 0; runningNumber < threads.size(); ++runningNumber)
      if (running().state == State::Ready)
        resume();
    if (llvm::all_of(threads, [](const Thread &thread) {
          return thread.state == State::Ended;
        }))
      return nullptr;
    if (const char *problem = release())
      return problem;
  }
}

static const WarpHooks kHooks = {
    [] { return Group::current->runningNumber; },
    [](uint32_t axis) { return Group::current->number[axis]; },
    [] { Group::current->wait(State::AtBarrier); },
    [](uint32_t isBf16, const uint32_t *factors, float *sums) {
      Thread &thread = Group::current->running();
      thread.isBf16 = isBf16;
      thread.factors = factors;
      thread.sums = sums;
      Group::current->wait(State::InProduct);
    },
};

//===----------------------------------------------------------------------===//
// The driver
//===----------------------------------------------------------------------===//

namespace {
struct Device {
  struct Free {
    void operator()(char *block) const { free(block); }
  };
  std::vector<std::unique_ptr<char, Free>> blocks;
  std::vector<std::unique_ptr<WarpCode>> codes;

  char *at(ganrt_region region) const {
    return blocks[region.block].get() + region.offset;
  }
};
} // namespace

static Device &deviceOf(void *device) { return *static_cast<Device *>(device); }

static ganrt_status_t openDevice(uint32_t, void **device) {
  *device = new Device;
  return GANRT_STATUS_OK;
}

static void closeDevice(void *device) { delete &deviceOf(device); }

static ganrt_status_t allocate(void *device, uint64_t bytes, uint32_t *block) {
  auto &blocks = deviceOf(device).blocks;
  *block = blocks.size();
  bytes = llvm::alignTo(bytes, GANRT_DEVICE_ALIGNMENT);
  auto *memory =
      static_cast<char *>(aligned_alloc(GANRT_DEVICE_ALIGNMENT, bytes));
  memset(memory, 0, bytes);
  blocks.emplace_back(memory);
  return GANRT_STATUS_OK;
}

static ganrt_status_t load(void *device, const ganrt_device_blob *blob,
                           const char *const *entries, uint32_t count,
                           uint32_t *code) {
  auto made = WarpCode::create(
      llvm::StringRef(reinterpret_cast<const char *>(blob->bytes), blob->size),
      llvm::ArrayRef(entries, count), kHooks);
  if (!made)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT, "%s",
                             llvm::toString(made.takeError()).c_str());
  auto &codes = deviceOf(device).codes;
  *code = codes.size();
  codes.push_back(std::move(*made));
  return GANRT_STATUS_OK;
}

static ganrt_status_t launch(void *device, uint32_t code,
                             const ganrt_launch_row *row,
                             const ganrt_region *arguments) {
  const Device &own = deviceOf(device);
  std::vector<void *> places;
  for (uint32_t i = 0; i < row->argument_count; ++i)
    places.push_back(own.at(arguments[i]));
  Group group(row->group[0], own.codes[code]->getEntry(row->entry),
              places.data());
  uint32_t number[3];
  for (number[2] = 0; number[2] < row->grid[2]; ++number[2])
    for (number[1] = 0; number[1] < row->grid[1]; ++number[1])
      for (number[0] = 0; number[0] < row->grid[0]; ++number[0]) {
        own.codes[code]->spoilShared();
        if (const char *problem = group.run(number))
          return ganrt_status_make(GANRT_INTERNAL, "%s: %s", row->entry,
                                   problem);
      }
  return GANRT_STATUS_OK;
}

static ganrt_status_t writeRegion(void *device, ganrt_region to,
                                  const void *from) {
  memcpy(deviceOf(device).at(to), from, to.bytes);
  return GANRT_STATUS_OK;
}

static ganrt_status_t readRegion(void *device, ganrt_region from, void *to) {
  memcpy(to, deviceOf(device).at(from), from.bytes);
  return GANRT_STATUS_OK;
}

const ganrt_driver gan::testing::warpDriver = {
    "emulated",         "CUDA on this CPU",
    /*list=*/nullptr,   openDevice,         closeDevice,
    /*limits=*/nullptr, allocate,           load,        launch,
    writeRegion,        readRegion,
    /*copy=*/nullptr,
    /*finish=*/nullptr,
};
