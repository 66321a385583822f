//===- checkpoint_fixture.h - a small run to save and load ----------------===//
#ifndef TESTS_RUNTIME_TRAIN_CHECKPOINT_FIXTURE_H
#define TESTS_RUNTIME_TRAIN_CHECKPOINT_FIXTURE_H

#include "runtime/src/train/checkpoint.h"
#include "tests/runtime/helpers.h"

#include <cstring>
#include <vector>

/// Three tensors whose values follow from a number, and all that a checkpoint
/// says about a run.
class SmallRun {
public:
  explicit SmallRun(uint64_t step) {
    tensors[0] = {"G/0.weight", GANRT_F32, 2, shape, 12, weight};
    tensors[1] = {"critic/@t", GANRT_I64, 0, nullptr, 8, &updates};
    tensors[2] = {"odd \"name\"", GANRT_BOOL, 1, one, 1, &flag};
    view.structure = "abc";
    view.data = data;
    view.data_count = 1;
    view.tensor_count = 3;
    view.tensors = tensors;
    view.game = "toy";
    view.build = "b1";
    view.numerics = "fast";
    view.device = "cpu";
    view.configuration = "0";
    set(step);
  }
  SmallRun(const SmallRun &) = delete;

  void set(uint64_t step) {
    view.step = step;
    view.images = step * 100;
    for (int i = 0; i < 3; ++i)
      weight[i] = float(step) + float(i);
    updates = int64_t(step);
    flag = step % 2;
  }
  bool holds(uint64_t step) const {
    return weight[0] == float(step) && weight[2] == float(step) + 2 &&
           updates == int64_t(step) && flag == step % 2;
  }

  std::string save(const gan::TemporaryFolder &folder, uint64_t keep = 3) {
    char name[64];
    std::string result = sentence(
        ganrt_checkpoint_save(folder.path("").c_str(), &view, keep, name));
    return result == "done" ? name : result;
  }

  /// The name of what was loaded, or the sentence; warnings in `warned`.
  std::string load(const gan::TemporaryFolder &folder) {
    ganrt_text warnings = {};
    ganrt_checkpoint_found found;
    std::string result = sentence(ganrt_checkpoint_load_newest(
        folder.path("").c_str(), &view, &warnings, &found));
    warned = warnings.data ? warnings.data : "";
    ganrt_text_destroy(&warnings);
    return result == "done" ? found.name : result;
  }

  int64_t shape[2] = {1, 3}, one[1] = {1};
  float weight[3];
  int64_t updates;
  uint8_t flag;
  ganrt_checkpoint_data data[1] = {{"x", "f00d", 60000}};
  ganrt_checkpoint_tensor tensors[3];
  ganrt_checkpoint view = {};
  std::string warned;
};

#endif // TESTS_RUNTIME_TRAIN_CHECKPOINT_FIXTURE_H
