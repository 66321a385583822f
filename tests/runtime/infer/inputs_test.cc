//===- inputs_test.cc - what a run of the network is fed with -------------===//
#include "runtime/src/infer/inputs.h"

#include "tests/runtime/infer/sample_conditional.h"
#include "tests/runtime/samples.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

// A model with its inputs taken from a command line.
struct Fed {
  ganrt_model *model = nullptr;
  ganrt_inputs inputs = {};
  std::string text;

  explicit Fed(const ganrt_artefact &artefact,
               std::vector<const char *> literals, int64_t classIndex = -1,
               double truncation = 0) {
    ganrt_model_options options = {};
    options.threads = 1;
    EXPECT_EQ(message(ganrt_model_create(&artefact, &options, &model)), "done");
    ganrt_infer_options asked = {};
    asked.inputs.items = literals.data();
    asked.inputs.count = static_cast<uint32_t>(literals.size());
    asked.has_class = classIndex != -1;
    asked.class_index = classIndex;
    asked.has_truncation = truncation != 0;
    asked.truncation = truncation;
    text = message(ganrt_inputs_create(model, &asked, &inputs));
  }
  ~Fed() {
    ganrt_inputs_destroy(&inputs);
    ganrt_model_destroy(model);
  }
  std::vector<float> row(uint32_t index, uint64_t first, uint64_t floats) {
    std::vector<float> values(floats);
    text = message(
        ganrt_inputs_fill(&inputs, index, nullptr, first, 1, values.data()));
    return values;
  }
};
} // namespace

TEST(Inputs, ByPositionOrName) {
  Fed one(sample_generator, {"2x4xf32=[1 2 3 4 5 6 7 8]"});
  EXPECT_EQ(one.text, "done");
  EXPECT_EQ(one.inputs.rows, 2u);
  EXPECT_EQ(one.row(0, 1, 4), (std::vector<float>{5, 6, 7, 8}));
  Fed named(sample_generator, {"z=1x4xf64=[1 2 3 4]"}); // widened and shared
  EXPECT_EQ(named.text, "done");
  EXPECT_EQ(named.inputs.rows, 1u);
  EXPECT_EQ(named.row(0, 5, 4), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Inputs, MistakesAreSentences) {
  const std::pair<std::vector<const char *>, const char *> cases[] = {
      {{"1x5xf32=0"}, "input 'z': expected ?x4xf32, got 1x5xf32"},
      {{"4xf32=0"}, "input 'z': expected ?x4xf32, got 4xf32"},
      {{"0x4xf32="}, "input 'z': expected ?x4xf32, got 0x4xf32"},
      {{"y=1x4xf32=0"}, "there is no input 'y'; see --model-info"},
      {{"1x4xf32=0", "1x4xf32=0"}, "expected at most 1 inputs, got more"},
      {{"z=1x4xf32=0", "z=1x4xf32=0"}, "input 'z' is given twice"},
      {{"z=1x4xf32=[1]2"}, "input 'z': expected 4 elements, got 2"},
  };
  for (const auto &[literals, expected] : cases)
    EXPECT_EQ(Fed(sample_generator, literals).text, expected);
  Fed nothing(sample_generator, {});
  nothing.row(0, 0, 4);
  EXPECT_EQ(nothing.text,
            "input 'z' is not given: --input=z=TENSOR or --seeds=0-3");
}

TEST(Inputs, ClassesAreIndicesOrOneHot) {
  Fed fed(sample_conditional, {}, 2, 0.5);
  ASSERT_EQ(fed.text, "done");
  EXPECT_EQ(fed.row(1, 3, 3), (std::vector<float>{0, 0, 1}));
  EXPECT_EQ(fed.row(2, 3, 1), (std::vector<float>{0.5}));
  EXPECT_EQ(Fed(sample_conditional, {}, 3).text,
            "--class: expected 0 ... 2, got 3");
  EXPECT_EQ(Fed(sample_generator, {}, 0).text,
            "--class: the network takes no class");
  EXPECT_EQ(Fed(sample_generator, {}, -1, 0.5).text,
            "--trunc: the network takes no truncation");
}

TEST(Inputs, RowsMustAgree) {
  EXPECT_EQ(Fed(sample_conditional, {"2x4xf32=0", "3x3xf32=0"}).text,
            "input 'class': expected 2 rows as before, got 3");
  Fed shared(sample_conditional, {"2x4xf32=0", "1x3xf32=0"});
  EXPECT_EQ(shared.text, "done");
  EXPECT_EQ(shared.inputs.rows, 2u);
}

TEST(Inputs, RunGivesEveryOutput) {
  Fed fed(sample_conditional, {"2x4xf32=[1 1 1 1 2 2 2 2]"}, 1, 0.25);
  ganrt_outputs outputs;
  ASSERT_EQ(message(ganrt_inputs_run(&fed.inputs, fed.model, nullptr, 0, 2,
                                     &outputs)),
            "done");
  ASSERT_EQ(outputs.count, 1u);
  const float *values = static_cast<float *>(outputs.items[0].data);
  EXPECT_EQ(outputs.items[0].shape[0], 2);
  EXPECT_EQ(values[0], 1 * 0.25f + 1); // z * psi + class
  EXPECT_EQ(values[4], 2 * 0.25f + 1);
  ganrt_outputs_destroy(&outputs);
}
