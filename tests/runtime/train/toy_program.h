//===- toy_program.h - the toy game as a program, for tests ---------------===//
#ifndef TESTS_RUNTIME_TRAIN_TOY_PROGRAM_H
#define TESTS_RUNTIME_TRAIN_TOY_PROGRAM_H

#include "ganrt/artefact.h"
#include "ganrt/program.h"
#include "runtime/src/train/data.h"
#include "tests/runtime/train/toy_run.h"

/// The toy game with a data set of 100 images, initialised.
class ToyProgram : public testing::Test {
protected:
  ToyProgram() {
    writeIdx(folder.path("data"), 100);
    EXPECT_OK(ganrt_train_options_begin(&ganrt_artefact_root, &options));
    std::string path = "--data=" + folder.path("data");
    const char *argv[] = {"train", path.c_str()};
    EXPECT_OK(ganrt_train_options_parse(&options, 2, argv));
    EXPECT_OK(ganrt_data_open(&options, nullptr, &data));
    EXPECT_OK(ganrt_program_create(&ganrt_artefact_root, nullptr, &program));
    hooks.context = this;
    hooks.draw_data = drawData;
    ganrt_program_set_hooks(program, &hooks);
    ganrt_program_initialize(program);
    EXPECT_OK(ganrt_program_derive(program));
  }
  ~ToyProgram() override {
    ganrt_program_destroy(program);
    ganrt_data_close(&data);
    ganrt_train_options_destroy(&options);
  }

  static ganrt_status_t drawData(void *context, uint32_t stream, uint32_t,
                                 ganrt_scope scope, void *batch, uint64_t) {
    auto *self = static_cast<ToyProgram *>(context);
    ganrt_source_draw(self->data.sources, stream, 0, scope, batch);
    return GANRT_STATUS_OK;
  }

  /// The state's bytes.
  std::string state() {
    return {reinterpret_cast<char *>(ganrt_program_state(program)),
            ganrt_artefact_root.state_bytes};
  }

  gan::TemporaryFolder folder;
  ganrt_train_options options;
  ganrt_data data;
  ganrt_hooks hooks = {};
  ganrt_program *program = nullptr;
};

#endif // TESTS_RUNTIME_TRAIN_TOY_PROGRAM_H
