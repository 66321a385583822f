//===- inventory_test.cc - all that a run must remember -------------------===//
#include "runtime/src/train/inventory.h"
#include "tests/runtime/train/toy_program.h"

namespace {

TEST_F(ToyProgram, ListsStateAndCounts) {
  ganrt_progress progress = {};
  ganrt_inventory inventory;
  ASSERT_OK(ganrt_inventory_make(program, &data, &progress, &inventory));
  std::vector<std::string> names;
  for (uint32_t i = 0; i < inventory.count; ++i)
    names.push_back(inventory.tensors[i].name);
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "run/@step", "run/@images", "run/@seed", "run/@tick",
                "run/@tick_start", "generator/@t", "data/x/@cursor",
                "data/y/@cursor", "run/@elapsed",
                "report/Loss/generator/@pending", "report/brightness/@pending",
                "G/w", "generator/G/w@m", "Gs/w", "state/seen"}));
  ganrt_inventory_destroy(&inventory);
}

TEST_F(ToyProgram, RestoringBringsEverythingBack) {
  ganrt_progress progress = {5, 123, 4.5};
  ganrt_inventory inventory;
  ganrt_counters *counters = ganrt_program_counters(program);
  ganrt_report *reports = ganrt_program_reports(program);
  ASSERT_OK(ganrt_inventory_make(program, &data, &progress, &inventory));
  counters->seed = UINT64_MAX - 3;
  for (int i = 0; i < 3; ++i)
    ASSERT_OK(ganrt_program_step(program));
  EXPECT_OK(ganrt_inventory_collect(&inventory));
  ganrt_checkpoint view = ganrt_inventory_view(&inventory);
  EXPECT_EQ(view.step, 3u);
  EXPECT_EQ(view.images, 48u);
  EXPECT_STREQ(view.structure, "toy1");
  EXPECT_EQ(view.data[1].samples, 100u);
  ganrt_report before = reports[0];

  for (int i = 0; i < 2; ++i)
    ASSERT_OK(ganrt_program_step(program));
  counters->seed = 0;
  progress = {};
  ganrt_inventory_restore(&inventory);
  EXPECT_EQ(counters->step, 3u);
  EXPECT_EQ(counters->images, 48u);
  EXPECT_EQ(counters->seed, UINT64_MAX - 3);
  EXPECT_EQ(counters->updates[0], 6u);
  EXPECT_EQ(data.sources[0].position, 48);
  EXPECT_EQ(progress.tick, 5u);
  EXPECT_EQ(progress.tick_start, 123u);
  EXPECT_EQ(progress.elapsed, 4.5);
  EXPECT_EQ(memcmp(&reports[0], &before, sizeof before), 0);
  ganrt_inventory_destroy(&inventory);
}

TEST_F(ToyProgram, ForgedCountsDoNoHarm) {
  ganrt_progress progress = {};
  ganrt_inventory inventory;
  ASSERT_OK(ganrt_inventory_make(program, &data, &progress, &inventory));
  EXPECT_OK(ganrt_inventory_collect(&inventory));
  for (uint32_t i = 0; i < 9; ++i)
    memset(inventory.tensors[i].data, 0xff, inventory.tensors[i].bytes);
  for (uint32_t i = 9; i < 11; ++i) // not numbers
    memset(inventory.tensors[i].data, 0xff, inventory.tensors[i].bytes);
  ganrt_inventory_restore(&inventory);
  EXPECT_EQ(ganrt_program_reports(program)[0].count, 0u);
  EXPECT_OK(ganrt_program_step(program));
  ganrt_inventory_destroy(&inventory);
}

} // namespace
