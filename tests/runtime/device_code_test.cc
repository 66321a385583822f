//===- device_code_test.cc - what an artefact has for devices -------------===//
#include "runtime/src/device_code.h"

#include "ganrt/program.h"
#include "tests/runtime/device_sample.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>

namespace {
std::string check(const ganrt_artefact &artefact) {
  ganrt_status_t status = ganrt_artefact_check(&artefact);
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}
} // namespace

TEST(DeviceCode, TheSampleIsValid) {
  EXPECT_EQ(check(DeviceSample().artefact), "done");
}

TEST(DeviceCode, NamesApis) {
  EXPECT_STREQ(ganrt_api_name(GANRT_API_OPENCL), "opencl");
  EXPECT_STREQ(ganrt_api_name(GANRT_API_VULKAN), "vulkan");
  EXPECT_STREQ(ganrt_api_name(GANRT_API_CUDA), "cuda");
  EXPECT_EQ(ganrt_api_name(GANRT_API_CPU), nullptr);
  EXPECT_EQ(ganrt_api_name(4), nullptr);
}

TEST(DeviceCode, CountsRows) {
  EXPECT_EQ(ganrt_first_row(&sample_game, 0), 0u);
  EXPECT_EQ(ganrt_first_row(&sample_game, 1), 2u);
}

TEST(DeviceCode, EachRuleHasASentence) {
  const std::pair<std::function<void(DeviceSample &)>, const char *> cases[] = {
      {[](DeviceSample &s) { s.artefact.devices = nullptr; },
       "there are 1 devices, but no table of them"},
      {[](DeviceSample &s) { s.devices[0].api = GANRT_API_CPU; },
       "device 0: unknown API 0"},
      {[](DeviceSample &s) {
         s.devices.push_back(s.devices[0]);
         s.artefact.devices = s.devices.data();
         s.artefact.device_count = 2;
       },
       "there is code for opencl twice"},
      {[](DeviceSample &s) { s.devices[0].target = nullptr; },
       "code for opencl: the target or a table is missing"},
      {[](DeviceSample &s) { s.devices[0].of_row = nullptr; },
       "code for opencl: the target or a table is missing"},
      {[](DeviceSample &s) { s.devices[0].scratch_count = 1; },
       "code for opencl: the target or a table is missing"},
      {[](DeviceSample &s) { s.blob.size = 0; },
       "code for opencl: blob 0 has no bytes"},
      {[](DeviceSample &s) {
         s.scratch = {0};
         s.devices[0].scratch_count = 1;
         s.devices[0].scratch_bytes = s.scratch.data();
       },
       "code for opencl: scratch buffer 0 has no bytes"},
      {[](DeviceSample &s) { s.launches[1].code = 1; },
       "code for opencl: launch 1: expected code below 1, got 1"},
      {[](DeviceSample &s) { s.launches[1].entry = nullptr; },
       "code for opencl: launch 1: the entry's name or the arguments are "
       "missing"},
      {[](DeviceSample &s) { s.launches[2].grid[1] = 0; },
       "code for opencl: launch 2: expected groups and threads, got 0 of 1 in "
       "dimension 1"},
      {[](DeviceSample &s) { s.launches[2].group[0] = 0; },
       "code for opencl: launch 2: expected groups and threads, got 1 of 0 in "
       "dimension 0"},
      {[](DeviceSample &s) { s.zeroArguments[0] = GANRT_SCRATCH + 3; },
       "code for opencl: launch 1: expected a scratch buffer below 0, got 3"},
      {[](DeviceSample &s) { s.ofKernel[1] = 2, s.ofKernel[2] = 1; },
       "code for opencl: kernel 1: expected launches from 2 to no less, got 1"},
      {[](DeviceSample &s) { s.ofRow[2] = 5; },
       "code for opencl: expected launches up to 4, got 5"},
      {[](DeviceSample &s) { s.artefact.device_block_bytes = 1000; },
       "expected blocks of a multiple of 256 bytes, got 1000"},
      {[](DeviceSample &s) { s.artefact.device_block_bytes = 0; },
       "expected blocks of a multiple of 256 bytes, got 0"},
      {[](DeviceSample &s) { s.places[1].offset = 64; },
       "place 1: expected a multiple of 256 as offset, got 64"},
      {[](DeviceSample &s) {
         s.places.push_back({GANRT_SPACE_ARENA, 0, 768, 512});
         s.artefact.places = s.places.data();
         s.artefact.place_count = 16;
       },
       "place 15 lies in two blocks of 1024 bytes: 768 + 512"},
      {[](DeviceSample &s) { s.ofKernel[1] = 0; },
       "code for opencl: function 'step': call of 'k000_uniform': there is no "
       "launch"},
      {[](DeviceSample &s) { s.ofRow[1] = 4; },
       "code for opencl: function 'step': call of 'k001_descend': row 1: there "
       "is no launch"},
      {[](DeviceSample &s) { s.drawArguments[1] = 2; },
       "code for opencl: function 'step': call of 'k000_uniform': launch 0: "
       "expected an argument below 2, got 2"},
      {[](DeviceSample &s) { s.descendArguments[2] = 3; },
       "code for opencl: function 'step': call of 'k001_descend': row 0: "
       "launch 2: expected an argument below 3, got 3"},
  };
  for (const auto &[damage, message] : cases) {
    DeviceSample sample;
    damage(sample);
    EXPECT_EQ(check(sample.artefact), message);
  }
}

TEST(DeviceCode, ArgumentsFitIntoABlock) {
  DeviceSample sample;
  static const int64_t many[] = {400};
  static const ganrt_tensor_info large = {"first", GANRT_I32, 1, many, 1600,
                                          0,       0,         0, 0};
  std::vector<ganrt_tensor_info> arguments(4, large);
  sample.functions[1].arguments = arguments.data();
  sample.places.push_back({GANRT_SPACE_ARGUMENT, 0, 0, 1600});
  sample.artefact.places = sample.places.data();
  sample.artefact.place_count = 16;
  EXPECT_EQ(check(sample.artefact),
            "place 15: expected at most the 1024 bytes of a block, got 1600");
}

// A kernel without anything to write needs no launch.
TEST(DeviceCode, NothingIsWrittenByNoLaunch) {
  DeviceSample sample;
  sample.places[sample_game.functions[0].instructions[11].b].bytes = 0;
  sample.ofKernel[3] = 1;
  EXPECT_EQ(check(sample.artefact),
            "function 'step': instruction 10: expected 20 bytes in place 10, "
            "got 0");
  std::vector<ganrt_instruction> step(sample_game.functions[0].instructions,
                                      sample_game.functions[0].instructions +
                                          14);
  step[10] = {GANRT_OP_COUNT, 0, 0, 0, 0};
  sample.functions[0].instructions = step.data();
  EXPECT_EQ(check(sample.artefact), "done");
}

// Whatever single word of the launches is damaged, the check ends with an
// answer (the sanitizers watch).
TEST(DeviceCode, DamagedWordsNeverCrash) {
  const uint32_t words[] = {0, 1, 4, 5, 0x7fffffff, 0x80000000, 0xffffffff};
  for (uint32_t word : words)
    for (size_t i = 0; i < 15; ++i) {
      DeviceSample sample;
      uint32_t *fields[] = {&sample.ofKernel[0],
                            &sample.ofKernel[1],
                            &sample.ofKernel[2],
                            &sample.ofKernel[3],
                            &sample.ofRow[0],
                            &sample.ofRow[1],
                            &sample.ofRow[2],
                            &sample.launches[0].code,
                            &sample.launches[2].code,
                            &sample.drawArguments[0],
                            &sample.descendArguments[1],
                            &sample.zeroArguments[0],
                            &sample.devices[0].api,
                            &sample.launches[3].grid[2],
                            &sample.launches[3].group[2]};
      *fields[i] = word;
      EXPECT_FALSE(check(sample.artefact).empty());
    }
}
