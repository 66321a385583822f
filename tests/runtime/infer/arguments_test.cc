//===- arguments_test.cc - what a generated program was asked to do -------===//
#include "runtime/src/infer/arguments.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
struct Options {
  std::vector<std::string> arguments;
  std::vector<const char *> argv;
  ganrt_infer_options options;
  std::string message;

  explicit Options(std::vector<std::string> a) : arguments(std::move(a)) {
    argv.push_back("sample");
    for (const std::string &argument : arguments)
      argv.push_back(argument.c_str());
    ganrt_status_t status = ganrt_infer_options_parse(
        static_cast<int>(argv.size()), argv.data(), &options);
    message = ganrt_status_message(status);
    ganrt_status_free(status);
  }
  ~Options() {
    ganrt_infer_options_destroy(&options, static_cast<int>(argv.size()));
  }
};
} // namespace

TEST(Arguments, Defaults) {
  Options o({});
  EXPECT_EQ(o.message, "done");
  EXPECT_EQ(o.options.relative, 1e-3);
  EXPECT_EQ(o.options.absolute, 1e-7);
  EXPECT_EQ(o.options.seeds, nullptr);
  EXPECT_FALSE(o.options.has_class);
}

TEST(Arguments, BothSpellings) {
  Options o({"--seeds", "0-3", "--outdir=out", "--threads=2", "--class=5",
             "--trunc=0.7", "--bench", "--model-info=json", "--max-memory=2g",
             "-i", "a.png", "-o", "b.png"});
  ASSERT_EQ(o.message, "done");
  EXPECT_STREQ(o.options.seeds, "0-3");
  EXPECT_STREQ(o.options.outdir, "out");
  EXPECT_EQ(o.options.threads, 2u);
  EXPECT_EQ(o.options.class_index, 5);
  EXPECT_EQ(o.options.truncation, 0.7);
  EXPECT_EQ(o.options.bench, GANRT_FORM_TEXT);
  EXPECT_EQ(o.options.model_info, GANRT_FORM_JSON);
  EXPECT_EQ(o.options.max_memory, 2u << 30);
  EXPECT_STREQ(o.options.image_in, "a.png");
  EXPECT_STREQ(o.options.image_out, "b.png");
}

TEST(Arguments, RepeatedTextsKeepTheirOrder) {
  Options o(
      {"--input=@a", "--input", "z=@b", "--output=@c", "--expected_output=@d"});
  ASSERT_EQ(o.message, "done");
  ASSERT_EQ(o.options.inputs.count, 2u);
  EXPECT_STREQ(o.options.inputs.items[0], "@a");
  EXPECT_STREQ(o.options.inputs.items[1], "z=@b");
  EXPECT_EQ(o.options.outputs.count, 1u);
  EXPECT_EQ(o.options.expected.count, 1u);
}

TEST(Arguments, MistakesAreSentences) {
  const std::pair<std::vector<std::string>, const char *> cases[] = {
      {{"--seed=3"}, "unknown option '--seed'; did you mean '--seeds'?"},
      {{"--oudir=x"}, "unknown option '--oudir'; did you mean '--outdir'?"},
      {{"--qqqqqqqqqq"}, "unknown option '--qqqqqqqqqq'; see --help"},
      {{"--\x1b[1m"}, "unknown option '--\\x1b[1m'; see --help"},
      {{"x.png"}, "unexpected argument 'x.png'; options begin with --"},
      {{"--seeds"}, "--seeds needs a value: --seeds=0,2,5-31"},
      {{"--outdir="}, "--outdir: expected DIR, got ''"},
      {{"--threads=two"}, "--threads: expected a whole number, got 'two'"},
      {{"--threads=-1"}, "--threads: expected a whole number, got '-1'"},
      {{"--class=1.5"}, "--class: expected a whole number, got '1.5'"},
      {{"--rtol=-1"}, "--rtol: expected a number, got '-1'"},
      {{"--trunc=nan"}, "--trunc: expected a number, got 'nan'"},
      {{"--max-memory=2x"},
       "--max-memory: expected a size such as 500m or 2g, got '2x'"},
      {{"--max-memory=99999999999999999t"},
       "--max-memory: expected a size such as 500m or 2g, got "
       "'99999999999999999t'"},
      {{"--bench=xml"}, "--bench: expected nothing or json, got 'xml'"},
      {{"--help=1"}, "--help: expected no value, got '1'"},
  };
  for (const auto &[arguments, message] : cases)
    EXPECT_EQ(Options(arguments).message, message);
}

TEST(Arguments, HelpIsShort) {
  ganrt_text text = {};
  ganrt_infer_options_help("sample", &text);
  std::string help(text.data, text.length);
  ganrt_text_destroy(&text);
  EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 60);
  EXPECT_EQ(help.find("sample --seeds=0-63 --outdir=out\n"), 0u);
  for (size_t at = 0, end; at < help.size(); at = end + 1) {
    end = help.find('\n', at);
    EXPECT_LE(end - at, 100u) << help.substr(at, end - at);
  }
}
