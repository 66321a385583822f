//===- durable_test.cc - files that are whole after a crash ---------------===//
#include "runtime/src/train/durable.h"
#include "tests/runtime/helpers.h"

#include <fcntl.h>

namespace {

TEST(Durable, WritesWhatItWasGiven) {
  gan::TemporaryFolder scratch;
  ganrt_durable_file file;
  ASSERT_OK(ganrt_durable_open(scratch.path("a").c_str(), &file));
  EXPECT_OK(ganrt_durable_write(&file, "one", 3));
  EXPECT_OK(ganrt_durable_write(&file, "two", 3));
  EXPECT_EQ(file.bytes, 6u);
  EXPECT_OK(ganrt_durable_close(&file));
  EXPECT_EQ(readFile(scratch.path("a")), "onetwo");
}

TEST(Durable, NeverOverwritesANewFile) {
  gan::TemporaryFolder scratch;
  writeFile(scratch.path("a"), "old");
  std::string text =
      sentence(ganrt_durable_create(scratch.path("a").c_str(), "new", 3));
  EXPECT_NE(text.find("File exists"), text.find("file exists"));
  EXPECT_EQ(readFile(scratch.path("a")), "old");
}

TEST(Durable, ReplacesAtOnce) {
  gan::TemporaryFolder scratch;
  writeFile(scratch.path("a"), "old");
  EXPECT_OK(ganrt_durable_replace(scratch.path("a").c_str(), "newer", 5));
  EXPECT_EQ(readFile(scratch.path("a")), "newer");
  int entries = 0;
  for (auto &entry : std::filesystem::directory_iterator(scratch.path("")))
    entries += entry.exists();
  EXPECT_EQ(entries, 1);
}

TEST(Durable, FailureLeavesTheOldFile) {
  gan::TemporaryFolder scratch;
  std::string missing = scratch.path("missing/a");
  EXPECT_NE(sentence(ganrt_durable_replace(missing.c_str(), "x", 1)), "done");
  EXPECT_NE(sentence(ganrt_durable_sync_folder(missing.c_str())), "done");
}

TEST(Durable, RemovesTreesButNotWhatLinksPointTo) {
  gan::TemporaryFolder scratch;
  namespace fs = std::filesystem;
  fs::create_directories(scratch.path("tree/deep"));
  fs::create_directories(scratch.path("kept"));
  writeFile(scratch.path("kept/file"), "x");
  writeFile(scratch.path("tree/deep/file"), "x");
  fs::create_directory_symlink(scratch.path("kept"), scratch.path("tree/link"));
  EXPECT_OK(ganrt_remove_tree(scratch.path("tree").c_str()));
  EXPECT_FALSE(fs::exists(scratch.path("tree")));
  EXPECT_TRUE(fs::exists(scratch.path("kept/file")));
  EXPECT_OK(ganrt_remove_tree(scratch.path("tree").c_str()));
}

} // namespace
