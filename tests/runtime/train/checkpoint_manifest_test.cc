//===- checkpoint_manifest_test.cc - what a checkpoint says about itself --===//
#include "runtime/src/train/checkpoint_manifest.h"
#include "tests/runtime/train/checkpoint_fixture.h"

namespace {

/// Changes manifest.json and makes both hashes right again: a forgery, or a
/// program that writes another format.
void forge(const gan::TemporaryFolder &folder, const std::string &from,
           const std::string &to) {
  std::string path = folder.path("checkpoint-000001/manifest.json");
  std::string text = readFile(path);
  size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  text.resize(text.rfind("  \"sha256\""));
  ganrt_sha256_hex hash;
  ganrt_sha256_of(text.data(), text.size(), hash);
  text += std::string("  \"sha256\": \"") + hash + "\"\n}\n";
  ganrt_sha256_of(text.data(), text.size(), hash);
  writeFile(path, text);
  writeFile(folder.path("checkpoint-000001/COMMIT"), std::string(hash) + "\n");
}

TEST(CheckpointManifest, SaysWhatThereIs) {
  gan::TemporaryFolder folder;
  SmallRun run(10);
  run.save(folder);
  ganrt_manifest manifest;
  ASSERT_OK(
      ganrt_manifest_read(folder.path("checkpoint-000001").c_str(), &manifest));
  EXPECT_EQ(manifest.step, 10u);
  EXPECT_EQ(manifest.images, 1000u);
  EXPECT_EQ(manifest.header_bytes % 64, 0u);
  EXPECT_EQ(manifest.file_bytes, manifest.header_bytes + 21);
  EXPECT_EQ(manifest.tensors->count, 3u);
  ganrt_manifest_tensor tensor;
  EXPECT_OK(ganrt_manifest_tensor_read(manifest.tensors->first,
                                       manifest.header_bytes, &tensor));
  EXPECT_STREQ(tensor.name, "G/0.weight");
  EXPECT_EQ(tensor.bytes, 12u);
  EXPECT_NE(
      sentence(ganrt_manifest_tensor_read(manifest.tensors->first, 0, &tensor))
          .find("'G/0.weight' doesn't lie where it should"),
      std::string::npos);
  ganrt_manifest_destroy(&manifest);
}

TEST(CheckpointManifest, HostileOnesEndInASentence) {
  struct {
    const char *from, *to, *expected;
  } cases[] = {
      {"\"format\": 1", "\"format\": 2", "expected manifest format 1, got 2"},
      {"\"little\"", "\"big\"", "expected byte_order 'little', got 'big'"},
      {"\"step\": 10", "\"step\": -1", "step"},
      {"\"step\": 10", "\"step\": 1e999", ""},
      {"\"shape\": [1, 3]", "\"shape\": [2147483647, 2147483647]", ""},
      {"\"shape\": [1, 3]", "\"shape\": [-1, 3]", ""},
      {"\"shape\": [1, 3]", "\"shape\": [1.5, 3]",
       "expected whole numbers as shape"},
      {"\"shape\": [1, 3]", "\"shape\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,3]",
       "expected at most rank 16"},
      {"\"dtype\": \"f32\"", "\"dtype\": \"f33\"", "unknown dtype 'f33'"},
      {"\"length\": 12", "\"length\": 13", "doesn't lie where it should"},
      {"\"offset\": ", "\"offset\": 9", "doesn't lie where it should"},
      {"\"header_bytes\": ", "\"header_bytes\": 1", ""},
      {"\"file_bytes\": ", "\"file_bytes\": 9", "the tensors don't fill"},
      {"\"tensors\": [", "\"tensors\": 3, \"more\": [", "tensors"},
      {"{", "[", ""},
  };
  for (auto &[from, to, expected] : cases) {
    gan::TemporaryFolder folder;
    SmallRun run(10), other(0);
    run.save(folder);
    forge(folder, from, to);
    std::string result = other.load(folder) + other.warned;
    EXPECT_EQ(result.find("checkpoint-000001\n"), std::string::npos);
    EXPECT_NE(result, "checkpoint-000001") << to;
    EXPECT_NE(result.find(expected), std::string::npos) << result;
  }
}

// A manifest that COMMIT vouches for, but that is no manifest of ours.
TEST(CheckpointManifest, ItHoldsItsOwnHash) {
  for (auto [text, expected] : {std::pair("{}", "manifest.json is cut off"),
                                {"{\"much longer, so that a hash of sixty-four "
                                 "digits could stand at its "
                                 "end, which it does not\": 1}\n",
                                 "manifest.json doesn't hold its own hash"}}) {
    gan::TemporaryFolder folder;
    SmallRun run(10);
    run.save(folder);
    ganrt_sha256_hex hash;
    ganrt_sha256_of(text, strlen(text), hash);
    std::string path = folder.path("checkpoint-000001");
    writeFile(path + "/manifest.json", text);
    writeFile(path + "/COMMIT", std::string(hash) + "\n");
    ganrt_manifest manifest;
    EXPECT_EQ(sentence(ganrt_manifest_read(path.c_str(), &manifest)), expected);
    writeFile(path + "/COMMIT", hash);
    EXPECT_EQ(sentence(ganrt_manifest_read(path.c_str(), &manifest)),
              "COMMIT is not the hash of manifest.json");
  }
}

} // namespace
