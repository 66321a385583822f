//===- trainer_test.cc - the loop of a training run -----------------------===//
#include "tests/runtime/train/toy_run.h"

#include <random>

namespace {

const char *const run0 = "runs/00000-toy-data-b16/";

uint64_t stepOf(const std::string &manifest) {
  size_t at = manifest.find("\"step\": ");
  return at == std::string::npos ? 0 : std::stoull(manifest.substr(at + 8));
}

TEST_F(Toy, MomentsWithinOneThousandImagesKeepTheirFiles) {
  Arguments arguments = {"--data=data", "--steps=4", "--snap=1steps",
                         "--keep=2"};
  ASSERT_EQ(run(arguments), 0) << err();
  EXPECT_HAS(out(), "*000000-step4.*\n");
  ASSERT_EQ(run({"--resume=" + std::string(run0), "--steps=5"}), 0) << err();
  for (const char *moment : {"000000", "000000-step2", "000000-step3",
                             "000000-step4", "000000-step5"})
    for (std::string name : {"fakes@.png", "network-snapshot-@.onnx",
                             "network-snapshot-@.safetensors"})
      EXPECT_TRUE(exists(run0 + name.replace(name.find('@'), 1, moment)))
          << name;
  EXPECT_FALSE(exists(std::string(run0) + "checkpoint-000000-step3"));
  EXPECT_TRUE(exists(std::string(run0) + "checkpoint-000000-step5"));
}

TEST_F(Toy, SnapshotsComeWhenTheyAreDue) {
  ASSERT_EQ(run({"--data=data", "--kimg=3", "--tick=0.5", "--snap=1kimg",
                 "--keep=9"}),
            0)
      << err();
  // After tick 1, at each thousand images, and at the end.
  for (const char *name :
       {"checkpoint-000000", "checkpoint-000001", "checkpoint-000002",
        "checkpoint-000003", "fakes_init.png", "fakes000001.png",
        "fakes000003.png", "network-snapshot-000003.onnx",
        "network-snapshot-000003.safetensors", "reals.png", "options.json"})
    EXPECT_TRUE(exists(std::string(run0) + name)) << name;
  EXPECT_EQ(newest(), std::string(run0) + "checkpoint-000003");
  std::string lines = out();
  EXPECT_HAS(lines, "tick 0     kimg 0.0 ");
  EXPECT_HAS(lines, "loss/generator ");
  EXPECT_HAS(lines, " brightness ");
  EXPECT_HAS(lines, "images and networks: runs/00000-toy-data-b16/*000003.*");
  EXPECT_HAS(lines, "saved checkpoint-000003; go on with --resume=runs/");
  EXPECT_EQ(file(std::string(run0) + "log.txt"), lines);
}

TEST_F(Toy, TheExportIsTheTemplateWithTheAverage) {
  ASSERT_EQ(run({"--data=data", "--steps=3"}), 0) << err();
  std::string onnx = file(std::string(run0) + "network-snapshot-000000.onnx");
  std::string state = file(newest() + "/state.safetensors");
  ASSERT_EQ(onnx.size(), 8u + 3136);
  EXPECT_EQ(onnx.substr(0, 4), "HEAD");
  EXPECT_NE(state.find(onnx.substr(4, 3136)), std::string::npos);
}

// U6: stopping, by itself or by a signal, and going on changes nothing.
TEST_F(Toy, ResumedRunsEqualUninterruptedOnes) {
  ASSERT_EQ(run({"--data=data", "--kimg=2", "--tick=0.3", "--desc=whole"}), 0);
  ASSERT_EQ(run({"--data=data", "--kimg=0.5", "--tick=0.3", "--threads=1",
                 "--desc=parts"}),
            0);
  std::string parts = "runs/00001-toy-data-b16-parts";
  ASSERT_EQ(run({"--resume=" + parts, "--kimg=1.2"}), 0) << err();
  EXPECT_HAS(out(), "goes on in the same folder");
  ASSERT_EQ(run({"--resume=" + parts, "--kimg=2", "--threads=3"}), 0) << err();
  auto whole = hashes("runs/00000-toy-data-b16-whole/checkpoint-000002");
  EXPECT_EQ(whole.size(), 14u);
  EXPECT_EQ(whole, hashes(newest(parts)));
  // One line per tick in the statistics of both.
  auto lines = [&](const std::string &name) {
    std::string text = file(name + "/stats.jsonl");
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines("runs/00000-toy-data-b16-whole"), lines(parts));
}

// C1: killed twenty times, with a save every few steps, a run reaches the same
// state as one that was never stopped. Every second time it is killed while it
// starts, else at a random instant after its first save.
TEST_F(Toy, KilledRunsReachTheSameState) {
  std::string killed = std::string("runs/00000-toy-data-b16");
  ASSERT_EQ(run({"--data=data", "--steps=1", "--tick=0.1"}), 0) << err();
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::string latest = newest(killed);
    pid_t child =
        start({"--resume=" + killed, "--steps=10000000", "--snap=7steps"});
    for (int k = 0; i % 2 && k < 6000 && newest(killed) == latest; ++k)
      usleep(5000);
    usleep(random() % 30000);
    kill(child, SIGKILL);
    ASSERT_EQ(wait(child), 128 + SIGKILL) << err();
    ASSERT_EQ(err(), "");
  }
  // A kill may come between a checkpoint and its mention in checkpoint-latest.
  uint64_t step = 0;
  for (auto &entry : std::filesystem::directory_iterator(folder.path(killed)))
    step = std::max(step, stepOf(readFile(entry.path() / "manifest.json")));
  EXPECT_GE(step, 60u);
  std::string end = "--steps=" + std::to_string(step + 10);
  ASSERT_EQ(run({"--resume=" + killed, end}), 0) << err();
  ASSERT_EQ(run({"--data=data", end, "--tick=0.1", "--outdir=whole"}), 0);
  EXPECT_EQ(hashes(newest(killed)), hashes(newest("whole/00000-toy-data-b16")));
}

// C4: every signal saves, then ends the process as the signal would.
TEST_F(Toy, SignalsSaveFirst) {
  int number = 0;
  for (int signal : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) {
    char prefix[32];
    snprintf(prefix, sizeof prefix, "runs/%05d-toy-data-b16", number++);
    pid_t child = start({"--data=data"});
    waitFor(std::string(prefix) + "/stats.jsonl");
    usleep(20000);
    kill(child, signal);
    EXPECT_EQ(wait(child), 128 + signal);
    EXPECT_HAS(out(), "saving a checkpoint, then ending");
    EXPECT_HAS(out(), "go on with --resume=");
    EXPECT_TRUE(exists(newest(prefix) + "/COMMIT"));
    EXPECT_EQ(run({std::string("--resume=") + prefix, "--kimg=0.001"}), 0);
    EXPECT_HAS(out(), "nothing is left to do");
  }
  pid_t child = start({"--data=data", "--exit-zero-on-signal"});
  waitFor("runs/00004-toy-data-b16/stats.jsonl");
  kill(child, SIGTERM);
  EXPECT_EQ(wait(child), 0);
}

TEST_F(Toy, ALossThatIsNotANumberStops) {
  EXPECT_EQ(run({"--data=data", "--poison=50", "--snap=20steps"}), 65);
  EXPECT_HAS(err(),
             "toy_trainer: error: step 50: 'Loss/generator' is nan; see "
             "runs/00000-toy-data-b16/nan-report.json, the newest "
             "checkpoint is checkpoint-000000-step40; --trap-nan finds what "
             "made it\n");
  std::string report = file(std::string(run0) + "nan-report.json");
  EXPECT_HAS(report, "\"step\": 50");
  EXPECT_HAS(report, "\"report\": \"Loss/generator\"");
  EXPECT_HAS(report, "\"value\": \"nan\"");
  EXPECT_HAS(report, "\"reports\": {");
  EXPECT_HAS(report, "\"Loss/generator\": null");
  EXPECT_HAS(report, "\"state\": [");
  // What was saved before goes on.
  EXPECT_EQ(
      run({"--resume=runs/00000-toy-data-b16", "--poison=-1", "--steps=60"}),
      0);
  EXPECT_HAS(err(), "warning: poison is -1 from here on, it was 50");
}

// A limit on the size of files stands for a full disk: the state has 9 KiB.
TEST_F(Toy, SavingThatFailsIsForgivenSomeTimes) {
  pid_t child = start(
      {"--data=data", "--snap=5steps", "--kimg=100", "--max-save-failures=3"},
      6000);
  EXPECT_EQ(wait(child), 74);
  std::string words = err();
  EXPECT_HAS(words, "warning: no checkpoint was saved: cannot write");
  EXPECT_HAS(words, "training goes on");
  EXPECT_HAS(words, "error: no checkpoint could be saved, 3 failures in a row");
  for (auto &entry : std::filesystem::directory_iterator(folder.path(run0)))
    EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos);
}

TEST_F(Toy, ARunFolderThatGoesAwayIsAFailureToSave) {
  pid_t child = start({"--data=data", "--snap=50steps", "--kimg=100000"});
  waitFor(std::string(run0) + "checkpoint-latest");
  std::filesystem::rename(folder.path("runs"), folder.path("moved"));
  EXPECT_EQ(wait(child), 74);
}

} // namespace
