//===- bench_test.cc - how long runs take ---------------------------------===//
#include "runtime/src/infer/bench.h"

#include "runtime/src/file.h"
#include "runtime/src/json.h"
#include "tests/runtime/infer/command_line.h"
#include "tests/runtime/samples.h"
#include "tests/runtime/temporary_folder.h"

#include <gtest/gtest.h>
#include <regex>
#include <string>
#include <vector>

using gan::runCommand;

namespace {
struct Json {
  ganrt_json_document *document = nullptr;
  explicit Json(const std::string &text) {
    ganrt_json_limits limits = {1 << 20, 10, 100000};
    EXPECT_EQ(
        ganrt_json_parse(nullptr, text.data(), text.size(), limits, &document),
        nullptr)
        << text;
  }
  ~Json() { ganrt_json_destroy(document); }
  const ganrt_json *root() const { return ganrt_json_root(document); }
};

std::string read(const std::string &path) {
  ganrt_bytes bytes;
  EXPECT_EQ(ganrt_file_read(nullptr, path.c_str(), 1 << 20, &bytes), nullptr);
  std::string text(reinterpret_cast<char *>(bytes.data), bytes.size);
  ganrt_bytes_destroy(&bytes);
  return text;
}
} // namespace

TEST(Bench, Percentiles) {
  std::vector<double> times;
  for (int i = 100; i > 0; --i)
    times.push_back(i);
  ganrt_times_summary s = ganrt_times_summarize(times.data(), 100);
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.max, 100);
  EXPECT_EQ(s.mean, 50.5);
  EXPECT_EQ(s.median, 50.5);
  EXPECT_EQ(s.p90, 90);
  EXPECT_EQ(s.p95, 95);
  EXPECT_EQ(s.p99, 99);
  double one[] = {3};
  s = ganrt_times_summarize(one, 1);
  EXPECT_EQ(s.median, 3);
  EXPECT_EQ(s.p99, 3);
}

TEST(Bench, TextAndJson) {
  std::vector<std::string> arguments = {"--threads=1", "--duration=0",
                                        "--iterations=5", "--batch=6"};
  auto text = arguments;
  text.push_back("--bench");
  auto result = runCommand(sample_generator, text);
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(result.out.find("Batch 6, 1 threads, 5 runs\n\n=== Performance "
                            "summary ===\nThroughput: "),
            0u)
      << result.out;
  EXPECT_NE(result.out.find("percentile(99%) = "), std::string::npos);
  EXPECT_TRUE(std::regex_search(
      result.out, std::regex("max = [0-9][0-9.e-]{0,9} ms, mean")))
      << result.out;
  auto json = arguments;
  json.push_back("--bench=json");
  result = runCommand(sample_generator, json);
  ASSERT_EQ(result.code, 0) << result.words;
  Json parsed(result.out);
  EXPECT_EQ(ganrt_json_find(parsed.root(), "iterations")->integer, 5);
  const ganrt_json *latency = ganrt_json_find(parsed.root(), "latency_ms");
  EXPECT_EQ(latency->count, 7u);
  EXPECT_NEAR(6e3 / ganrt_json_find(latency, "mean")->number,
              ganrt_json_find(parsed.root(), "throughput")->number, 1e-6);
}

TEST(Bench, ExportsTimesAndProfile) {
  gan::TemporaryFolder folder;
  auto result = runCommand(sample_generator,
                           {"--bench", "--threads=1", "--duration=0",
                            "--iterations=4", "--warmup=2", "--batch=4",
                            "--export-times=" + folder.path("t.json"),
                            "--export-profile=" + folder.path("p.json")});
  ASSERT_EQ(result.code, 0) << result.words;
  Json times(read(folder.path("t.json"))), profile(read(folder.path("p.json")));
  EXPECT_EQ(times.root()->count, 4u);
  ASSERT_EQ(profile.root()->count, 1u); // derive ran before, and doesn't count
  const ganrt_json *kernel = profile.root()->first;
  EXPECT_STREQ(ganrt_json_find(kernel, "name")->string, "k000_generate");
  EXPECT_EQ(ganrt_json_find(kernel, "calls")->number, 4);
  EXPECT_EQ(ganrt_json_find(kernel, "percentage")->number, 100);
}

TEST(Bench, RowsOfInputsDecide) {
  auto result = runCommand(sample_generator,
                           {"--bench", "--input=2x4xf32=1", "--batch=3"});
  EXPECT_EQ(result.words,
            "sample: error: --batch: expected the 2 rows of the inputs, got "
            "3\n");
}
