//===- cuda_queue_test.cc - rows of commands that become graphs -----------===//
//
// On the library of stand_in_cuda.c, which counts the graphs it is given.
//
//===----------------------------------------------------------------------===//
#include "runtime/src/devices/cuda_queue.h"
#include "tests/runtime/devices/driver_conformance.h"

#include <dlfcn.h>

namespace {
constexpr char kCode[] = ".version 7.1\n.entry advance(\n";
constexpr unsigned kThreads = 7;

// A sum of 7 numbers on the device, and 7 numbers that are added to it.
class CudaQueue : public testing::Test {
protected:
  void SetUp() override {
    library = dlopen(STAND_IN, RTLD_NOW);
    ASSERT_NE(library, nullptr) << dlerror();
    setenv("GANRT_CUDA_LIBRARY", STAND_IN, 1);
    *counter("stand_in_graphs") = *counter("stand_in_graph_launches") = 0;
    ASSERT_DONE(ganrt_cuda.open(0, &device));
    ASSERT_DONE(ganrt_cuda.allocate(device, 512, &block));
    ganrt_device_blob blob = {reinterpret_cast<const uint8_t *>(kCode),
                              sizeof kCode - 1};
    const char *entries[] = {"advance"};
    ASSERT_DONE(ganrt_cuda.load(device, &blob, entries, 1, &code));
  }
  void TearDown() override { ganrt_cuda.close(device); }

  unsigned *counter(const char *name) {
    return static_cast<unsigned *>(dlsym(library, name));
  }
  unsigned graphs() { return *counter("stand_in_graphs"); }
  unsigned launches() { return *counter("stand_in_graph_launches"); }

  // Writes `first` ... to the second region, and adds it to the first
  // `additions` times.
  void step(uint32_t first, int additions) {
    uint32_t numbers[kThreads];
    for (unsigned i = 0; i < kThreads; ++i)
      numbers[i] = first + i;
    EXPECT_DONE(
        ganrt_cuda.write(device, {block, 256, sizeof numbers}, numbers));
    ganrt_launch_row row = {};
    row.entry = "advance";
    row.grid[0] = row.grid[1] = row.grid[2] = 1;
    row.group[0] = kThreads;
    row.group[1] = row.group[2] = 1;
    uint32_t arguments[] = {0, 1};
    row.argument_count = 2;
    row.arguments = arguments;
    ganrt_region regions[] = {{block, 0, 28}, {block, 256, 28}};
    for (int i = 0; i < additions; ++i)
      EXPECT_DONE(ganrt_cuda.launch(device, code, &row, regions));
  }
  uint32_t lastSum() {
    uint32_t sums[kThreads];
    EXPECT_DONE(ganrt_cuda.read(device, {block, 0, sizeof sums}, sums));
    return sums[kThreads - 1];
  }

  void *library = nullptr, *device = nullptr;
  uint32_t block = 0, code = 0;
};
} // namespace

TEST_F(CudaQueue, CapturesWhatComesTwice) {
  uint32_t expected = 0;
  for (uint32_t time = 0; time < 5; ++time) {
    step(10 * time, 20);
    expected += 20 * (10 * time + kThreads - 1);
    EXPECT_EQ(lastSum(), expected) << time;
  }
  EXPECT_EQ(graphs(), 1u);
  EXPECT_EQ(launches(), 4u);
}

TEST_F(CudaQueue, KeepsGraphsOfDifferentSteps) {
  uint32_t expected = 0;
  for (uint32_t time = 0; time < 12; ++time) {
    int additions = time % 3 == 2 ? 40 : 20;
    step(time, additions);
    expected += additions * (time + kThreads - 1);
    EXPECT_EQ(lastSum(), expected) << time;
  }
  EXPECT_EQ(graphs(), 2u);
  EXPECT_EQ(launches(), 10u);
}

TEST_F(CudaQueue, ForgetsTheOldest) {
  uint32_t expected = 0;
  for (int round = 0; round < 2; ++round)
    for (int more = 0; more <= GANRT_CUDA_GRAPHS; ++more) {
      step(1, GANRT_CUDA_GRAPH_LEAST + more);
      expected += (GANRT_CUDA_GRAPH_LEAST + more) * kThreads;
      EXPECT_EQ(lastSum(), expected);
    }
  // Each was gone when it came again.
  EXPECT_EQ(graphs(), 0u);
}

TEST_F(CudaQueue, LaunchesFewCommandsAsTheyAre) {
  for (int time = 0; time < 3; ++time) {
    step(1, GANRT_CUDA_GRAPH_LEAST - 2);
    EXPECT_EQ(lastSum(),
              uint32_t((time + 1) * (GANRT_CUDA_GRAPH_LEAST - 2)) * kThreads);
  }
  EXPECT_EQ(graphs(), 0u);
}

TEST_F(CudaQueue, DropsWhatNobodyWaitsFor) { step(1, 20); }
