//===- command_line_test.cc - a training program from argv to exit code ---===//
#include "tests/runtime/train/toy_run.h"

namespace {

TEST_F(Toy, HelpAndVersionAreOutput) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_HAS(out(), "usage: ");
  EXPECT_HAS(out(), "Options of the game:\n  --rate=0...1");
  EXPECT_EQ(err(), "");
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_HAS(out(), "trainer of the game 'toy'\nbuild 0123");
  EXPECT_EQ(run({"--help", "--nonsense"}), 1);
}

// The three examples of --help, as they stand there but for the path.
TEST_F(Toy, TheExamplesOfTheHelpRun) {
  ASSERT_EQ(run({"--help"}), 0);
  std::string help = out();
  int examples = 0;
  for (size_t at = 0; (at = help.find("\n  ", at)) != std::string::npos; ++at) {
    std::string line = help.substr(at + 3, help.find('\n', at + 3) - at - 3);
    if (line.find(TOY_TRAINER) != 0)
      continue;
    Arguments arguments;
    for (size_t word = line.find(' '); word != std::string::npos;) {
      size_t next = line.find(' ', word + 1);
      arguments.push_back(line.substr(word + 1, next - word - 1));
      word = next;
    }
    ASSERT_EQ(arguments[0].find("--data="), 0u);
    arguments[0] = "--data=data";
    arguments.push_back("--steps=2");
    EXPECT_EQ(run(arguments), 0) << line << "\n" << err();
    ++examples;
  }
  EXPECT_EQ(examples, 3);
}

TEST_F(Toy, MistakesEndWithOneSentence) {
  struct {
    Arguments arguments;
    const char *expected;
  } cases[] = {
      {{}, "stream 'x' has no data; expected --data=PATH\n"},
      {{"--rat=1"}, "unknown option '--rat'; did you mean '--rate'?\n"},
      {{"--data=data", "--resume=nowhere"},
       "--resume: there is no run or checkpoint 'nowhere'\n"},
      {{"--data=data", "--resume=data"},
       "--resume: 'data' is neither a run nor a checkpoint: it holds no "
       "options.json and no manifest.json\n"},
      {{"--resume=data", "--init=x"},
       "--resume and --init exclude each other: a resumed run has its own "
       "weights\n"},
      {{"--resume=data", "--options=x"},
       "--resume and --options exclude each other: a resumed run has its own "
       "options\n"},
      {{"--data=data", "--given=q=@x.npy"},
       "--given: there is no draw 'q'; possible: x, y, z\n"},
      {{"--data=data", "--outdir=data/train-images-idx3-ubyte/x"},
       "not a directory\n"},
  };
  for (auto &[arguments, expected] : cases) {
    EXPECT_EQ(run(arguments), 1);
    EXPECT_EQ(err().find("toy_trainer: error: "), 0u) << err();
    EXPECT_HAS(err(), expected);
    EXPECT_EQ(out(), "");
  }
}

TEST_F(Toy, OptionsOfAnotherRunAreTaken) {
  ASSERT_EQ(run({"--data=data", "--steps=1", "--rate=0.25", "--seed=5"}), 0);
  ASSERT_EQ(
      run({"--options=runs/00000-toy-data-b16/options.json", "--steps=2"}), 0)
      << err();
  std::string options = file("runs/00001-toy-data-b16/options.json");
  EXPECT_HAS(options, "\"rate\": 0.25");
  EXPECT_HAS(options, "\"seed\": 5");
  EXPECT_HAS(options, "\"steps\": 2");
}

TEST_F(Toy, TheNewestCheckpointHasASecondName) {
  ASSERT_EQ(run({"--data=data", "--steps=1", "--threads=0"}), 0) << err();
  std::string latest = "runs/00000-toy-data-b16/checkpoint-latest";
  ASSERT_EQ(run({"--resume=" + latest, "--steps=2"}), 0) << err();
  EXPECT_HAS(out(), "branched from");
  EXPECT_HAS(out(), "00000-toy-data-b16/checkpoint-000000: step 1");
  for (const char *name : {"elsewhere\n", "../00001-toy-data-b16\n", ""}) {
    std::ofstream(folder.path(latest)) << name;
    EXPECT_EQ(run({"--resume=" + latest, "--steps=2"}), 1);
    EXPECT_HAS(err(), "which is no checkpoint beside it");
  }
}

TEST_F(Toy, AClosedTerminalDoesNotEndTraining) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    if (chdir(folder.path("").c_str()) == 0)
      execl(TOY_TRAINER, "toy_trainer", "--data=data", "--steps=3", nullptr);
    _exit(127);
  }
  close(ends[1]);
  EXPECT_EQ(wait(child), 0);
  EXPECT_TRUE(exists("runs/00000-toy-data-b16/checkpoint-latest"));
}

} // namespace
