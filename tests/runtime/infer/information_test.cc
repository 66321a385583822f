//===- information_test.cc - what --model-info says -----------------------===//
#include "runtime/src/infer/information.h"

#include "runtime/src/json.h"
#include "tests/runtime/infer/command_line.h"
#include "tests/runtime/samples.h"

#include <gtest/gtest.h>
#include <string>

using gan::runCommand;

TEST(Information, Text) {
  auto result = runCommand(sample_generator, {"--model-info", "--threads=1"});
  ASSERT_EQ(result.code, 0) << result.words;
  for (const char *line :
       {"network  sample\n", "input    z: ?x4xf32\n",
        "output   image: ?x1x2x2xf32, pixels -1 ... 1\n",
        "plan     batch 1, 2 instructions, 8e-09 GFLOP, arena 0 bytes\n",
        "plan     batch 4, ", "memory   128 bytes weights, ",
        " bytes more with 1 threads (64 of them derived)\n",
        "code     x86-64; x86-64 runs\n", "numerics exact\n",
        "digest   0123456789abcdef"})
    EXPECT_NE(result.out.find(line), std::string::npos) << result.out;
}

TEST(Information, JsonSaysTheSame) {
  auto result =
      runCommand(sample_generator, {"--model-info=json", "--threads=1"});
  ASSERT_EQ(result.code, 0) << result.words;
  ganrt_json_document *document;
  ganrt_json_limits limits = {1 << 20, 10, 1000};
  ASSERT_EQ(ganrt_json_parse(nullptr, result.out.data(), result.out.size(),
                             limits, &document),
            nullptr);
  const ganrt_json *root = ganrt_json_root(document);
  EXPECT_STREQ(ganrt_json_find(root, "name")->string, "sample");
  const ganrt_json *output = ganrt_json_find(root, "outputs")->first;
  EXPECT_STREQ(ganrt_json_find(output, "name")->string, "image");
  EXPECT_EQ(ganrt_json_find(output, "shape")->first->kind, GANRT_JSON_NULL);
  EXPECT_EQ(ganrt_json_find(output, "shape")->count, 4u);
  EXPECT_EQ(ganrt_json_find(output, "low")->number, -1);
  EXPECT_EQ(ganrt_json_find(root, "plans")->count, 2u);
  EXPECT_EQ(ganrt_json_find(root, "weight_bytes")->integer, 128);
  ganrt_json_destroy(document);
}
