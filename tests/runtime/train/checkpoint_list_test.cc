//===- checkpoint_list_test.cc - which checkpoints a run has --------------===//
#include "tests/runtime/train/checkpoint_fixture.h"

#include <sys/wait.h>

namespace {

using Names = std::vector<std::string>;

TEST(CheckpointList, KeepsTheNewest) {
  gan::TemporaryFolder folder;
  SmallRun run(0);
  for (uint64_t step : {10, 20, 30, 40}) {
    run.set(step);
    run.save(folder, 2);
  }
  EXPECT_EQ(folder.names(), (Names{"checkpoint-000003", "checkpoint-000004",
                                   "checkpoint-latest"}));
  run.set(50);
  run.save(folder, 0); // two are the least
  EXPECT_EQ(folder.names(), (Names{"checkpoint-000004", "checkpoint-000005",
                                   "checkpoint-latest"}));
}

TEST(CheckpointList, OrdersBySteps) {
  gan::TemporaryFolder folder;
  SmallRun run(0);
  for (uint64_t step : {1, 2, 3, 4, 5}) {
    run.set(step); // all within the first thousand images
    run.save(folder, 3);
  }
  EXPECT_EQ(folder.names(),
            (Names{"checkpoint-000000-step3", "checkpoint-000000-step4",
                   "checkpoint-000000-step5", "checkpoint-latest"}));
  EXPECT_EQ(run.load(folder), "checkpoint-000000-step5");
}

TEST(CheckpointList, DamagedOnesDontCountAndAreLeftAlone) {
  gan::TemporaryFolder folder;
  SmallRun run(10);
  run.save(folder);
  run.set(20);
  run.save(folder);
  std::filesystem::remove(folder.path("checkpoint-000002/COMMIT"));
  run.set(30);
  run.save(folder, 2);
  EXPECT_EQ(folder.names(), (Names{"checkpoint-000001", "checkpoint-000002",
                                   "checkpoint-000003", "checkpoint-latest"}));
}

// One whose tensors are damaged looks whole from outside; the run went on from
// the one before, so what is later than the newest save doesn't count.
TEST(CheckpointList, WhatWasPassedOverDoesntCount) {
  gan::TemporaryFolder folder;
  SmallRun run(0), other(0);
  for (uint64_t step : {10, 20, 30}) {
    run.set(step);
    run.save(folder);
  }
  writeFile(folder.path("checkpoint-000003/state.safetensors"), "");
  EXPECT_EQ(other.load(folder), "checkpoint-000002");
  run.set(21);
  run.save(folder, 2);
  EXPECT_EQ(folder.names(),
            (Names{"checkpoint-000002", "checkpoint-000002-step21",
                   "checkpoint-000003", "checkpoint-latest"}));
  run.set(30);
  EXPECT_EQ(run.save(folder, 2), "checkpoint-000003-step30");
  EXPECT_EQ(other.load(folder), "checkpoint-000003-step30");
}

TEST(CheckpointList, CleansUpAfterTheDeadOnly) {
  gan::TemporaryFolder folder;
  pid_t child = fork();
  if (child == 0)
    _exit(0);
  waitpid(child, nullptr, 0);
  std::string dead = std::to_string(child), alive = std::to_string(getppid());
  std::filesystem::create_directory(folder.path("checkpoint-1.tmp-" + dead));
  std::filesystem::create_directory(folder.path("checkpoint-1.tmp-" + alive));
  writeFile(folder.path("checkpoint-1.tmp-" + dead + "/COMMIT"), "x");
  writeFile(folder.path("fakes.png.tmp-" + dead), "x");
  writeFile(folder.path("mine.tmp-file"), "x");
  EXPECT_OK(ganrt_checkpoint_clean(folder.path("").c_str()));
  EXPECT_EQ(folder.names(),
            (Names{"checkpoint-1.tmp-" + alive, "mine.tmp-file"}));
}

} // namespace
