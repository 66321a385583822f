//===- record_test.cc - writing down what happened in a step --------------===//
#include "runtime/src/formats/safetensors.h"
#include "runtime/src/train/record.h"
#include "tests/runtime/train/toy_program.h"

#include <filesystem>

namespace {

TEST(Record, NamesStepsDrawsAndTimes) {
  gan::TemporaryFolder folder;
  ganrt_recorder *recorder;
  ASSERT_OK(ganrt_recorder_create(&ganrt_artefact_root, &recorder));
  std::vector<float> values(16 * 784, 2);
  for (uint64_t step : {0, 1}) {
    ganrt_recorder_begin_step(recorder, step);
    EXPECT_OK(ganrt_recorder_draw(recorder, 0, values.data()));
    for (int k = 0; k < 2; ++k) {
      values[0] = float(step) + float(k) / 2;
      EXPECT_OK(ganrt_recorder_draw(recorder, 2, values.data()));
      EXPECT_OK(ganrt_recorder_report(recorder, 0, values[0]));
      EXPECT_OK(ganrt_recorder_record(recorder, 0, values.data()));
    }
    EXPECT_OK(ganrt_recorder_report(recorder, 1, 7));
  }
  std::string path = folder.path("r.safetensors");
  EXPECT_OK(ganrt_recorder_write(recorder, path.c_str()));
  ganrt_recorder_destroy(recorder);

  ganrt_safetensors *file;
  ASSERT_OK(ganrt_safetensors_open(nullptr, path.c_str(), &file));
  std::vector<std::string> names;
  for (uint64_t i = 0; i < ganrt_safetensors_count(file); ++i)
    names.push_back(ganrt_safetensors_at(file, i)->name);
  names.resize(8);
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "step/0/draw/x#0", "step/0/draw/z#0", "step/0/loss/generator",
                "step/0/generator/G/w@gradient", "step/0/draw/z#1",
                "step/0/loss/generator#1", "step/0/generator/G/w@gradient#1",
                "step/0/report/brightness"}));
  const ganrt_safetensor *tensor =
      ganrt_safetensors_find(file, "step/1/loss/generator#1");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->rank, 0u);
  float loss;
  EXPECT_OK(ganrt_safetensors_read(file, tensor, &loss));
  EXPECT_EQ(loss, 1.5f);
  EXPECT_EQ(ganrt_safetensors_find(file, "step/0/draw/x#0")->rank, 4u);
  ganrt_safetensors_close(file);
}

// Two statements in a loop: each has a report, the record counts them together.
TEST(Record, CountsTheObjectivesOfAPlayerTogether) {
  const char *const reports[] = {"Loss/d", "Loss/dd", "Loss/d#1"};
  ganrt_artefact artefact = {};
  artefact.reports = reports;
  artefact.report_count = 3;
  gan::TemporaryFolder folder;
  ganrt_recorder *recorder;
  ASSERT_OK(ganrt_recorder_create(&artefact, &recorder));
  ganrt_recorder_begin_step(recorder, 0);
  for (uint32_t report : {0, 1, 2, 0, 2})
    EXPECT_OK(ganrt_recorder_report(recorder, report, report));
  std::string path = folder.path("r.safetensors");
  artefact.name = artefact.digest = "";
  EXPECT_OK(ganrt_recorder_write(recorder, path.c_str()));
  ganrt_recorder_destroy(recorder);

  ganrt_safetensors *file;
  ASSERT_OK(ganrt_safetensors_open(nullptr, path.c_str(), &file));
  std::vector<std::string> names;
  for (uint64_t i = 0; i < ganrt_safetensors_count(file); ++i)
    names.push_back(ganrt_safetensors_at(file, i)->name);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "step/0/loss/d", "step/0/loss/dd", "step/0/loss/d#1",
                       "step/0/loss/d#2", "step/0/loss/d#3"}));
  ganrt_safetensors_close(file);
}

TEST_F(Toy, APlaceThatCannotHoldTheRecordIsFoundBeforeTraining) {
  EXPECT_EQ(run({"--data=data", "--steps=3", "--record=none/r.safetensors"}),
            1);
  EXPECT_HAS(err(), "error: cannot create 'none/r.safetensors'");
  EXPECT_FALSE(exists("runs"));
}

// What was recorded can be given: with the recorded draws, other data and
// another seed give the same steps.
TEST_F(Toy, ARecordedRunCanBeGiven) {
  ASSERT_EQ(run({"--data=data", "--steps=3", "--record=r.safetensors"}), 0)
      << err();
  EXPECT_HAS(out(), "recorded in r.safetensors");
  writeIdx(folder.path("other"), 100, 9);
  ASSERT_EQ(run({"--data=other", "--steps=3", "--seed=7", "--desc=given",
                 "--given=r.safetensors",
                 "--init=runs/00000-toy-data-b16/"
                 "network-snapshot-000000.safetensors",
                 "--record=again.safetensors"}),
            0)
      << err();
  // The first draws agree in all bits; the weights began elsewhere.
  std::string first = file("r.safetensors"), again = file("again.safetensors");
  EXPECT_EQ(first.size(), again.size());
  ASSERT_EQ(run({"--data=other", "--steps=4", "--given=r.safetensors",
                 "--outdir=none"}),
            1);
  EXPECT_HAS(err(), "--given holds 3 draws of 'x', the game needs more; use "
                    "--steps");
  // Found before there was a run.
  EXPECT_FALSE(std::filesystem::exists(folder.path("none")));
}

} // namespace
