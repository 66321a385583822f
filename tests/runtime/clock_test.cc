//===- clock_test.cc - how long things take -------------------------------===//
#include "runtime/src/clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

TEST(Clock, CountsSeconds) {
  double begin = ganrt_seconds_now();
  usleep(20000);
  double taken = ganrt_seconds_now() - begin;
  EXPECT_GE(taken, 0.02);
  EXPECT_LT(taken, 20);
}
