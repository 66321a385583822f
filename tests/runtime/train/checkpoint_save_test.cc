//===- checkpoint_save_test.cc - writing a checkpoint ---------------------===//
#include "tests/runtime/train/checkpoint_fixture.h"
#include "tests/runtime/train/fault_injection.h"

#include <sys/wait.h>
#include <unistd.h>

namespace {

using Names = std::vector<std::string>;

TEST(CheckpointSave, WritesThreeFilesAndTheirName) {
  gan::TemporaryFolder folder;
  SmallRun run(123456);
  EXPECT_EQ(run.save(folder), "checkpoint-012345");
  EXPECT_EQ(readFile(folder.path("checkpoint-latest")), "checkpoint-012345\n");
  Names files;
  for (auto &entry :
       std::filesystem::directory_iterator(folder.path("checkpoint-012345")))
    files.push_back(entry.path().filename());
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, (Names{"COMMIT", "manifest.json", "state.safetensors"}));
}

// The header as other programs read it: 8 bytes of length, JSON, tensors at a
// multiple of 64 without a hole.
TEST(CheckpointSave, StateIsSafetensors) {
  gan::TemporaryFolder folder;
  SmallRun run(3);
  run.save(folder);
  std::string bytes =
      readFile(folder.path("checkpoint-000000/state.safetensors"));
  uint64_t length;
  memcpy(&length, bytes.data(), 8);
  EXPECT_EQ((length + 8) % 64, 0u);
  std::string header = bytes.substr(8, length);
  header.erase(header.find_last_not_of(' ') + 1);
  EXPECT_EQ(header,
            R"({"G/0.weight":{"dtype":"F32","shape":[1,3],"data_offsets":[0,)"
            R"(12]},"critic/@t":{"dtype":"I64","shape":[],"data_offsets":[12,)"
            R"(20]},"odd \"name\"":{"dtype":"BOOL","shape":[1],)"
            R"("data_offsets":[20,21]}})");
  EXPECT_EQ(bytes.size(), length + 8 + 21);
}

TEST(CheckpointSave, AFullDiskIsFoundBeforeWriting) {
  gan::TemporaryFolder folder;
  SmallRun run(10);
  run.save(folder);
  run.set(20);
  pretendFreeBytes(1000);
  std::string result = run.save(folder);
  pretendFreeBytes(-1);
  EXPECT_EQ(result, "expected 1048618 free bytes for a checkpoint on the disk "
                    "of '" +
                        folder.path("") + "', got 1000");
  EXPECT_EQ(folder.names(), (Names{"checkpoint-000001", "checkpoint-latest"}));
}

TEST(CheckpointSave, AMissingRunFolderIsASentence) {
  char name[64];
  SmallRun run(1);
  EXPECT_NE(
      sentence(ganrt_checkpoint_save("/nonexistent/run", &run.view, 3, name)),
      "done");
}

// C2: whichever call fails, and however, the checkpoint before or the new one
// loads, and nothing half-written stays. Goes on until a pass meets no fault.
TEST(CheckpointSave, AFaultAtEveryCallLosesNothing) {
  for (Fault fault : {Fault::NoSpace, Fault::Broken, Fault::Interrupted,
                      Fault::Short, Fault::Dropped}) {
    int n = 0;
    for (bool happened = true; happened; ++n) {
      gan::TemporaryFolder folder;
      SmallRun run(10), other(0);
      run.save(folder);
      run.set(20);
      armFault(fault, n);
      std::string result = run.save(folder);
      happened = disarmFault();
      std::string loaded = other.load(folder);
      ASSERT_TRUE(loaded == "checkpoint-000001" ||
                  loaded == "checkpoint-000002")
          << int(fault) << " " << n << ": " << loaded << other.warned;
      ASSERT_TRUE(other.holds(loaded == "checkpoint-000001" ? 10 : 20));
      ASSERT_EQ(other.warned, "") << int(fault) << " " << n;
      if (result == "checkpoint-000002" && fault != Fault::Dropped) {
        ASSERT_EQ(loaded, result);
      }
      // An interrupted write or open goes on.
      if (fault == Fault::Short) {
        ASSERT_EQ(result, "checkpoint-000002");
      }
      // Only a broken unlink may leave its file, for the next start to clean.
      ASSERT_OK(ganrt_checkpoint_clean(folder.path("").c_str()));
      for (const std::string &name : folder.names())
        ASSERT_EQ(name.find(".tmp-"), std::string::npos) << name;
    }
    EXPECT_GT(n, fault == Fault::Short ? 5 : 20);
  }
}

// The same with the end of the process at every call.
TEST(CheckpointSave, DyingAtEveryCallLosesNothing) {
  bool died = true;
  for (int n = 0; died; ++n) {
    gan::TemporaryFolder folder;
    SmallRun run(10), other(0);
    run.save(folder);
    pid_t child = fork();
    if (child == 0) {
      run.set(20);
      armFault(Fault::Killed, n);
      run.save(folder, 2);
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    died = WEXITSTATUS(status) == 99;
    ASSERT_OK(ganrt_checkpoint_clean(folder.path("").c_str()));
    std::string loaded = other.load(folder);
    ASSERT_TRUE(loaded == "checkpoint-000001" || loaded == "checkpoint-000002");
    ASSERT_TRUE(other.holds(loaded == "checkpoint-000001" ? 10 : 20));
    ASSERT_EQ(other.warned, "");
    run.set(30);
    ASSERT_EQ(run.save(folder), "checkpoint-000003");
  }
}

} // namespace
