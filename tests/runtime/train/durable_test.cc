//===- durable_test.cc - files that are whole after a crash ---------------===//
#include "runtime/src/train/durable.h"
#include "tests/runtime/train/scratch.h"

#include <fcntl.h>

namespace {

TEST(Durable, WritesWhatItWasGiven) {
  Scratch scratch;
  ganrt_durable_file file;
  ASSERT_OK(ganrt_durable_open((scratch / "a").c_str(), &file));
  EXPECT_OK(ganrt_durable_write(&file, "one", 3));
  EXPECT_OK(ganrt_durable_write(&file, "two", 3));
  EXPECT_EQ(file.bytes, 6u);
  EXPECT_OK(ganrt_durable_close(&file));
  EXPECT_EQ(readFile(scratch / "a"), "onetwo");
}

TEST(Durable, NeverOverwritesANewFile) {
  Scratch scratch;
  writeFile(scratch / "a", "old");
  std::string text =
      sentence(ganrt_durable_create((scratch / "a").c_str(), "new", 3));
  EXPECT_NE(text.find("File exists"), text.find("file exists"));
  EXPECT_EQ(readFile(scratch / "a"), "old");
}

TEST(Durable, ReplacesAtOnce) {
  Scratch scratch;
  writeFile(scratch / "a", "old");
  EXPECT_OK(ganrt_durable_replace((scratch / "a").c_str(), "newer", 5));
  EXPECT_EQ(readFile(scratch / "a"), "newer");
  int entries = 0;
  for (auto &entry : std::filesystem::directory_iterator(scratch.path))
    entries += entry.exists();
  EXPECT_EQ(entries, 1);
}

TEST(Durable, FailureLeavesTheOldFile) {
  Scratch scratch;
  std::string missing = scratch / "missing/a";
  EXPECT_NE(sentence(ganrt_durable_replace(missing.c_str(), "x", 1)), "done");
  EXPECT_NE(sentence(ganrt_durable_sync_folder(missing.c_str())), "done");
}

TEST(Durable, RemovesTreesButNotWhatLinksPointTo) {
  Scratch scratch;
  namespace fs = std::filesystem;
  fs::create_directories(scratch / "tree/deep");
  fs::create_directories(scratch / "kept");
  writeFile(scratch / "kept/file", "x");
  writeFile(scratch / "tree/deep/file", "x");
  fs::create_directory_symlink(scratch / "kept", scratch / "tree/link");
  EXPECT_OK(ganrt_remove_tree((scratch / "tree").c_str()));
  EXPECT_FALSE(fs::exists(scratch / "tree"));
  EXPECT_TRUE(fs::exists(scratch / "kept/file"));
  EXPECT_OK(ganrt_remove_tree((scratch / "tree").c_str()));
}

} // namespace
