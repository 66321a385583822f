//===- session_test.cc - opening and closing a training run ---------------===//
#include "tests/runtime/train/toy_run.h"

namespace {

const char *const run0 = "runs/00000-toy-data-b16";

TEST_F(Toy, ZeroConfigurationWorks) {
  ASSERT_EQ(run({"--data=data", "--steps=2"}), 0) << err();
  EXPECT_HAS(out(), "new run in runs/00000-toy-data-b16\n");
  EXPECT_HAS(out(), "stream x: 100 samples\nstream y: 100 samples\n");
  EXPECT_EQ(err(), "");
  std::string options = file(std::string(run0) + "/options.json");
  EXPECT_HAS(options, "\"game\": \"toy\"");
  EXPECT_HAS(options, "\"rate\": 0.05");
  EXPECT_HAS(options, folder.path("data")); // absolute
}

TEST_F(Toy, BranchingMakesANewRun) {
  ASSERT_EQ(run({"--data=data", "--kimg=2", "--rate=0.02"}), 0) << err();
  ASSERT_EQ(run({"--resume=" + newest(), "--outdir=other", "--kimg=3"}), 0)
      << err();
  EXPECT_HAS(out(), "branched from ");
  EXPECT_HAS(out(), "kimg 2.0; goes on in the new run "
                    "other/00000-toy-data-b16");
  std::string options = file("other/00000-toy-data-b16/options.json");
  EXPECT_HAS(options, "\"resumed_from\": \"" + folder.path(newest()));
  EXPECT_HAS(options, "\"rate\": 0.02");
  // The old run is as it was; both go on alike.
  ASSERT_EQ(run({std::string("--resume=") + run0, "--kimg=3"}), 0) << err();
  EXPECT_EQ(hashes(newest()), hashes(newest("other/00000-toy-data-b16")));
}

TEST_F(Toy, ARunGoesOnInItsOwnFolder) {
  ASSERT_EQ(run({"--data=data", "--steps=1"}), 0) << err();
  std::string resume = std::string("--resume=") + run0;
  EXPECT_NE(run({resume, "--outdir=other", "--steps=2"}), 0);
  EXPECT_HAS(err(), "--resume goes on in the run's own folder, and that is not "
                    "in --outdir=other");
  EXPECT_EQ(run({resume, "--outdir=runs", "--steps=2"}), 0) << err();
}

TEST_F(Toy, SeedsHave64Bits) {
  ASSERT_EQ(run({"--data=data", "--steps=1", "--seed=18446744073709551615"}), 0)
      << err();
  EXPECT_HAS(file(std::string(run0) + "/options.json"),
             "\"seed\": \"18446744073709551615\"");
  ASSERT_EQ(run({std::string("--resume=") + run0, "--steps=2"}), 0);
  EXPECT_EQ(err(), "");
}

TEST_F(Toy, ARunKeepsTheSeedItBeganWith) {
  ASSERT_EQ(run({"--data=data", "--steps=1", "--seed=5"}), 0) << err();
  ASSERT_EQ(run({std::string("--resume=") + run0, "--steps=2", "--seed=7"}), 0);
  EXPECT_EQ(err(), "warning: --seed=7 is not used: the run began with 5\n");
  EXPECT_HAS(file(std::string(run0) + "/options.json"), "\"seed\": 5");
}

TEST_F(Toy, LittleDataIsAWarning) {
  writeIdx(folder.path("little"), 3);
  ASSERT_EQ(run({"--data=little", "--steps=2"}), 0) << err();
  EXPECT_HAS(err(), "warning: stream x: a batch of 16 is more than all the "
                    "data: it holds samples several times\n");
}

TEST_F(Toy, AutoResumesTheNewestOrBegins) {
  Arguments arguments = {"--data=data", "--resume=auto", "--kimg=1"};
  ASSERT_EQ(run(arguments), 0) << err();
  EXPECT_HAS(out(), "new run in");
  arguments[2] = "--kimg=2";
  ASSERT_EQ(run(arguments), 0) << err();
  EXPECT_HAS(out(), "resumed runs/00000-toy-data-b16 from checkpoint-000001");
  EXPECT_FALSE(exists("runs/00001-toy-data-b16"));
  // A newest run without a checkpoint isn't gone back behind.
  std::filesystem::create_directory(folder.path("runs/00001-toy-data-b16"));
  ASSERT_EQ(run(arguments), 0) << err();
  EXPECT_HAS(out(), "new run in runs/00002-toy-data-b16");
}

TEST_F(Toy, WeightsAloneBeginAFreshRun) {
  ASSERT_EQ(run({"--data=data", "--kimg=1"}), 0) << err();
  ASSERT_EQ(run({"--data=data", "--steps=0", "--desc=b",
                 std::string("--init=") + run0 +
                     "/network-snapshot-000001.safetensors"}),
            0)
      << err();
  EXPECT_HAS(out(), "kimg 0, fresh moments");
  auto before = hashes(newest()),
       after = hashes(newest("runs/00001-toy-data-b16-b"));
  EXPECT_EQ(before["G/w"], after["G/w"]);
  EXPECT_EQ(before["Gs/w"], after["Gs/w"]);
  EXPECT_NE(before["generator/G/w@m"], after["generator/G/w@m"]);
  EXPECT_NE(before["state/seen"], after["state/seen"]);
}

TEST_F(Toy, OtherDataIsRefusedAndDamageIsPassedOver) {
  ASSERT_EQ(run({"--data=data", "--kimg=2", "--snap=1kimg"}), 0) << err();
  writeIdx(folder.path("other"), 100, 2);
  EXPECT_EQ(run({std::string("--resume=") + run0, "--data=other"}), 1);
  EXPECT_HAS(err(), "cannot be resumed: it is from another data set: stream "
                    "'x' had 100 samples");
  writeFile(folder.path(newest() + "/state.safetensors"), "x");
  ASSERT_EQ(run({std::string("--resume=") + run0, "--kimg=3"}), 0) << err();
  EXPECT_HAS(err(),
             "warning: checkpoint-000002 is damaged and was passed over");
  EXPECT_HAS(out(), "from checkpoint-000001");
  for (auto &entry : std::filesystem::directory_iterator(folder.path(run0)))
    if (entry.is_directory())
      writeFile(entry.path() / "COMMIT", "x");
  EXPECT_EQ(run({std::string("--resume=") + run0, "--kimg=3"}), 1);
  EXPECT_HAS(
      err(),
      "runs/00000-toy-data-b16' holds no whole checkpoint to resume from");
}

TEST_F(Toy, TwoTrainersDontShareARun) {
  pid_t child = start({"--data=data", "--snap=10steps"});
  waitFor(std::string(run0) + "/checkpoint-latest");
  EXPECT_EQ(run({std::string("--resume=") + run0}), 1);
  EXPECT_HAS(err(), "another trainer is working in");
  kill(child, SIGKILL);
  wait(child);
}

TEST_F(Toy, DryRunsWriteNothing) {
  ASSERT_EQ(run({"--data=data", "-n", "--rate=0.5"}), 0) << err();
  EXPECT_FALSE(exists("runs"));
  for (const char *part :
       {"  kimg                  25000\n", "  rate                  0.5\n",
        "stream x: 100 samples\n", "memory: ", "disk: ", "threads: "})
    EXPECT_HAS(out(), part);
}

TEST_F(Toy, WrongDataIsFoundBeforeAnythingIsWritten) {
  writeFile(folder.path("text"), "words");
  struct {
    const char *data, *expected;
  } cases[] = {
      {"--data=none", "cannot open the data 'none': no such file"},
      {"--data=text", "'text' is not data: expected a folder or zip of PNG"},
      {"--data=.", ""},
      {"--data=y=data", "stream 'x' has no data; expected --data=PATH"},
  };
  for (auto &[data, expected] : cases) {
    EXPECT_EQ(run({data}), 1);
    if (*expected) {
      EXPECT_HAS(err(), expected);
    }
  }
  EXPECT_FALSE(exists("runs"));
}

} // namespace
