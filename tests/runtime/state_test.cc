//===- state_test.cc - the initial values of state ------------------------===//
#include "runtime/src/state.h"

#include "ganrt/random.h"

#include <cstring>
#include <gtest/gtest.h>

TEST(State, EveryInitializer) {
  const int64_t four[] = {4}, one[] = {1};
  alignas(64) const float weights[4] = {1, 2, 3, 4};
  const ganrt_state_tensor states[] = {
      {"zero", GANRT_F32, 1, four, 0, 16, GANRT_INITIALIZE_ZERO, 0, 9, 9, 0},
      {"fill", GANRT_F32, 1, four, 64, 16, GANRT_INITIALIZE_FILL, 0, 0.5, 0, 0},
      {"count", GANRT_I64, 1, one, 128, 8, GANRT_INITIALIZE_FILL, 0, -3, 0, 0},
      {"weights", GANRT_F32, 1, four, 192, 16, GANRT_INITIALIZE_WEIGHTS, 0, 0,
       0, 0},
      {"copy", GANRT_F32, 1, four, 256, 16, GANRT_INITIALIZE_COPY, 0, 0, 0, 3},
      {"normal", GANRT_F32, 1, four, 320, 16, GANRT_INITIALIZE_NORMAL, 5, 1,
       0.02, 0},
      {"uniform", GANRT_F32, 1, four, 384, 16, GANRT_INITIALIZE_UNIFORM, 6,
       -0.1, 0.1, 0},
  };
  ganrt_artefact artefact = {};
  artefact.states = states;
  artefact.state_count = 7;
  artefact.constants = reinterpret_cast<const uint8_t *>(weights);
  alignas(64) uint8_t state[448];
  memset(state, 0xff, sizeof(state));
  ganrt_state_initialize(&artefact, 77, state);

  auto at = [&](int offset) {
    return reinterpret_cast<float *>(state + offset);
  };
  ganrt_random_key key = ganrt_random_key_make(77, 0, 0);
  float normal[4], uniform[4];
  ganrt_random_fill_normal(key, 5, 0, 4, 1, 0.02f, normal);
  ganrt_random_fill_uniform(key, 6, 0, 4, -0.1f, 0.2f, uniform);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(at(0)[i], 0);
    EXPECT_EQ(at(64)[i], 0.5);
    EXPECT_EQ(at(192)[i], weights[i]);
    EXPECT_EQ(at(256)[i], weights[i]);
    EXPECT_EQ(at(320)[i], normal[i]);
    EXPECT_EQ(at(384)[i], uniform[i]);
  }
  int64_t count;
  memcpy(&count, state + 128, 8);
  EXPECT_EQ(count, -3);
}
