//===- model_test.cc - runs a compiled network ----------------------------===//
#include "ganrt/model.h"

#include "tests/runtime/samples.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

struct Model {
  explicit Model(const ganrt_artefact &artefact,
                 ganrt_model_options options = {}) {
    options.threads = 2;
    EXPECT_EQ(message(ganrt_model_create(&artefact, &options, &model)), "done");
  }
  ~Model() { ganrt_model_destroy(model); }
  operator ganrt_model *() { return model; }
  ganrt_model *model = nullptr;
};

float expected(const float *z, int i) {
  float y = z[i] * sample_generator_scale[i % 4] + sample_generator_bias[i % 4];
  return std::min(1.0f, std::max(-1.0f, y));
}
} // namespace

TEST(Model, DescribesItself) {
  Model model(sample_generator);
  EXPECT_EQ(ganrt_model_batch(model), 4u);
  ASSERT_EQ(ganrt_model_input_count(model), 1u);
  ASSERT_EQ(ganrt_model_output_count(model), 1u);
  EXPECT_STREQ(ganrt_model_input(model, 0).info->name, "z");
  EXPECT_TRUE(ganrt_model_input(model, 0).is_batched);
  EXPECT_EQ(ganrt_model_output(model, 0).row_bytes, 16u);
}

// Any count, any alignment; nothing is written beyond the rows asked for.
TEST(Model, ServesAnyCount) {
  Model model(sample_generator);
  for (size_t offset : {0, 1, 3})
    for (size_t count = 0; count < 11; ++count) {
      std::vector<float> zStorage(64 + 16), imageStorage(64 + 16, 99.0f);
      float *z = zStorage.data() + offset,
            *image = imageStorage.data() + offset;
      for (size_t i = 0; i < count * 4; ++i)
        z[i] = 0.1f * static_cast<float>(i) - 1;
      const void *inputs[] = {z};
      void *outputs[] = {image};
      ASSERT_EQ(message(ganrt_model_run(model, count, inputs, outputs)),
                "done");
      for (size_t i = 0; i < count * 4; ++i)
        EXPECT_NEAR(image[i], expected(z, static_cast<int>(i)), 1e-6);
      EXPECT_EQ(image[count * 4], 99.0f);
    }
}

// Only one plan, larger than the count: the rest of the plan is padding.
TEST(Model, PadsTheOnlyPlan) {
  ganrt_artefact artefact = sample_generator;
  const ganrt_function functions[] = {sample_generator.functions[1],
                                      sample_generator.functions[2]};
  artefact.functions = functions;
  artefact.function_count = 2;
  Model model(artefact);
  float z[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, image[13];
  image[12] = 99;
  const void *inputs[] = {z};
  void *outputs[] = {image};
  ASSERT_EQ(message(ganrt_model_run(model, 3, inputs, outputs)), "done");
  for (int i = 0; i < 12; ++i)
    EXPECT_NEAR(image[i], expected(z, i), 1e-6);
  EXPECT_EQ(image[12], 99);
}

TEST(Model, SameBitsHoweverItIsCut) {
  Model model(sample_generator);
  alignas(64) float z[36], whole[36], single[36];
  for (int i = 0; i < 36; ++i)
    z[i] = 0.37f * static_cast<float>(i) - 6;
  const void *inputs[] = {z};
  void *outputs[] = {whole};
  ASSERT_EQ(message(ganrt_model_run(model, 9, inputs, outputs)), "done");
  for (int i = 0; i < 9; ++i) {
    const void *one[] = {z + 4 * i};
    void *to[] = {single + 4 * i};
    ASSERT_EQ(message(ganrt_model_run(model, 1, one, to)), "done");
  }
  EXPECT_EQ(memcmp(whole, single, sizeof(whole)), 0);
}

TEST(Model, UnbatchedArgumentsAreShared) {
  // z without a batch in both plans: every image sees the same four numbers.
  static const int64_t shape[] = {4};
  ganrt_tensor_info one[] = {sample_generator.functions[0].arguments[0],
                             {"z", GANRT_F32, 1, shape, 16, 0, 0, 0, 0}};
  ganrt_function functions[] = {sample_generator.functions[0],
                                sample_generator.functions[2]};
  functions[0].arguments = one;
  ganrt_artefact artefact = sample_generator;
  artefact.functions = functions;
  artefact.function_count = 2;
  Model model(artefact);
  EXPECT_FALSE(ganrt_model_input(model, 0).is_batched);
  float z[4] = {0.1f, 0.2f, 0.3f, 0.4f}, image[8];
  const void *inputs[] = {z};
  void *outputs[] = {image};
  ASSERT_EQ(message(ganrt_model_run(model, 2, inputs, outputs)), "done");
  for (int i = 0; i < 8; ++i)
    EXPECT_NEAR(image[i], expected(z, i % 4), 1e-6);
}

TEST(Model, WithoutABatchItRunsOnce) {
  ganrt_function functions[] = {sample_generator.functions[0],
                                sample_generator.functions[2]};
  functions[0].batch = 0;
  ganrt_tensor_info arguments[] = {sample_generator.functions[0].arguments[0],
                                   sample_generator.functions[0].arguments[1]};
  arguments[0].batched = arguments[1].batched = 0;
  functions[0].arguments = arguments;
  ganrt_artefact artefact = sample_generator;
  artefact.functions = functions;
  artefact.function_count = 2;
  Model model(artefact);
  float z[4] = {}, image[4];
  const void *inputs[] = {z};
  void *outputs[] = {image};
  EXPECT_EQ(message(ganrt_model_run(model, 1, inputs, outputs)), "done");
  EXPECT_EQ(message(ganrt_model_run(model, 2, inputs, outputs)),
            "expected a count of 1 for a network without a batch, got 2");
}

// The sample's plans, with their result mixed; `image` as one for all images of
// a run where it isn't batched.
struct MixedSample {
  explicit MixedSample(bool batched) {
    for (int plan = 0; plan < 2; ++plan) {
      functions[plan] = sample_generator.functions[plan];
      for (int i = 0; i < 2; ++i)
        arguments[plan][i] = functions[plan].arguments[i];
      arguments[plan][0].mixed = 1;
      arguments[plan][0].batched = batched;
      functions[plan].arguments = arguments[plan];
    }
    functions[2] = sample_generator.functions[2];
    artefact.functions = functions;
  }
  ganrt_tensor_info arguments[2][2];
  ganrt_function functions[3];
  ganrt_artefact artefact = sample_generator;
};

TEST(Model, NoRunOfMixedImagesIsFilledUp) {
  MixedSample sample(true);
  float z[32] = {}, image[32];
  const void *inputs[] = {z};
  void *outputs[] = {image};
  {
    Model model(sample.artefact);
    for (size_t count = 0; count < 9;
         ++count) // the smaller plan takes the rest
      EXPECT_EQ(message(ganrt_model_run(model, count, inputs, outputs)),
                "done");
  }
  sample.artefact.functions = sample.functions + 1;
  sample.artefact.function_count = 2;
  Model model(sample.artefact);
  EXPECT_EQ(message(ganrt_model_run(model, 8, inputs, outputs)), "done");
  EXPECT_EQ(message(ganrt_model_check_count(model, 4)), "done");
  image[0] = 99;
  EXPECT_EQ(message(ganrt_model_run(model, 7, inputs, outputs)),
            "output 'image': the images of a run change each other, so that "
            "runs of 4 must be full: got 7 images, which leave 3; run a "
            "multiple, or compile with --batch=7");
  EXPECT_EQ(image[0], 99);
}

TEST(Model, AResultOfAllImagesIsOfOneRun) {
  MixedSample sample(false);
  sample.artefact.functions = sample.functions + 1;
  sample.artefact.function_count = 2;
  Model model(sample.artefact);
  float z[32] = {}, image[16];
  const void *inputs[] = {z};
  void *outputs[] = {image};
  EXPECT_EQ(message(ganrt_model_run(model, 4, inputs, outputs)), "done");
  EXPECT_EQ(message(ganrt_model_run(model, 8, inputs, outputs)),
            "output 'image' is one for all images of a run: expected 4 images, "
            "got 8; compile with --batch=8 to run so many");
  EXPECT_EQ(message(ganrt_model_run(model, 3, inputs, outputs)),
            "output 'image' is one for all images of a run: expected 4 images, "
            "got 3; compile with --batch=3 to run so many");
}

TEST(Model, MisuseIsASentence) {
  Model model(sample_generator);
  float buffer[4];
  const void *inputs[] = {nullptr};
  void *outputs[] = {buffer};
  EXPECT_EQ(message(ganrt_model_run(model, 1, inputs, outputs)),
            "input 'z' is null");
  EXPECT_EQ(message(ganrt_model_run(model, 1, nullptr, outputs)),
            "input 'z' is null");
  outputs[0] = nullptr;
  EXPECT_EQ(message(ganrt_model_run(model, 1, inputs, outputs)),
            "output 'image' is null");
  EXPECT_EQ(message(ganrt_model_run(nullptr, 1, inputs, outputs)),
            "the model is null");
  ganrt_model *none;
  EXPECT_EQ(message(ganrt_model_create(nullptr, nullptr, &none)),
            "the artefact is null");
  EXPECT_EQ(message(ganrt_model_create(&sample_generator, nullptr, nullptr)),
            "the place for the model is null");
  EXPECT_EQ(message(ganrt_model_create(&sample_game, nullptr, &none)),
            "'sample game' can't be run: it has no function 'infer'");
  ganrt_model_options options = {};
  options.device = "cuda";
  EXPECT_EQ(message(ganrt_model_create(&sample_generator, &options, &none)),
            "'sample' has no code for cuda, but for cpu; compile it with "
            "--device=cpu,cuda");
  ganrt_model_destroy(nullptr);
}

// A second thread is refused, not mixed up with the first.
TEST(Model, ServesOneThreadAtATime) {
  static ganrt_model *shared;
  static std::string second;
  const ganrt_kernel_function code[] = {
      [](void *const *buffers, const ganrt_launch *) {
        const void *inputs[] = {buffers[1]};
        void *outputs[] = {buffers[0]};
        second = message(ganrt_model_run(shared, 1, inputs, outputs));
      },
      sample_generator.levels[0].functions[1]};
  const ganrt_level level = {GANRT_CPU_X86_64, 0, code};
  ganrt_artefact artefact = sample_generator;
  artefact.levels = &level;
  Model model(artefact);
  shared = model;
  float z[4] = {}, image[4];
  const void *inputs[] = {z};
  void *outputs[] = {image};
  EXPECT_EQ(message(ganrt_model_run(model, 1, inputs, outputs)), "done");
  EXPECT_EQ(second, "the model is in use by another thread");
}

TEST(Model, PlansMustAgree) {
  static const int64_t shape[] = {1, 5};
  ganrt_tensor_info arguments[] = {sample_generator.functions[0].arguments[0],
                                   {"z", GANRT_F32, 2, shape, 20, 0, 0, 1, 0}};
  ganrt_function functions[] = {sample_generator.functions[0],
                                sample_generator.functions[1],
                                sample_generator.functions[2]};
  functions[0].arguments = arguments;
  ganrt_artefact artefact = sample_generator;
  artefact.functions = functions;
  ganrt_model *none;
  EXPECT_EQ(message(ganrt_model_create(&artefact, nullptr, &none)),
            "the plans for batch 4 and 1 differ in 'z'");
  arguments[1] = sample_generator.functions[0].arguments[1];
  functions[0].result_count = 2;
  EXPECT_EQ(message(ganrt_model_create(&artefact, nullptr, &none)),
            "the plans for batch 4 and 1 differ in the number of arguments");
}

TEST(Model, LivesInTheCallersWorkspace) {
  ganrt_model_options options = {};
  options.threads = 2;
  uint64_t bytes = ganrt_model_workspace_bytes(&sample_generator, &options);
  void *memory;
  ASSERT_EQ(ganrt_allocate(nullptr, bytes, 1, &memory), nullptr);
  options.workspace = memory;
  options.workspace_bytes = bytes;
  ganrt_model *model;
  ASSERT_EQ(message(ganrt_model_create(&sample_generator, &options, &model)),
            "done");
  ganrt_model_destroy(model);
  options.workspace_bytes = bytes - 1;
  EXPECT_EQ(message(ganrt_model_create(&sample_generator, &options, &model)),
            "expected a workspace of " + std::to_string(bytes) +
                " bytes, got " + std::to_string(bytes - 1));
  ganrt_release(nullptr, memory, bytes, 1);
  EXPECT_EQ(ganrt_model_workspace_bytes(&sample_game, nullptr), UINT64_MAX);
}

// Fails the n-th allocation, for every n: no leak, no crash, a sentence.
TEST(Model, SurvivesEveryFailedAllocation) {
  struct Failing {
    int left;
    int live = 0;
  };
  for (int n = 0;; ++n) {
    Failing failing{n};
    ganrt_allocator allocator = {
        &failing,
        [](void *context, size_t bytes, size_t alignment) -> void * {
          auto *f = static_cast<Failing *>(context);
          if (f->left-- == 0)
            return nullptr;
          ++f->live;
          return aligned_alloc(alignment,
                               (bytes + alignment - 1) / alignment * alignment);
        },
        [](void *context, void *pointer, size_t) {
          --static_cast<Failing *>(context)->live;
          free(pointer);
        }};
    ganrt_model_options options = {};
    options.allocator = &allocator;
    options.threads = 2;
    ganrt_model *model = nullptr;
    ganrt_status_t status =
        ganrt_model_create(&sample_generator, &options, &model);
    bool ok = !status;
    if (!ok) {
      EXPECT_EQ(ganrt_status_code(status), GANRT_OUT_OF_MEMORY);
    }
    ganrt_status_free(status);
    if (ok)
      ganrt_model_destroy(model);
    EXPECT_EQ(failing.live, 0) << n;
    if (ok)
      break;
    ASSERT_LT(n, 100);
  }
}

TEST(Model, ThousandTimes) {
  for (int i = 0; i < 1000; ++i) {
    ganrt_model_options options = {};
    options.threads = 1 + i % 2;
    ganrt_model *model;
    ASSERT_EQ(ganrt_model_create(&sample_generator, &options, &model), nullptr);
    float z[4] = {}, image[4];
    const void *inputs[] = {z};
    void *outputs[] = {image};
    ASSERT_EQ(ganrt_model_run(model, 1, inputs, outputs), nullptr);
    ganrt_model_destroy(model);
  }
}
