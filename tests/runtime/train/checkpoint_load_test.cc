//===- checkpoint_load_test.cc - reading a checkpoint back ----------------===//
#include "tests/runtime/train/checkpoint_fixture.h"

namespace {

const char *const files[] = {"state.safetensors", "manifest.json", "COMMIT"};

TEST(CheckpointLoad, TakesTheNewest) {
  gan::TemporaryFolder folder;
  SmallRun run(0), other(0);
  EXPECT_EQ(other.load(folder), "");
  run.set(20);
  run.save(folder);
  run.set(10);
  run.save(folder);
  EXPECT_EQ(other.load(folder), "checkpoint-000002");
  EXPECT_TRUE(other.holds(20));
  EXPECT_EQ(other.warned, "");
}

// C3: no flipped bit and no cut is loaded; the checkpoint before is.
TEST(CheckpointLoad, FlippedBitsAreFound) {
  gan::TemporaryFolder folder;
  SmallRun run(10), other(0);
  run.save(folder);
  run.set(20);
  run.save(folder);
  for (const char *file : files) {
    std::string path = folder.path(std::string("checkpoint-000002/") + file);
    std::string good = readFile(path);
    for (size_t i = 0; i < good.size(); i += 7) {
      std::string bad = good;
      bad[i] = char(bad[i] ^ 1 << i % 8);
      writeFile(path, bad);
      ASSERT_EQ(other.load(folder), "checkpoint-000001") << file << " " << i;
      ASSERT_TRUE(other.holds(10));
      ASSERT_NE(other.warned.find("checkpoint-000002 is damaged"),
                std::string::npos);
    }
    writeFile(path, good);
  }
  EXPECT_EQ(other.load(folder), "checkpoint-000002");
}

TEST(CheckpointLoad, CutsAndMissingFilesAreFound) {
  gan::TemporaryFolder folder;
  SmallRun run(10), other(0);
  run.save(folder);
  run.set(20);
  run.save(folder);
  for (const char *file : files) {
    std::string path = folder.path(std::string("checkpoint-000002/") + file);
    std::string good = readFile(path);
    for (size_t length = 0; length < good.size(); length += 41) {
      writeFile(path, good.substr(0, length));
      ASSERT_EQ(other.load(folder), "checkpoint-000001") << file << length;
    }
    writeFile(path, good + "x");
    ASSERT_EQ(other.load(folder), "checkpoint-000001");
    std::filesystem::remove(path);
    ASSERT_EQ(other.load(folder), "checkpoint-000001");
    EXPECT_TRUE(other.holds(10));
    writeFile(path, good);
  }
}

TEST(CheckpointLoad, RefusesAnotherRunAndNamesTheField) {
  gan::TemporaryFolder folder;
  SmallRun(7).save(folder);
  struct {
    void (*bend)(SmallRun &);
    const char *expected;
  } cases[] = {
      {[](SmallRun &r) { r.view.structure = "abd"; },
       "expected structure 'abd', got 'abc'"},
      {[](SmallRun &r) { r.data[0].fingerprint = "beef"; },
       "stream 'x' had 60000 samples with hash f00d, now 60000 with hash beef"},
      {[](SmallRun &r) { r.data[0].stream = "y"; },
       "expected data of stream 'y', got 'x'"},
      {[](SmallRun &r) { r.view.data_count = 0; },
       "expected number of streams 'as now', got 'more'"},
      {[](SmallRun &r) { r.tensors[0].name = "D/0.weight"; },
       "expected tensor 'D/0.weight', got 'G/0.weight'"},
      {[](SmallRun &r) { r.shape[0] = 3, r.shape[1] = 1; },
       "expected tensor 'G/0.weight' of shape '3x1xf32', got '1x3xf32'"},
      {[](SmallRun &r) { r.tensors[1].dtype = GANRT_F64; },
       "expected tensor 'critic/@t' of shape 'f64', got 'i64'"},
      {[](SmallRun &r) { r.view.tensor_count = 2; },
       "expected number of tensors 'as now', got 'more'"},
  };
  for (auto &[bend, expected] : cases) {
    SmallRun other(0);
    bend(other);
    std::string result = other.load(folder);
    EXPECT_NE(result.find("cannot be resumed: it is from another"),
              std::string::npos)
        << result;
    EXPECT_NE(result.find(expected), std::string::npos) << result;
  }
}

TEST(CheckpointLoad, AnotherBuildIsAWarning) {
  gan::TemporaryFolder folder;
  SmallRun(7).save(folder);
  SmallRun other(0);
  other.view.build = "b2";
  other.view.numerics = "exact";
  EXPECT_EQ(other.load(folder), "checkpoint-000000");
  EXPECT_TRUE(other.holds(7));
  EXPECT_NE(other.warned.find("build is 'b1', ours is 'b2': training goes on, "
                              "but not to the bit"),
            std::string::npos);
  EXPECT_NE(other.warned.find("numerics is 'fast', ours is 'exact'"),
            std::string::npos);
}

TEST(CheckpointLoad, OneByItsPath) {
  gan::TemporaryFolder folder;
  SmallRun run(10), other(0);
  run.save(folder);
  run.set(20);
  run.save(folder);
  ganrt_text warnings = {};
  EXPECT_OK(ganrt_checkpoint_load(folder.path("checkpoint-000001").c_str(),
                                  &other.view, &warnings));
  EXPECT_TRUE(other.holds(10));
  EXPECT_NE(sentence(ganrt_checkpoint_load(folder.path("none").c_str(),
                                           &other.view, &warnings)),
            "done");
  ganrt_text_destroy(&warnings);
}

} // namespace
