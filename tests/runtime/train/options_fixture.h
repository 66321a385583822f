//===- options_fixture.h - a game with options, for tests of flags --------===//
#ifndef TESTS_RUNTIME_TRAIN_OPTIONS_FIXTURE_H
#define TESTS_RUNTIME_TRAIN_OPTIONS_FIXTURE_H

#include "runtime/src/train/options.h"
#include "tests/runtime/helpers.h"

#include <cstring>
#include <vector>

inline const int64_t imageShape[] = {16, 3, 64, 64};
inline const int64_t labelShape[] = {16};
inline const ganrt_stream streams[] = {
    {"x", GANRT_F32, 4, imageShape, -1, 1, GANRT_NONE, 0},
    {"y", GANRT_I32, 1, labelShape, 0, 0, 0, 0},
};
inline const ganrt_option gameOptions[] = {
    {"lambda", "weight of the penalty", 10, 0, 100},
    {"gamma", "weight of R1", 1, 1, 0},
};

inline ganrt_artefact artefact() {
  ganrt_artefact artefact = {};
  artefact.name = "toy";
  artefact.streams = streams;
  artefact.stream_count = 2;
  artefact.options = gameOptions;
  artefact.option_count = 2;
  return artefact;
}

class Options : public testing::Test {
protected:
  Options() : game(artefact()) {
    EXPECT_OK(ganrt_train_options_begin(&game, &options));
  }
  ~Options() override { ganrt_train_options_destroy(&options); }

  std::string parse(std::vector<const char *> arguments) {
    arguments.insert(arguments.begin(), "train");
    return sentence(ganrt_train_options_parse(&options, int(arguments.size()),
                                              arguments.data()));
  }

  ganrt_artefact game;
  ganrt_train_options options;
};

#endif // TESTS_RUNTIME_TRAIN_OPTIONS_FIXTURE_H
