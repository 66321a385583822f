//===- flags_test.cc - the table of a training program's flags ------------===//
#include "runtime/src/train/flags.h"
#include "tests/runtime/train/options_fixture.h"

#include <set>

namespace {

TEST_F(Options, UnknownFlagsNameTheNearestOrWhatToUse) {
  EXPECT_EQ(parse({"--kimgs=3"}),
            "unknown option '--kimgs'; did you mean '--kimg'?");
  EXPECT_EQ(parse({"--lamda=3"}),
            "unknown option '--lamda'; did you mean '--lambda'?");
  EXPECT_EQ(parse({"--qqqqqqqqqqqqq"}),
            "unknown option '--qqqqqqqqqqqqq'; see --help");
  EXPECT_EQ(parse({"--batch=3"}),
            "there is no --batch: the batch is fixed when compiling: ganc "
            "--batch=x:32");
}

TEST(Flags, AreDifferentAndExplained) {
  std::set<std::string> names;
  for (uint32_t i = 0; i < ganrt_flag_count; ++i) {
    const ganrt_flag &flag = ganrt_flags[i];
    EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
    EXPECT_GT(strlen(flag.help), 10u) << flag.name;
    EXPECT_EQ(flag.metavar == nullptr, flag.kind == GANRT_FLAG_SWITCH);
    EXPECT_EQ(ganrt_flag_find(flag.name), &flag);
  }
  EXPECT_EQ(ganrt_flag_find("lambda"), nullptr);
}

TEST_F(Options, AGameMayNotTakeTheNameOfAFlag) {
  ganrt_option taken = {"seed", "", 0, 1, 0};
  ganrt_artefact other = {};
  other.options = &taken;
  other.option_count = 1;
  ganrt_train_options wrong;
  EXPECT_EQ(sentence(ganrt_train_options_begin(&other, &wrong)),
            "the game's option 'seed' has the name of a built-in flag");
  ganrt_train_options_destroy(&wrong);
}

} // namespace
