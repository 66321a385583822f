//===- program_test.cc - walks the functions of an artefact ---------------===//
#include "ganrt/program.h"

#include "ganrt/random.h"
#include "runtime/src/devices/device.h"
#include "tests/runtime/device_sample.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
// Counts what the walker asks for.
struct Trainer {
  std::vector<std::string> events;
  float given = -1; // what `drawn` puts into z[0], if not negative
  bool fail = false;
  int calls = 0;
  double lastReported = -1;

  static ganrt_status_t drawData(void *context, uint32_t stream, uint32_t draw,
                                 ganrt_scope scope, void *batch,
                                 uint64_t bytes) {
    auto *self = static_cast<Trainer *>(context);
    self->events.push_back("draw " + std::to_string(stream) + " " +
                           std::to_string(draw) + " " + std::to_string(bytes));
    EXPECT_EQ(scope, GANRT_SCOPE_BLOCK);
    memset(batch, 0, bytes);
    if (self->fail)
      return ganrt_status_make(GANRT_IO, "the stream ended");
    return GANRT_STATUS_OK;
  }
  static ganrt_status_t drawn(void *context, uint32_t draw, void *values,
                              uint64_t bytes) {
    auto *self = static_cast<Trainer *>(context);
    self->events.push_back("drawn " + std::to_string(draw) + " " +
                           std::to_string(bytes));
    if (self->given >= 0)
      static_cast<float *>(values)[0] = self->given;
    return GANRT_STATUS_OK;
  }
  static ganrt_status_t reported(void *context, uint32_t report, double value) {
    auto *self = static_cast<Trainer *>(context);
    EXPECT_EQ(report, 0u);
    self->lastReported = value;
    return GANRT_STATUS_OK;
  }
  static ganrt_status_t record(void *context, uint32_t record, const void *,
                               uint64_t bytes) {
    static_cast<Trainer *>(context)->events.push_back(
        "record " + std::to_string(record) + " " + std::to_string(bytes));
    return GANRT_STATUS_OK;
  }
  static ganrt_status_t called(void *context, const ganrt_call *call) {
    auto *self = static_cast<Trainer *>(context);
    EXPECT_LT(call->kernel, sample_game.kernel_count);
    EXPECT_NE(call->buffers[0], nullptr);
    ++self->calls;
    return GANRT_STATUS_OK;
  }
  ganrt_hooks hooks() {
    return {this, drawData, drawn, reported, record, called, true};
  }
};

struct Program {
  explicit Program(const ganrt_artefact &artefact, Trainer *trainer = nullptr,
                   ganrt_pool *pool = nullptr, const char *device = nullptr) {
    ganrt_program_options options = {};
    options.device = device;
    ganrt_hooks hooks = {};
    if (trainer) {
      hooks = trainer->hooks();
      options.hooks = &hooks;
    }
    options.pool = pool;
    options.seed = 5;
    options.profile = true;
    ganrt_status_t status = ganrt_program_create(&artefact, &options, &program);
    EXPECT_EQ(status, nullptr) << ganrt_status_message(status);
  }
  ~Program() { ganrt_program_destroy(program); }
  float *state(int offset) {
    return reinterpret_cast<float *>(ganrt_program_state(program) + offset);
  }
  operator ganrt_program *() { return program; }
  ganrt_program *program = nullptr;
};

std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}
} // namespace

// What is held doesn't follow the count and the state that change afterwards.
TEST(Program, HoldsNumbersFromWhereTheyStand) {
  const ganrt_place places[] = {
      {GANRT_SPACE_STATE, 0, 0, 4},
      {GANRT_SPACE_STATE, 0, 64, 4},
      {GANRT_SPACE_STATE, 0, 128, 4},
  };
  const ganrt_expression_code codes[] = {{GANRT_EXPRESSION_COUNT, 0, 0},
                                         {GANRT_EXPRESSION_HELD, 0, 0},
                                         {GANRT_EXPRESSION_HELD, 1, 0}};
  const ganrt_expression expressions[] = {{0, 1}, {1, 1}, {2, 1}};
  const ganrt_instruction step[] = {
      {GANRT_OP_COUNT, 0, 0, 0, 0},  {GANRT_OP_HOLD, 0, 0, 0, 0},
      {GANRT_OP_READ, 0, 1, 0, 0},   {GANRT_OP_COUNT, 0, 0, 0, 0},
      {GANRT_OP_SCALAR, 0, 0, 0, 0}, {GANRT_OP_SCALAR, 1, 1, 0, 0},
      {GANRT_OP_SCALAR, 2, 2, 0, 0},
  };
  const ganrt_function function = {"step", step, 7, 0, 0, 0, nullptr, 0};
  ganrt_artefact game = sample_game;
  game.places = places;
  game.place_count = 3;
  game.tables = nullptr;
  game.table_count = 0;
  game.expressions = expressions;
  game.expression_codes = codes;
  game.expression_code_count = game.expression_count = 3;
  game.functions = &function;
  game.function_count = 1;
  game.held_count = 2;
  Program program(game);
  *program.state(0) = -2.5f;
  ASSERT_EQ(message(ganrt_program_step(program)), "done");
  EXPECT_EQ(*program.state(0), 2);
  EXPECT_EQ(*program.state(64), 1);
  EXPECT_EQ(*program.state(128), -2.5f);
}

TEST(Program, WalksAStep) {
  Trainer trainer;
  Program program(sample_game, &trainer);
  ganrt_program_initialize(program);
  std::vector<float> w(program.state(SAMPLE_STATE_W),
                       program.state(SAMPLE_STATE_W) + 5);
  std::vector<float> v(program.state(SAMPLE_STATE_V),
                       program.state(SAMPLE_STATE_V) + 3);
  EXPECT_EQ(program.state(SAMPLE_STATE_MEAN)[4], w[4]);

  for (int step = 0; step < 2; ++step) {
    ASSERT_EQ(message(ganrt_program_step(program)), "done");
    for (int k = 0; k < 3; ++k) {
      float rate = static_cast<float>(0.5 / (1 + step * 3 + k));
      for (float &x : w)
        x -= rate;
      for (float &x : v)
        x -= rate;
    }
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(program.state(SAMPLE_STATE_W)[i], w[i]);
      EXPECT_EQ(program.state(SAMPLE_STATE_MEAN)[i], step % 2 ? 0 : w[i]);
    }
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(program.state(SAMPLE_STATE_V)[i], v[i]);
  }
  const ganrt_counters *counters = ganrt_program_counters(program);
  EXPECT_EQ(counters->step, 2u);
  EXPECT_EQ(counters->images, 4u);
  EXPECT_EQ(counters->updates[0], 6u);
  EXPECT_EQ(trainer.calls, 2 * 6 + 1);
  EXPECT_EQ(trainer.events,
            (std::vector<std::string>{"draw 0 0 32", "drawn 1 16", "drawn 1 16",
                                      "drawn 1 16", "record 0 20",
                                      "draw 0 0 32", "drawn 1 16", "drawn 1 16",
                                      "drawn 1 16", "record 0 20"}));
}

TEST(Program, ReportsAddUpAndFollowTheKeys) {
  Trainer trainer;
  Program program(sample_game, &trainer);
  ASSERT_EQ(message(ganrt_program_step(program)), "done");
  ASSERT_EQ(message(ganrt_program_step(program)), "done");
  double sum = 0, squares = 0, last = 0;
  for (uint64_t step = 0; step < 2; ++step)
    for (uint32_t iteration = 0; iteration < 3; ++iteration) {
      float value;
      ganrt_random_fill_uniform(ganrt_random_key_make(5, iteration, step), 7, 0,
                                1, 0, 1, &value);
      sum += value;
      squares += static_cast<double>(value) * value;
      last = value;
    }
  const ganrt_report *report = ganrt_program_reports(program);
  EXPECT_EQ(report->count, 6u);
  EXPECT_EQ(report->sum, sum);
  EXPECT_EQ(report->sum_of_squares, squares);
  EXPECT_EQ(report->last, last);
}

TEST(Program, GivenDrawsReplaceSamples) {
  Trainer trainer;
  trainer.given = 0.125f;
  Program program(sample_game, &trainer);
  ASSERT_EQ(message(ganrt_program_step(program)), "done");
  EXPECT_EQ(ganrt_program_reports(program)->sum, 3 * 0.125);
  EXPECT_EQ(trainer.lastReported, 0.125);
}

TEST(Program, OptionsDecide) {
  Trainer trainer;
  Program program(sample_game, &trainer);
  double *options = ganrt_program_option_values(program);
  EXPECT_EQ(options[1], 3);
  for (auto [inner, count] : {std::pair{1.9, 1u}, {-5.0, 0u}, {0.0, 0u}}) {
    options[1] = inner;
    uint64_t before = ganrt_program_counters(program)->updates[0];
    ASSERT_EQ(message(ganrt_program_step(program)), "done");
    EXPECT_EQ(ganrt_program_counters(program)->updates[0] - before, count);
  }
  options[1] = NAN;
  EXPECT_EQ(message(ganrt_program_step(program)),
            "expected a number as count (expression 0), got nan");
}

TEST(Program, KeysOfEveryScope) {
  Program program(sample_game);
  ganrt_program_counters(program)->seed = 0xaaaabbbbccccdddd;
  ganrt_program_counters(program)->step = 0x300000009;
  alignas(64) uint32_t keys[4][16] = {};
  void *arguments[] = {keys[0], keys[1], keys[2], keys[3]};
  const ganrt_function *function =
      ganrt_artefact_function(&sample_game, "show/keys", nullptr);
  for (int round = 0; round < 2; ++round) { // each run counts from 0 again
    ASSERT_EQ(message(ganrt_program_run(program, function, arguments)), "done");
    for (auto &key : keys) {
      EXPECT_EQ(key[0], 0xccccddddu);
      EXPECT_EQ(key[1], 0xaaaabbbbu);
    }
    EXPECT_EQ(keys[0][2], 0u + (3u << 20));
    EXPECT_EQ(keys[1][2], 1u + (3u << 20));
    EXPECT_EQ(keys[2][2], 0u + (3u << 20));
    EXPECT_EQ(keys[3][2], 0u);
    EXPECT_EQ(keys[0][3], 9u);
    EXPECT_EQ(keys[2][3], 9u);
    EXPECT_EQ(keys[3][3], 0u);
  }
}

TEST(Program, ArgumentsAreChecked) {
  Program program(sample_game);
  const ganrt_function *function =
      ganrt_artefact_function(&sample_game, "show/keys", nullptr);
  alignas(64) char memory[256];
  void *arguments[] = {memory, memory + 64, memory + 4, nullptr};
  EXPECT_EQ(message(ganrt_program_run(program, function, arguments)),
            "argument 'step' is not aligned to 64 bytes");
  arguments[2] = memory + 128;
  EXPECT_EQ(message(ganrt_program_run(program, function, arguments)),
            "argument 'run' is null");
  EXPECT_EQ(message(ganrt_program_run(program, function, nullptr)),
            "argument 'first' is null");
}

TEST(Program, FailuresOfHooksEndTheRun) {
  Trainer trainer;
  trainer.fail = true;
  Program program(sample_game, &trainer);
  EXPECT_EQ(message(ganrt_program_step(program)), "the stream ended");
  EXPECT_EQ(ganrt_program_counters(program)->step, 0u);
  EXPECT_EQ(ganrt_program_counters(program)->images, 0u);
  ganrt_program_set_hooks(program, nullptr);
  EXPECT_EQ(message(ganrt_program_step(program)), "stream 'x' has no source");
}

TEST(Program, DerivesAndInfersWithAnyThreads) {
  std::vector<float> first;
  for (uint32_t threads : {1, 2, 4}) {
    ganrt_pool *pool = nullptr;
    ASSERT_EQ(ganrt_pool_create(nullptr, threads, &pool), nullptr);
    Program program(sample_generator, nullptr, pool);
    ASSERT_EQ(message(ganrt_program_derive(program)), "done");
    alignas(64) float image[16], z[16];
    ganrt_random_fill_normal(ganrt_random_key_make(1, 0, 0), 1, 0, 16, 0, 1, z);
    void *arguments[] = {image, z};
    const ganrt_function *four = &sample_generator.functions[1];
    ASSERT_EQ(message(ganrt_program_run(program, four, arguments)), "done");
    for (int i = 0; i < 16; ++i) {
      float y =
          z[i] * sample_generator_scale[i % 4] + sample_generator_bias[i % 4];
      EXPECT_NEAR(image[i], std::min(1.0f, std::max(-1.0f, y)), 1e-6);
    }
    if (first.empty())
      first.assign(image, image + 16);
    EXPECT_EQ(memcmp(first.data(), image, sizeof(image)), 0);
    const ganrt_kernel_time *times = ganrt_program_kernel_times(program);
    EXPECT_EQ(times[0].calls, 1u);
    EXPECT_EQ(times[1].calls, 1u);
    EXPECT_GE(times[0].seconds, 0);
    ganrt_pool_destroy(pool);
  }
}

TEST(Program, WithoutAStepItSaysSo) {
  Program program(sample_generator);
  EXPECT_EQ(message(ganrt_program_step(program)), "'sample' has no step");
}

TEST(Program, LivesInTheCallersWorkspace) {
  uint64_t bytes = ganrt_program_bytes(&sample_generator, 1);
  void *memory;
  ASSERT_EQ(ganrt_allocate(nullptr, bytes, 1, &memory), nullptr);
  ganrt_program_options options = {};
  ganrt_program *program;
  options.workspace = memory;
  options.workspace_bytes = bytes - 1;
  EXPECT_EQ(
      message(ganrt_program_create(&sample_generator, &options, &program)),
      "expected a workspace of " + std::to_string(bytes) + " bytes, got " +
          std::to_string(bytes - 1));
  options.workspace = static_cast<char *>(memory) + 8;
  EXPECT_EQ(
      message(ganrt_program_create(&sample_generator, &options, &program)),
      "expected a workspace at a multiple of 64 bytes");
  options.workspace = memory;
  options.workspace_bytes = bytes;
  ASSERT_EQ(
      message(ganrt_program_create(&sample_generator, &options, &program)),
      "done");
  EXPECT_EQ(message(ganrt_program_derive(program)), "done");
  ganrt_program_destroy(program);
  ganrt_release(nullptr, memory, bytes, 1);
}

TEST(Program, RefusesToNeedTooMuch) {
  uint64_t bytes = ganrt_program_bytes(&sample_game, 1);
  ganrt_program_options options = {};
  options.max_memory = bytes - 1;
  ganrt_program *program;
  EXPECT_EQ(message(ganrt_program_create(&sample_game, &options, &program)),
            "expected at most " + std::to_string(bytes - 1) +
                " bytes of memory, 'sample game' needs " +
                std::to_string(bytes));
  ganrt_function huge = sample_game.functions[0];
  huge.arena_bytes = UINT64_MAX;
  ganrt_artefact artefact = sample_game;
  artefact.functions = &huge;
  EXPECT_GT(ganrt_program_bytes(&artefact, 1), UINT64_MAX - 65);
}

/*===- On a device
 * ----------------------------------------------------------===*/

namespace {
// Whether OpenCL has a device; a test without one is skipped.
bool hasOpenCL() {
  int count = 0;
  return !ganrt_status_ignore(ganrt_opencl.list(
             &count, [](void *context, uint32_t,
                        const char *) { ++*static_cast<int *>(context); })) &&
         count > 0;
}

// What a few steps make of the state, and what they report.
struct Outcome {
  std::vector<float> w, v, mean;
  double sum, squares, last;
  uint64_t images, updates;
  std::vector<std::string> events;

  bool operator==(const Outcome &other) const {
    return w == other.w && v == other.v && mean == other.mean &&
           sum == other.sum && squares == other.squares && last == other.last &&
           images == other.images && updates == other.updates &&
           events == other.events;
  }
};

Outcome train(const ganrt_artefact &artefact, const int offsets[3],
              const char *device, Trainer trainer = {}) {
  Program program(artefact, &trainer, nullptr, device);
  ganrt_program_initialize(program);
  EXPECT_EQ(message(ganrt_program_start(program)), "done");
  EXPECT_EQ(message(ganrt_program_derive(program)), "done");
  for (int step = 0; step < 3; ++step)
    EXPECT_EQ(message(ganrt_program_step(program)), "done");
  EXPECT_EQ(message(ganrt_program_fetch(program)), "done");
  auto tensor = [&](int index, int size) {
    const float *values = program.state(offsets[index]);
    return std::vector<float>(values, values + size);
  };
  const ganrt_report *report = ganrt_program_reports(program);
  const ganrt_counters *counters = ganrt_program_counters(program);
  return {tensor(0, 5),     tensor(1, 3),           tensor(2, 5),
          report->sum,      report->sum_of_squares, report->last,
          counters->images, counters->updates[0],   trainer.events};
}

const int hostOffsets[] = {SAMPLE_STATE_W, SAMPLE_STATE_V, SAMPLE_STATE_MEAN};
const int deviceOffsets[] = {DeviceSample::STATE_W, DeviceSample::STATE_V,
                             DeviceSample::STATE_MEAN};
} // namespace

TEST(Program, ADeviceWalksTheSameSteps) {
  if (!hasOpenCL())
    GTEST_SKIP() << "there is no OpenCL device";
  DeviceSample sample;
  Outcome expected = train(sample_game, hostOffsets, nullptr);
  EXPECT_EQ(train(sample.artefact, deviceOffsets, nullptr), expected);
  EXPECT_EQ(train(sample.artefact, deviceOffsets, "opencl"), expected);
  Trainer given;
  given.given = 0.125f;
  EXPECT_EQ(train(sample.artefact, deviceOffsets, "opencl", given),
            train(sample_game, hostOffsets, nullptr, given));
}

TEST(Program, ADeviceShowsWhatCallsMade) {
  if (!hasOpenCL())
    GTEST_SKIP() << "there is no OpenCL device";
  DeviceSample sample;
  Program program(sample.artefact, nullptr, nullptr, "opencl");
  std::string device = ganrt_program_device(program);
  EXPECT_EQ(device.find("opencl ("), 0u) << device;
  ganrt_program_initialize(program);
  ASSERT_EQ(message(ganrt_program_derive(program)), "done");
  // The second row of the batched call, as the trainer's trap reads it.
  static float seen[3];
  ganrt_hooks hooks = Trainer().hooks();
  static Trainer trainer;
  hooks.context = &trainer;
  hooks.called = [](void *, const ganrt_call *call) -> ganrt_status_t {
    if (call->kernel == 1) {
      auto *batch = static_cast<const ganrt_batch *>(call->buffers[0]);
      memcpy(seen, batch->pointers[batch->columns], sizeof seen);
      EXPECT_NE(call->buffers[1], nullptr);
    }
    return GANRT_STATUS_OK;
  };
  ganrt_program_set_hooks(program, &hooks);
  ASSERT_EQ(message(ganrt_program_step(program)), "done");
  ASSERT_EQ(message(ganrt_program_fetch(program)), "done");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(seen[i], program.state(DeviceSample::STATE_V)[i]);
  hooks.called_with_values = false;
  hooks.called = [](void *, const ganrt_call *call) -> ganrt_status_t {
    EXPECT_EQ(call->buffers, nullptr);
    return GANRT_STATUS_OK;
  };
  ganrt_program_set_hooks(program, &hooks);
  EXPECT_EQ(message(ganrt_program_step(program)), "done");
}

TEST(Program, ADeviceFillsArguments) {
  if (!hasOpenCL())
    GTEST_SKIP() << "there is no OpenCL device";
  DeviceSample sample;
  Program program(sample.artefact, nullptr, nullptr, "opencl");
  alignas(64) uint32_t keys[4][16] = {};
  void *arguments[] = {keys[0], keys[1], keys[2], keys[3]};
  ASSERT_EQ(
      message(ganrt_program_run(program, &sample.functions[1], arguments)),
      "done");
  for (auto &key : keys)
    EXPECT_EQ(key[0], 5u);
  EXPECT_EQ(keys[1][2], 1u);
}

TEST(Program, ADeviceThatIsNotThereIsASentence) {
  DeviceSample sample;
  ganrt_program_options options = {};
  options.device = "opencl:4711";
  ganrt_program *program = nullptr;
  std::string text =
      message(ganrt_program_create(&sample.artefact, &options, &program));
  EXPECT_EQ(text.find("opencl: "), 0u) << text;
  EXPECT_EQ(program, nullptr);
}
