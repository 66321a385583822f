//===- options_test.cc - what a training program was asked to do ----------===//
#include "runtime/src/train/options.h"
#include "tests/runtime/train/options_fixture.h"

namespace {

TEST_F(Options, DefaultsAreThoseOfTheHelp) {
  EXPECT_EQ(options.kimg, 25000);
  EXPECT_EQ(options.tick, 4);
  EXPECT_EQ(options.snap, 900);
  EXPECT_EQ(options.keep, 3u);
  EXPECT_STREQ(options.outdir, "runs");
  EXPECT_EQ(options.values[0], 10);
}

TEST_F(Options, BothSpellingsAndAllKinds) {
  EXPECT_EQ(parse({"--data=a.zip", "--outdir", "out", "--steps=7", "--kimg=1.5",
                   "--snap=200kimg", "--lambda=5", "-n", "--profile=0",
                   "--given=z=@z.npy", "--given=all.safetensors",
                   "--max-dataset-bytes=2g"}),
            "done");
  EXPECT_STREQ(options.data[0].path, "a.zip");
  EXPECT_EQ(options.data[0].name, nullptr);
  EXPECT_STREQ(options.outdir, "out");
  EXPECT_EQ(options.steps, 7u);
  EXPECT_EQ(options.kimg, 1.5);
  EXPECT_EQ(options.snap, 200);
  EXPECT_EQ(options.snap_unit, GANRT_SNAP_KIMG);
  EXPECT_EQ(options.values[0], 5);
  EXPECT_TRUE(options.dry_run);
  EXPECT_FALSE(options.profile);
  EXPECT_STREQ(options.given[0].name, "z");
  EXPECT_STREQ(options.given[0].path, "z.npy");
  EXPECT_EQ(options.given[1].name, nullptr);
  EXPECT_EQ(options.max_dataset_bytes, uint64_t(2) << 30);
}

TEST_F(Options, StreamNamesInFrontOfPaths) {
  EXPECT_EQ(parse({"--data", "x=a=b", "--data=z=c"}), "done");
  EXPECT_STREQ(options.data[0].name, "x");
  EXPECT_STREQ(options.data[0].path, "a=b");
  EXPECT_EQ(options.data[1].name, nullptr); // no stream is called z
  EXPECT_STREQ(options.data[1].path, "z=c");
}

TEST_F(Options, SnapUnits) {
  for (auto [text, value, unit] : {std::tuple("90s", 90.0, GANRT_SNAP_SECONDS),
                                   {"15m", 900.0, GANRT_SNAP_SECONDS},
                                   {"2h", 7200.0, GANRT_SNAP_SECONDS},
                                   {"0.5kimg", 0.5, GANRT_SNAP_KIMG},
                                   {"10steps", 10.0, GANRT_SNAP_STEPS}}) {
    EXPECT_EQ(parse({(std::string("--snap=") + text).c_str()}), "done");
    EXPECT_EQ(options.snap, value);
    EXPECT_EQ(options.snap_unit, unit);
  }
  for (const char *bad : {"15", "0m", "-1m", "1.5steps", "nanm", "m", "1d"})
    EXPECT_NE(parse({(std::string("--snap=") + bad).c_str()})
                  .find("--snap expects a time or a count such as 15m"),
              std::string::npos)
        << bad;
}

TEST_F(Options, GammaHasAFormula) {
  EXPECT_EQ(parse({"--gamma=auto"}), "done");
  EXPECT_DOUBLE_EQ(options.values[1], 0.0002 * 64 * 64 / 16);
  EXPECT_EQ(parse({"--lambda=auto"}), "--lambda expects a number, got 'auto'");
}

TEST_F(Options, MistakesAreSentences) {
  EXPECT_EQ(parse({"images.zip"}),
            "unexpected argument 'images.zip'; options begin with --, data is "
            "named with --data=PATH");
  EXPECT_EQ(parse({"--steps"}), "--steps needs a value: --steps=N");
  EXPECT_EQ(parse({"--steps=-1"}), "--steps expects a whole number, got '-1'");
  EXPECT_EQ(parse({"--keep=1"}),
            "--keep expects a number from 2 to 1e+06, got '1'");
  EXPECT_EQ(parse({"--seed=18446744073709551616"}),
            "--seed expects a number from 0 to 1.84467e+19, got "
            "'18446744073709551616'");
  EXPECT_EQ(parse({"--lambda=101"}),
            "--lambda expects a number from 0 to 100, got '101'");
  EXPECT_EQ(parse({"--on-nan=skip"}),
            "--on-nan=skip is not supported; possible: stop");
  EXPECT_EQ(parse({"--profile=2"}), "--profile expects no value, 0 or 1, got "
                                    "'2'");
  EXPECT_EQ(parse({"--data="}), "--data expects a path, got ''");
}

TEST_F(Options, PathsAreCounted) {
  std::vector<const char *> arguments(65, "--data=a");
  EXPECT_EQ(parse(arguments), "--data was given more than 64 times");
}

TEST_F(Options, AFileFillsInWhatTheCommandLineLeavesOpen) {
  gan::TemporaryFolder scratch;
  ganrt_train_options first;
  ASSERT_OK(ganrt_train_options_begin(&game, &first));
  const char *argv[] = {"train",
                        "--data=x=/tmp",
                        "--lambda=0.1",
                        "--kimg=0.25",
                        "--snap=10steps",
                        "--desc=a \"b\"",
                        "--seed=18446744073709549568"};
  ASSERT_OK(ganrt_train_options_parse(&first, 7, argv));
  ganrt_text text = {};
  ganrt_text_append(&text, "{\n  \"game\": \"toy\",\n  ");
  ganrt_train_options_write(&first, &text);
  ganrt_text_append(&text, "\n}\n");
  writeFile(scratch.path("options.json"), text.data);
  ganrt_text_destroy(&text);
  ganrt_train_options_destroy(&first);

  EXPECT_EQ(parse({"--kimg=7"}), "done");
  ASSERT_OK(
      ganrt_train_options_read(&options, scratch.path("options.json").c_str()));
  EXPECT_EQ(options.kimg, 7);
  EXPECT_EQ(options.values[0], 0.1);
  EXPECT_STREQ(options.data[0].name, "x");
  EXPECT_STREQ(options.data[0].path, "/tmp");
  EXPECT_STREQ(options.desc, "a \"b\"");
  EXPECT_EQ(options.snap, 10);
  EXPECT_EQ(options.snap_unit, GANRT_SNAP_STEPS);
  EXPECT_EQ(options.seed, 18446744073709549568u);
}

TEST_F(Options, FilesMayBeHostile) {
  gan::TemporaryFolder scratch;
  std::string path = scratch.path("options.json");
  for (auto [text, expected] :
       {std::pair("", ""),
        {"{}", "game"},
        {R"({"game": "other", "train": {}, "options": {}})",
         "expected options of the game 'toy', got those of 'other'"},
        {R"({"game": "toy", "train": {"kimg": "x"}, "options": {}})",
         "--kimg expects a number, got 'x'"},
        {R"({"game": "toy", "train": {"kimg": {}}, "options": {}})",
         "expected a value for 'kimg', got an object"},
        {R"({"game": "toy", "train": {"data": [1]}, "options": {}})", "path"},
        {R"({"game": "toy", "train": {}, "options": {"nu": 1}})",
         "unknown option '--nu'"}}) {
    writeFile(path, text);
    std::string result =
        sentence(ganrt_train_options_read(&options, path.c_str()));
    EXPECT_NE(result, "done");
    EXPECT_NE(result.find(expected), std::string::npos) << result;
  }
}

} // namespace
