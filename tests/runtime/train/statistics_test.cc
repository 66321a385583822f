//===- statistics_test.cc - what a tick says ------------------------------===//
#include "runtime/src/json.h"
#include "runtime/src/train/statistics.h"
#include "tests/runtime/helpers.h"

#include <cmath>

namespace {

const char *const names[] = {"Loss/G", "brightness", "unused \"one\""};

struct Game {
  Game() {
    artefact.reports = names;
    artefact.report_count = 3;
    reports[0] = {4, 10, 30, 4};
    reports[1] = {1, 0.5, 0.25, 0.5};
  }
  ganrt_artefact artefact = {};
  ganrt_report reports[3] = {};
  ganrt_tick tick = {3, 77, 12400, 4000, 3725, 6.6, 58.4, 130};
};

TEST(Statistics, TheLineIsThatOfStylegan) {
  Game game;
  ganrt_text line = {};
  ganrt_statistics_line(&game.artefact, game.reports, &game.tick, &line);
  std::string text = line.data;
  ganrt_text_destroy(&line);
  EXPECT_EQ(text.find("tick 3     kimg 12.4     time 1h 02m 05s   sec/tick 6.6 "
                      "    sec/kimg 1.65    maintenance 58.4   cpumem "),
            0u)
      << text;
  EXPECT_NE(text.find(" eta 2m 10s      loss/G 2.5      brightness 0.5"),
            std::string::npos);
  EXPECT_EQ(text.find("unused"), std::string::npos);
}

TEST(Statistics, TheObjectHasNumMeanAndStd) {
  Game game;
  ganrt_text line = {};
  ganrt_statistics_json(&game.artefact, game.reports, &game.tick, &line);
  ganrt_json_document *document;
  ASSERT_OK(ganrt_json_parse(nullptr, line.data, line.length,
                             {1 << 16, 8, 1 << 10}, &document));
  const ganrt_json *root = ganrt_json_root(document);
  const ganrt_json *loss = ganrt_json_find(root, "Loss/G");
  EXPECT_EQ(ganrt_json_find(loss, "num")->number, 4);
  EXPECT_EQ(ganrt_json_find(loss, "mean")->number, 2.5);
  EXPECT_NEAR(ganrt_json_find(loss, "std")->number, std::sqrt(1.25), 1e-12);
  for (const char *key :
       {"Progress/tick", "Progress/kimg", "Timing/total_sec",
        "Timing/sec_per_tick", "Timing/sec_per_kimg", "Timing/maintenance_sec",
        "Timing/total_hours", "Timing/total_days", "Resources/cpu_mem_gb",
        "timestamp", "step"})
    EXPECT_NE(ganrt_json_find(root, key), nullptr) << key;
  EXPECT_EQ(ganrt_json_find(root, "unused \"one\""), nullptr);
  ganrt_json_destroy(document);
  ganrt_text_destroy(&line);
}

// Lines of later steps, of the tick that goes on, and half a line are cut.
TEST(Statistics, OpeningCutsWhatIsTooLate) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("stats.jsonl"), all, kept;
  for (int i = 0; i < 5; ++i) {
    Game game;
    game.tick.number = uint64_t(i);
    game.tick.step = uint64_t(10 * i);
    ganrt_text line = {};
    ganrt_statistics_json(&game.artefact, game.reports, &game.tick, &line);
    all += std::string(line.data) + "\n";
    if (i < 3)
      kept = all;
    ganrt_text_destroy(&line);
  }
  struct {
    uint64_t step, tick;
    std::string text;
  } cases[] = {
      {20, 3, all},
      {25, 9, all},
      {40, 3, all},
      {99, 9, kept + "{\"half"},
      {99, 9, kept + "{\"no step\": 1}\n" + all},
  };
  for (auto &[step, tick, text] : cases) {
    writeFile(path, text);
    ganrt_journal journal;
    ASSERT_OK(ganrt_statistics_open(path.c_str(), step, tick, &journal));
    ganrt_journal_close(&journal);
    EXPECT_EQ(readFile(path), kept);
  }
  std::filesystem::remove(path);
  ganrt_journal journal;
  ASSERT_OK(ganrt_statistics_open(path.c_str(), 0, 0, &journal));
  EXPECT_OK(ganrt_journal_add(&journal, "first"));
  ganrt_journal_close(&journal);
  EXPECT_EQ(readFile(path), "first\n");
}

TEST(Statistics, Formats) {
  char text[32];
  for (auto [seconds, expected] : {std::pair(0.2, "0s"),
                                   {59.7, "1m 00s"},
                                   {65.0, "1m 05s"},
                                   {3725.0, "1h 02m 05s"},
                                   {90061.0, "1d 01h 01m"},
                                   {-1.0, "0s"}}) {
    ganrt_format_seconds(seconds, text, sizeof text);
    EXPECT_STREQ(text, expected);
  }
  EXPECT_STREQ(ganrt_format_bytes(12, text, sizeof text), "12 bytes");
  EXPECT_STREQ(ganrt_format_bytes(1536, text, sizeof text), "1.5 KiB");
  EXPECT_STREQ(ganrt_format_bytes(3.5e9, text, sizeof text), "3.3 GiB");
  EXPECT_STREQ(ganrt_format_not_finite(-NAN), "nan");
  EXPECT_STREQ(ganrt_format_not_finite(-INFINITY), "-inf");
}

} // namespace
