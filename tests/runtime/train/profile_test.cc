//===- profile_test.cc - where the time of a step goes --------------------===//
#include "runtime/src/json.h"
#include "tests/runtime/train/toy_run.h"

namespace {

TEST_F(Toy, ProfilesHaveATraceAndATable) {
  ASSERT_EQ(run({"--data=data", "--steps=5", "--inner=3", "--profile"}), 0)
      << err();
  std::string trace = file("runs/00000-toy-data-b16/trace.json");
  ganrt_json_document *document;
  ASSERT_OK(ganrt_json_parse(nullptr, trace.data(), trace.size(),
                             {1 << 20, 8, 1 << 14}, &document));
  const ganrt_json *events =
      ganrt_json_find(ganrt_json_root(document), "traceEvents");
  ASSERT_NE(events, nullptr);
  int moves = 0;
  double end = 0;
  for (const ganrt_json *event = events->first; event; event = event->next) {
    moves += ganrt_json_find(event, "name")->string == std::string("k001_move");
    EXPECT_STREQ(ganrt_json_find(event, "ph")->string, "X");
    double start = ganrt_json_find(event, "ts")->number;
    EXPECT_GE(start, end - 1);
    end = start + ganrt_json_find(event, "dur")->number;
  }
  EXPECT_EQ(moves, 15);
  ganrt_json_destroy(document);
  EXPECT_HAS(out(), "kernel ");
  EXPECT_HAS(out(), "GFLOP/s");
  EXPECT_HAS(out(), "k001_move                                        15");
}

} // namespace
