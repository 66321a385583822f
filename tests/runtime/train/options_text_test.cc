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
       {"./train --data=images.zip\n", "--resume=auto", "--lambda=0...100",
        "[default: 25000]", "x of 3x64x64 (batch 16)"})
    EXPECT_NE(help.find(part), std::string::npos) << part << "\n" << help;
}

// What a worked example gives fits the streams.
TEST_F(Options, HelpOffersDataThatFits) {
  auto example = [&](std::vector<ganrt_stream> streams) {
    game.streams = streams.data();
    game.stream_count = static_cast<uint32_t>(streams.size());
    ganrt_text text = {};
    ganrt_train_options_help(&options, "./train", &text);
    std::string help = text.data;
    ganrt_text_destroy(&text);
    size_t begin = help.find("\n\n  ./train") + 4;
    return help.substr(begin, help.find('\n', begin) - begin);
  };
  const int64_t grey[] = {16, 1, 28, 28}, points[] = {16, 2},
                flat[] = {16, 1, 1, 2};
  ganrt_stream a = {"a", GANRT_F32, 4, grey, -1, 1, GANRT_NONE, 0};
  ganrt_stream b = {"b", GANRT_F32, 2, points, 0, 0, GANRT_NONE, 0};
  ganrt_stream c = {"c", GANRT_F32, 4, flat, 0, 0, GANRT_NONE, 0};
  ganrt_stream y = {"y", GANRT_I32, 1, labelShape, 0, 0, 0, 0};
  EXPECT_EQ(example({a}), "./train --data=/usr/share/datasets/fashion-mnist");
  EXPECT_EQ(example({a, y}),
            "./train --data=/usr/share/datasets/fashion-mnist");
  EXPECT_EQ(example({b}), "./train --data=b.npy");
  EXPECT_EQ(example({c}), "./train --data=c.npy");
  EXPECT_EQ(example({b, y}), "./train --data=b=b.npy --data=y=y.npy");
  EXPECT_EQ(example({a, b}), "./train --data=a=a.zip --data=b=b.npy");
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
