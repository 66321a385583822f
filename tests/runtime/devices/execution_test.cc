//===- execution_test.cc - a program's memory and calls on a device -------===//
#include "runtime/src/devices/execution.h"

#include "tests/runtime/device_sample.h"
#include "tests/runtime/devices/fake_driver.h"

#include <gtest/gtest.h>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

// Places of the sample game by number.
enum { Z = 1, KEY = 2, Z0 = 3, RATE = 5, W = 6, V = 8, MEAN = 10 };

class Execution : public testing::Test {
protected:
  void SetUp() override {
    FakeDevice::failing.clear();
    FakeDevice::limits = {"a fake",  1 << 20,   256, 64,
                          {9, 9, 9}, {9, 9, 9}, 16,  100};
  }
  void TearDown() override { ganrt_execution_destroy(execution); }

  std::string create() {
    choice = {&fakeDriver, sample.artefact.devices, 0};
    return message(
        ganrt_execution_create(&sample.artefact, &choice, nullptr, &execution));
  }
  const ganrt_function *step() { return &sample.functions[0]; }
  const ganrt_instruction *instruction(int i) {
    return &step()->instructions[i];
  }

  DeviceSample sample;
  ganrt_device_choice choice;
  ganrt_execution *execution = nullptr;
};
} // namespace

TEST_F(Execution, MakesMemoryAndLoadsCode) {
  alignas(64) static const uint8_t constants[700] = {1, 2, 3};
  sample.artefact.constants = constants;
  sample.artefact.constant_bytes = sizeof constants;
  sample.artefact.state_bytes = 5 * 1024 - 100;
  ASSERT_EQ(create(), "done");
  EXPECT_STREQ(ganrt_execution_device(execution), "fake (a fake)");
  std::vector<size_t> sizes;
  for (const auto &block : FakeDevice::open->blocks)
    sizes.push_back(block.size());
  // Arguments, constants, five blocks of state, the arena, nowhere, the log.
  EXPECT_EQ(sizes, (std::vector<size_t>{1024, 768, 1024, 1024, 1024, 1024, 1024,
                                        1024, 256, 1024}));
  EXPECT_EQ(memcmp(FakeDevice::open->blocks[1].data(), constants, 700), 0);
  EXPECT_EQ(FakeDevice::open->loaded,
            (std::vector<std::string>{"\n draw_uniform zero descend"}));
}

TEST_F(Execution, CallsRunOnTheirPlaces) {
  ASSERT_EQ(create(), "done");
  ASSERT_EQ(message(ganrt_execution_begin(execution, step(), nullptr)), "done");
  ganrt_random_key key = ganrt_random_key_make(5, 0, 0);
  float expected[4], z[4], rate = 0.25f;
  ganrt_random_fill_uniform(key, 7, 0, 4, 0, 1, expected);
  ASSERT_EQ(message(ganrt_execution_write(execution, KEY, &key)), "done");
  ASSERT_EQ(message(ganrt_execution_call(execution, instruction(3))), "done");
  ASSERT_EQ(message(ganrt_execution_read(execution, Z, z)), "done");
  EXPECT_EQ(memcmp(z, expected, sizeof z), 0);
  // A batched call: one launch for each row.
  std::vector<float> state(sample.artefact.state_bytes / 4, 1);
  auto *bytes = reinterpret_cast<uint8_t *>(state.data());
  ASSERT_EQ(message(ganrt_execution_write_state(execution, bytes)), "done");
  ASSERT_EQ(message(ganrt_execution_write(execution, RATE, &rate)), "done");
  ASSERT_EQ(message(ganrt_execution_call(execution, instruction(7))), "done");
  ASSERT_EQ(message(ganrt_execution_copy(execution, W, MEAN)), "done");
  EXPECT_EQ(FakeDevice::open->copies, 1);
  ASSERT_EQ(message(ganrt_execution_copy(execution, W, W + 1)), "done");
  EXPECT_EQ(FakeDevice::open->copies, 1) << "the two are one place";
  ASSERT_EQ(message(ganrt_execution_read_state(execution, bytes)), "done");
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(state[i], i < 5 ? 0.75f : 1.f) << i;
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(state[DeviceSample::STATE_V / 4 + i], i < 3 ? 0.75f : 1.f) << i;
  EXPECT_EQ(state[DeviceSample::STATE_MEAN / 4 + 4], 0.75f);
  EXPECT_EQ(FakeDevice::open->launches, 3);
}

TEST_F(Execution, ScratchIsMemoryOfItsOwn) {
  sample.zeroArguments = {GANRT_SCRATCH};
  sample.scratch = {20};
  sample.devices[0].scratch_count = 1;
  sample.devices[0].scratch_bytes = sample.scratch.data();
  ASSERT_EQ(create(), "done");
  std::vector<uint8_t> &scratch = FakeDevice::open->blocks.back();
  ASSERT_EQ(scratch.size(), 256u);
  scratch.assign(256, 1);
  ASSERT_EQ(message(ganrt_execution_begin(execution, step(), nullptr)), "done");
  ASSERT_EQ(message(ganrt_execution_call(execution, instruction(11))), "done");
  for (int i = 0; i < 256; ++i)
    EXPECT_EQ(scratch[i], i < 20 ? 0 : 1) << i;
}

TEST_F(Execution, ArgumentsAreCopiedInAndOut) {
  const ganrt_function *keys = &sample.functions[1];
  ASSERT_EQ(create(), "done");
  sample.functions[1].result_count = 1;
  alignas(64) uint32_t memory[4][16] = {{1}, {2}, {3}, {4}};
  void *arguments[] = {memory[0], memory[1], memory[2], memory[3]};
  ASSERT_EQ(message(ganrt_execution_begin(execution, keys, arguments)), "done");
  uint32_t words[4] = {};
  for (uint32_t i = 0; i < 4; ++i) {
    ASSERT_EQ(message(ganrt_execution_read(execution, 11 + i, words)), "done");
    EXPECT_EQ(words[0], i ? i + 1 : 0) << "results are not copied in";
  }
  ASSERT_EQ(message(ganrt_execution_copy(execution, 13, 11)), "done");
  ASSERT_EQ(message(ganrt_execution_end(execution, keys, arguments)), "done");
  EXPECT_EQ(memory[0][0], 3u);
}

TEST_F(Execution, ReportsWaitOnTheDevice) {
  ASSERT_EQ(create(), "done");
  ASSERT_EQ(message(ganrt_execution_begin(execution, step(), nullptr)), "done");
  bool isFull = true;
  for (int i = 0; i < 3; ++i) {
    float value = 0.5f * i;
    ASSERT_EQ(message(ganrt_execution_write(execution, Z0, &value)), "done");
    ASSERT_EQ(message(ganrt_execution_report(execution, Z0, 7 + i, &isFull)),
              "done");
    EXPECT_FALSE(isFull);
  }
  EXPECT_EQ(FakeDevice::open->waits, 0);
  const ganrt_execution_entry *entries;
  uint32_t count;
  ASSERT_EQ(message(ganrt_execution_take_reports(execution, &entries, &count)),
            "done");
  EXPECT_EQ(FakeDevice::open->waits, 1);
  ASSERT_EQ(count, 3u);
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(entries[i].report, 7 + i);
    EXPECT_EQ(entries[i].value, 0.5f * i);
  }
  for (int i = 0; i < GANRT_EXECUTION_LOG; ++i) {
    EXPECT_FALSE(isFull);
    ASSERT_EQ(message(ganrt_execution_report(execution, Z0, 0, &isFull)),
              "done");
  }
  EXPECT_TRUE(isFull);
}

// Places without bytes, and places of bytes that words are read from.
TEST_F(Execution, EveryRegionCanBeBound) {
  sample.places[MEAN].bytes = 0;
  ASSERT_EQ(create(), "done");
  ASSERT_EQ(message(ganrt_execution_begin(execution, step(), nullptr)), "done");
  ASSERT_EQ(message(ganrt_execution_call(execution, instruction(11))), "done");
  EXPECT_EQ(FakeDevice::open->launches, 1);
  ASSERT_EQ(message(ganrt_execution_read(execution, MEAN, nullptr)), "done");
  ASSERT_EQ(message(ganrt_execution_write(execution, MEAN, nullptr)), "done");
}

TEST_F(Execution, WhatADeviceCannotDoIsRefused) {
  FakeDevice::limits.max_group = 4;
  EXPECT_EQ(create(), "fake: 'a fake' takes no launch of 1 x 1 x 1 groups of "
                      "5 x 1 x 1 threads, which kernel 'zero' needs");
  FakeDevice::limits.max_group = 64;
  sample.launches[0].shared_bytes = 101;
  EXPECT_EQ(create(), "fake: 'a fake' has 100 bytes of memory for a group, "
                      "kernel 'draw_uniform' needs 101");
  sample.launches[0].shared_bytes = 0;
  FakeDevice::limits.max_arguments = 1;
  EXPECT_EQ(create(), "fake: 'a fake' gives a kernel 1 buffers at most, "
                      "'draw_uniform' takes 2");
  FakeDevice::limits.max_arguments = 16;
  FakeDevice::limits.block_bytes = 16;
  EXPECT_EQ(create(), "fake: 'a fake' takes tensors of at most 16 bytes, the "
                      "largest of the program has 32");
  FakeDevice::limits.block_bytes = 1 << 20;
  FakeDevice::limits.alignment = 512;
  EXPECT_EQ(create(), "fake: 'a fake' wants buffers at multiples of 512 bytes, "
                      "those of a program lie at multiples of 256");
  EXPECT_EQ(FakeDevice::open, nullptr);
}

TEST_F(Execution, FailuresAreTold) {
  FakeDevice::failing = "open";
  EXPECT_EQ(create(), "fake: the fake fails to open");
  FakeDevice::failing = "allocate";
  EXPECT_EQ(create(), "fake: the inputs and outputs of 1024 bytes: the fake "
                      "fails to allocate");
  FakeDevice::failing = "load";
  EXPECT_EQ(create(), "fake: the fake fails to load");
  FakeDevice::failing.clear();
  ASSERT_EQ(create(), "done");
  ASSERT_EQ(message(ganrt_execution_begin(execution, step(), nullptr)), "done");
  FakeDevice::failing = "launch";
  EXPECT_EQ(message(ganrt_execution_call(execution, instruction(7))),
            "the fake fails to launch");
}
