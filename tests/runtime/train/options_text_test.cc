//===- options_text_test.cc - options as people and files read them -------===//
#include "tests/runtime/train/options_fixture.h"

namespace {

TEST_F(Options, HelpNamesEverythingAndStaysShort) {
  ganrt_text text = {};
  ganrt_train_options_help(&options, "./train", &text);
  std::string help = text.data;
  ganrt_text_destroy(&text);
  EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 60);
  for (const char *part :
       {"./train --data=/usr/share/datasets/fashion-mnist\n", "--resume=auto",
        "--lambda=0...100", "[default: 25000]", "x of 3x64x64 (batch 16)"})
    EXPECT_NE(help.find(part), std::string::npos) << part << "\n" << help;
}

TEST_F(Options, DryRunShowsDefaultsToo) {
  EXPECT_EQ(parse({"--steps=3"}), "done");
  ganrt_text text = {};
  ganrt_train_options_print(&options, &text);
  std::string printed = text.data;
  ganrt_text_destroy(&text);
  EXPECT_NE(printed.find("  steps                 3\n"), std::string::npos);
  EXPECT_NE(printed.find("  kimg                  25000\n"), std::string::npos);
  EXPECT_NE(printed.find("  threads               0\n"), std::string::npos);
  EXPECT_EQ(printed.find("init"), std::string::npos); // was not given
}

} // namespace
