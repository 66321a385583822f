//===- given_test.cc - draws that come from files -------------------------===//
#include "runtime/src/formats/npy.h"
#include "runtime/src/formats/safetensors.h"
#include "runtime/src/train/given.h"
#include "tests/runtime/train/toy_program.h"

namespace {

class Given : public ToyProgram {
protected:
  /// Opens --given=…; "@@" in front of a name stands for the folder.
  std::string open(std::vector<std::string> arguments) {
    ganrt_given_close(given);
    given = nullptr;
    std::vector<const char *> argv = {"train"};
    for (std::string &argument : arguments)
      argv.push_back(argument.c_str());
    ganrt_train_options own;
    EXPECT_OK(ganrt_train_options_begin(&ganrt_artefact_root, &own));
    EXPECT_OK(ganrt_train_options_parse(&own, int(argv.size()), argv.data()));
    std::string result = sentence(ganrt_given_open(&own, &given));
    ganrt_train_options_destroy(&own);
    return result;
  }
  ~Given() override { ganrt_given_close(given); }

  void writeNpy(const std::string &name, uint32_t dtype,
                std::vector<int64_t> shape) {
    ganrt_tensor tensor;
    ASSERT_OK(ganrt_tensor_create(nullptr, dtype, uint32_t(shape.size()),
                                  shape.data(), &tensor));
    for (uint64_t i = 0; i < tensor.count; ++i)
      if (dtype == GANRT_F32)
        static_cast<float *>(tensor.data)[i] = float(i);
      else if (dtype == GANRT_F64)
        static_cast<double *>(tensor.data)[i] = double(i);
    ASSERT_OK(ganrt_npy_write(folder.path(name).c_str(), &tensor));
    ganrt_tensor_destroy(&tensor);
  }

  ganrt_given *given = nullptr;
};

TEST_F(Given, HandsOutOneAfterAnother) {
  const std::vector<int64_t> flat = {2 * 784}, stacked = {2, 784};
  for (auto &[dtype, shape] : {std::pair(uint32_t(GANRT_F32), flat),
                               {uint32_t(GANRT_F64), flat},
                               {uint32_t(GANRT_F32), stacked}}) {
    writeNpy("z.npy", dtype, shape);
    ASSERT_EQ(open({"--given=z=@" + folder.path("z.npy")}), "done");
    EXPECT_TRUE(ganrt_given_has(given, 2));
    EXPECT_FALSE(ganrt_given_has(given, 0));
    EXPECT_FALSE(ganrt_given_has(nullptr, 0));
    std::vector<float> z(784);
    EXPECT_OK(ganrt_given_next(given, 2, z.data()));
    EXPECT_EQ(z[1], 1);
    EXPECT_OK(ganrt_given_next(given, 2, z.data()));
    EXPECT_EQ(z[1], 785);
    EXPECT_EQ(sentence(ganrt_given_next(given, 2, z.data())),
              "--given holds 2 draws of 'z', the game needs more; use --steps");
  }
}

TEST_F(Given, TakesRecordedDrawsInTheirOrder) {
  std::vector<std::vector<float>> values;
  std::vector<ganrt_safetensor_source> sources;
  const int64_t shape[] = {784};
  for (const char *name :
       {"step/10/draw/z#0", "step/2/draw/z#1", "step/2/draw/z#0",
        "step/2/draw/zz#0", "step/x/draw/z#0"})
    sources.push_back({name, GANRT_F32, 1, shape, 3136, nullptr});
  values.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    values[i].assign(784, float(i));
    sources[i].data = values[i].data();
  }
  std::string path = folder.path("r.safetensors");
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), sources.data(),
                                    sources.size(), nullptr, 0));
  ASSERT_EQ(open({"--given=" + path}), "done");
  std::vector<float> z(784);
  for (float expected : {2, 1, 0}) {
    EXPECT_OK(ganrt_given_next(given, 2, z.data()));
    EXPECT_EQ(z[0], expected);
  }
  EXPECT_NE(sentence(ganrt_given_next(given, 2, z.data())), "done");
}

TEST_F(Given, MistakesAreSentences) {
  writeNpy("z.npy", GANRT_F32, {783});
  writeNpy("x.npy", GANRT_F32, {16, 1, 28, 27});
  writeNpy("y.npy", GANRT_F32, {0});
  EXPECT_HAS(open({"--given=z=@" + folder.path("z.npy")}),
             "draw 'z' expects 784xf32, several of them along the first axis "
             "(a multiple of 784) or along one more axis in front, got "
             "783xf32");
  EXPECT_HAS(open({"--given=x=@" + folder.path("x.npy")}),
             "draw 'x' expects 16x1x28x28xf32");
  EXPECT_HAS(open({"--given=y=@" + folder.path("y.npy")}),
             "draw 'y' expects 16xi32");
  writeNpy("l.npy", GANRT_F32, {16});
  EXPECT_HAS(open({"--given=y=@" + folder.path("l.npy")}),
             "draw 'y' expects labels from 0 to 9, got 10");
  EXPECT_HAS(open({"--given=q=@" + folder.path("z.npy")}),
             "--given: there is no draw 'q'; possible: x, y, z");
  EXPECT_NE(open({"--given=" + folder.path("none")}), "done");
  const int64_t shape[] = {1};
  float value = 1;
  ganrt_safetensor_source other = {"other", GANRT_F32, 1, shape, 4, &value};
  std::string path = folder.path("o.safetensors");
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), &other, 1, nullptr, 0));
  EXPECT_HAS(open({"--given=" + path}), "holds none of the game's draws");
}

} // namespace
