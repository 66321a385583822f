//===- infer_test.cc - the command line of generated networks -------------===//
#include "runtime/src/infer/infer.h"

#include "tests/runtime/infer/command_line.h"
#include "tests/runtime/infer/sample_conditional.h"
#include "tests/runtime/samples.h"
#include "tests/runtime/temporary_folder.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

using gan::runCommand;

TEST(Infer, PrintsOutputsThatCanBeExpected) {
  auto result =
      runCommand(sample_generator, {"--input=1x4xf32=[0.5 0.5 0.5 0.5]"});
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(result.out, "image=1x1x2x2xf32=[0.5 0.5][0.125 0]\n");
  std::string line = result.out.substr(0, result.out.size() - 1);
  result = runCommand(sample_generator,
                      {"--input=1x4xf32=0.5", "--expected_output=" + line});
  EXPECT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(result.out, "");
}

TEST(Infer, AMismatchIs65) {
  auto result = runCommand(sample_generator,
                           {"--input=1x4xf32=0.5",
                            "--expected_output=1x1x2x2xf32=[0.5 0.5 0.125 1]"});
  EXPECT_EQ(result.code, 65);
  EXPECT_EQ(result.words,
            "sample: error: output 'image': expected 1 at element 3, got 0; 1 "
            "of 4 elements are beyond rtol 0.001, atol 1e-07\n");
  result =
      runCommand(sample_generator,
                 {"--input=1x4xf32=0.5", "--atol=2",
                  "--expected_output=image=1x1x2x2xf32=[0.5 0.5 0.125 1]"});
  EXPECT_EQ(result.code, 0);
}

TEST(Infer, FilesInAndOut) {
  gan::TemporaryFolder folder;
  std::string y = folder.path("y.npy"), raw = folder.path("y.bin");
  auto result =
      runCommand(sample_generator, {"--input=z=5x4xf32=0.25", "--output=@" + y,
                                    "--output=image=@" + raw});
  ASSERT_EQ(result.code, 0) << result.words;
  result = runCommand(sample_generator,
                      {"--input=5x4xf32=0.25", "--expected_output=@" + y,
                       "--expected_output=image=5x1x2x2xf32=@" + raw});
  EXPECT_EQ(result.code, 0) << result.words;
}

TEST(Infer, SeedsIntoNumbers) {
  auto result =
      runCommand(sample_conditional, {"--seeds=4,5", "--trunc=0", "--class=2"});
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(result.out, "y=2x4xf32=[2 2 2 2][2 2 2 2]\n");
}

TEST(Infer, WhatIsNotFiniteIs65) {
  auto result = runCommand(sample_conditional,
                           {"--input=1x4xf32=nan", "--trunc=1", "--class=0"});
  EXPECT_EQ(result.code, 65);
  EXPECT_EQ(result.words,
            "sample: error: output 'y': expected numbers, got nan "
            "at element 0\n");
  EXPECT_EQ(result.out, "y=1x4xf32=[nan nan nan nan]\n");
}

TEST(Infer, MistakesAre1) {
  const std::pair<std::vector<std::string>, const char *> cases[] = {
      {{}, "input 'z' is not given: --input=z=TENSOR or --seeds=0-3"},
      {{"--sedes=3"}, "unknown option '--sedes'; did you mean '--seeds'?"},
      {{"--outdir=x"}, "--outdir needs --seeds"},
      {{"-i", "a"}, "--in and --out belong together"},
      {{"-i", "a", "-o", "b", "--seeds=1"},
       "--in takes no --seeds, --output, --expected_output or --bench"},
      {{"--bench", "--seeds=1"},
       "--bench takes no --seeds, --output or --expected_output"},
      {{"--batch=3"},
       "--batch, --export-times and --export-profile need --bench"},
      {{"--seeds=1-3", "--input=2x4xf32=0"},
       "--seeds: expected one seed for each of the 2 rows of the inputs, got "
       "3"},
      {{"--input=1x4xf32=0", "--output=other=@x"},
       "there is no output 'other'; see --model-info"},
      {{"--input=1x4xf32=0", "--output=@no/x", "--output=@no/y"},
       "expected at most 1 outputs, got more"},
      {{"--input=1x4xf32=0", "--output=image=x.npy"},
       "--output: expected @FILE.npy or @FILE.bin, got 'x.npy'"},
      {{"--device=cuda", "--seeds=1"},
       "'sample' has no code for cuda, but for cpu; compile it with "
       "--device=cpu,cuda"},
      {{"--threads=5000", "--seeds=1"},
       "expected at most 4096 threads, got 5000"},
      {{"--threads=5000000000", "--seeds=1"},
       "--threads: 5000000000 are too "
       "many"},
      {{"--max-memory=100", "--seeds=1", "--outdir=no"}, nullptr},
  };
  for (const auto &[arguments, expected] : cases) {
    auto result = runCommand(sample_generator, arguments);
    EXPECT_EQ(result.code, 1);
    if (expected) {
      EXPECT_EQ(result.words, std::string("sample: error: ") + expected + "\n");
    }
    EXPECT_EQ(result.out, "");
  }
}

TEST(Infer, HelpAndVersion) {
  auto result = runCommand(sample_generator, {"--help"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out.find("sample --seeds=0-63"), 0u);
  result = runCommand(sample_generator, {"--version"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out.find("sample 0123456789abcdef"), 0u);
  EXPECT_NE(result.out.find("abi 5, numerics exact, code for cpu\n"),
            std::string::npos);
  result = runCommand(sample_generator, {"--list-devices"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out.find("cpu "), 0u);
}

TEST(Infer, ArtefactsThatCannotRun) {
  auto result = runCommand(sample_game, {"--seeds=1"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.words,
            "sample: error: 'sample game' can't be run: it has no "
            "function 'infer'\n");
  ganrt_artefact other = sample_generator;
  other.abi_version = 7;
  EXPECT_EQ(runCommand(other, {"--help"}).words,
            "sample: error: expected an artefact of version 5, got 7\n");
}

TEST(Infer, AFullDiskIs74) {
  FILE *full = fopen("/dev/full", "w");
  if (!full)
    GTEST_SKIP() << "no /dev/full";
  FILE *words = tmpfile();
  const char *argv[] = {"sample", "--help"};
  EXPECT_EQ(ganrt_infer_main(&sample_generator, 2, argv, full, words), 74);
  fclose(full);
  fclose(words);
}
