//===- run_directory_test.cc - the folder a training run lives in ---------===//
#include "runtime/src/train/run_directory.h"
#include "tests/runtime/helpers.h"

namespace {

std::string name(const ganrt_run_directory &run) {
  return std::filesystem::path(run.path).filename();
}

TEST(RunDirectory, CountsUp) {
  gan::TemporaryFolder scratch;
  std::string runs = scratch.path("a/runs");
  ganrt_run_directory run;
  ASSERT_OK(ganrt_run_directory_create(runs.c_str(), "wgan_gp", "fashion", 64,
                                       "", &run));
  EXPECT_EQ(name(run), "00000-wgan_gp-fashion-b64");
  ganrt_run_directory_close(&run);
  std::filesystem::create_directory(runs + "/00041-other-data-b8");
  std::filesystem::create_directory(runs + "/99-not-a-run");
  ASSERT_OK(ganrt_run_directory_create(runs.c_str(), "wgan_gp", "fashion", 64,
                                       "a b/../c", &run));
  EXPECT_EQ(name(run), "00042-wgan_gp-fashion-b64-a_b_.._c");
  ganrt_run_directory_close(&run);
  char newest[GANRT_PATH_MAX];
  ASSERT_OK(ganrt_run_directory_newest(runs.c_str(), "other", newest));
  EXPECT_EQ(newest, runs + "/00041-other-data-b8");
  ASSERT_OK(ganrt_run_directory_newest(runs.c_str(), "wgan", newest));
  EXPECT_STREQ(newest, "");
  ASSERT_OK(
      ganrt_run_directory_newest(scratch.path("no").c_str(), "x", newest));
  EXPECT_STREQ(newest, "");
}

TEST(RunDirectory, HoldsOneTrainer) {
  gan::TemporaryFolder scratch;
  ganrt_run_directory first, second;
  ASSERT_OK(ganrt_run_directory_create(scratch.path("").c_str(), "g", "", 0, "",
                                       &first));
  EXPECT_EQ(name(first), "00000-g");
  std::string text = sentence(ganrt_run_directory_open(first.path, &second));
  EXPECT_NE(text.find("another trainer is working in '"), std::string::npos);
  ganrt_run_directory_close(&first);
  EXPECT_OK(
      ganrt_run_directory_open(scratch.path("00000-g/").c_str(), &second));
  EXPECT_EQ(name(second), "00000-g");
  ganrt_run_directory_close(&second);
}

TEST(RunDirectory, MissingRunIsASentence) {
  gan::TemporaryFolder scratch;
  ganrt_run_directory run;
  std::string text =
      sentence(ganrt_run_directory_open(scratch.path("no").c_str(), &run));
  EXPECT_NE(text.find("cannot open the run"), std::string::npos);
}

TEST(RunDirectory, NumbersAndNamesEnd) {
  gan::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("99999-last"));
  ganrt_run_directory run;
  std::string root = folder.path("");
  EXPECT_NE(
      sentence(ganrt_run_directory_create(root.c_str(), "g", "", 0, "", &run))
          .find("' holds the last possible run, 99999"),
      std::string::npos);
  EXPECT_EQ(sentence(ganrt_run_directory_create("", "g", "", 0, "", &run)),
            "the output folder has no valid name");
  std::string endless(5000, 'x');
  char path[GANRT_PATH_MAX];
  EXPECT_NE(sentence(ganrt_path_join(endless.c_str(), "a", path))
                .find("' is too long"),
            std::string::npos);
  EXPECT_NE(sentence(ganrt_run_directory_open(endless.c_str(), &run))
                .find("' is too long"),
            std::string::npos);
}

TEST(RunDirectory, WritesTexts) {
  gan::TemporaryFolder folder;
  ganrt_run_directory run;
  std::string root = folder.path("");
  ASSERT_EQ(
      sentence(ganrt_run_directory_create(root.c_str(), "g", "", 0, "", &run)),
      "done");
  ganrt_text text = {};
  ganrt_text_append(&text, "%d words", 2);
  EXPECT_EQ(sentence(ganrt_run_directory_write(&run, "a.txt", &text)), "done");
  EXPECT_EQ(text.data, nullptr);
  EXPECT_EQ(readFile(std::string(run.path) + "/a.txt"), "2 words");
  text.failed = true;
  EXPECT_NE(sentence(ganrt_run_directory_write(&run, "b.txt", &text)), "done");
  ganrt_run_directory_close(&run);
}

TEST(RunDirectory, StemsOfPaths) {
  char stem[16];
  for (auto [path, expected] :
       {std::pair("/usr/share/datasets/fashion-mnist", "fashion-mnist"),
        {"a/b/images.tar.zip", "images"},
        {"x/", "x"},
        {"/", ""},
        {"", ""},
        {".hidden", ".hidden"},
        {"a-very-long-name-indeed", "a-very-long-nam"}}) {
    ganrt_path_stem(path, stem, sizeof stem);
    EXPECT_STREQ(stem, expected);
  }
}

} // namespace
