//===- trap_test.cc - which kernel made a number that is not finite -------===//
#include "runtime/src/train/trap.h"
#include "tests/runtime/train/toy_run.h"

#include <cmath>

namespace {

TEST_F(Toy, TheTrapNamesTheKernel) {
  EXPECT_EQ(run({"--data=data", "--poison=3", "--trap-nan"}), 65);
  EXPECT_HAS(err(), "error: step 3: kernel 'k003_measure' made nan as element "
                    "0 of 1; see runs/00000-toy-data-b16/nan-report.json");
  std::string report = file("runs/00000-toy-data-b16/nan-report.json");
  EXPECT_HAS(report, "\"operation\": {\"kernel\": \"k003_measure\", "
                     "\"result\": 0, \"element\": 0, \"elements\": 1, "
                     "\"value\": \"nan\", \"operands\": [\n    "
                     "{\"elements\": 784, \"not_finite\": 0, \"min\": ");
  EXPECT_HAS(report, "{\"elements\": 1, \"not_finite\": 1, \"min\": null, "
                     "\"max\": null}]}");
}

// Rows of a batch are looked at one by one, and only what is f32.
TEST(Trap, LooksAtEachRowOfABatch) {
  ganrt_kernel kernel = {"k", 0, 0, 0, 0x5, 2, 0};
  ganrt_place places[8] = {};
  for (ganrt_place &place : places)
    place.bytes = 8;
  places[0].space = GANRT_SPACE_TABLE;
  float numbers[6][2] = {};
  void *pointers[6];
  for (int i = 0; i < 6; ++i)
    pointers[i] = numbers[i];
  ganrt_table table = {1, 2, 3, 1, nullptr};
  ganrt_batch batch = {pointers, nullptr, 3};
  void *buffers[] = {&batch};
  ganrt_artefact artefact = {};
  artefact.kernels = &kernel;
  artefact.places = places;
  artefact.tables = &table;
  ganrt_call call = {0, 0, 1, buffers};
  ganrt_text report = {};
  numbers[1][0] = numbers[4][1] = NAN; // the second result is no f32
  EXPECT_OK(ganrt_trap_check(&artefact, &call, &report));
  EXPECT_EQ(report.length, 0u);
  numbers[3][1] = -INFINITY;
  EXPECT_EQ(sentence(ganrt_trap_check(&artefact, &call, &report)),
            "kernel 'k' made -inf as element 1 of 2");
  EXPECT_HAS(std::string(report.data), "\"operands\": [\n    {\"elements\": 2");
  ganrt_text_destroy(&report);
}

} // namespace
