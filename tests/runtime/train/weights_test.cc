//===- weights_test.cc - networks out of and into a run -------------------===//
#include "runtime/src/formats/safetensors.h"
#include "runtime/src/train/weights.h"
#include "tests/runtime/train/toy_program.h"

namespace {

ganrt_state_tensor named(const char *name) {
  ganrt_state_tensor tensor = {};
  tensor.name = name;
  return tensor;
}

TEST(Weights, KnowsNetworksByTheirNames) {
  for (auto [name, expected] : {std::pair("G/0.weight", true),
                                {"Gs/0.weight", true},
                                {"critic/D/0.weight@m", false},
                                {"state/k", false},
                                {"pool/PA/0", false},
                                {"critic/@t", false}}) {
    ganrt_state_tensor tensor = named(name);
    EXPECT_EQ(ganrt_weights_is_network(&tensor), expected) << name;
  }
}

TEST_F(ToyProgram, WritesNetworksAndExports) {
  ASSERT_OK(ganrt_weights_write(folder.path("").c_str(), program, "000007"));
  ganrt_safetensors *file;
  ASSERT_OK(ganrt_safetensors_open(
      nullptr, folder.path("network-snapshot-000007.safetensors").c_str(),
      &file));
  EXPECT_EQ(ganrt_safetensors_count(file), 2u);
  const ganrt_safetensor *tensor = ganrt_safetensors_find(file, "Gs/w");
  ASSERT_NE(tensor, nullptr);
  std::string values(tensor->bytes, 0);
  EXPECT_OK(ganrt_safetensors_read(file, tensor, values.data()));
  EXPECT_STREQ(ganrt_safetensors_metadata(file, "game"), "toy");
  ganrt_safetensors_close(file);
  EXPECT_EQ(ganrt_weights_bytes(&ganrt_artefact_root), 3 * 3136.0 + 8);
  std::string onnx = readFile(folder.path("network-snapshot-000007.onnx"));
  EXPECT_EQ(onnx, "HEAD" + values + std::string(4, '\0'));
}

TEST_F(ToyProgram, LoadsByNameAndCopiesFollow) {
  std::vector<float> weights(784, 3.5f);
  const int64_t shape[] = {784}, other[] = {28, 28};
  ganrt_text notes = {};
  std::string path = folder.path("a.safetensors");
  ganrt_safetensor_source sources[] = {
      {"G/w", GANRT_F32, 1, shape, 3136, weights.data()},
      {"elsewhere", GANRT_F32, 1, shape, 3136, weights.data()}};
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), sources, 2, nullptr, 0));
  ASSERT_OK(ganrt_weights_load(path.c_str(), program, &notes));
  const auto *state = reinterpret_cast<float *>(ganrt_program_state(program));
  EXPECT_EQ(state[0], 3.5f);
  EXPECT_EQ(state[784], 0);        // the moment stays fresh
  EXPECT_EQ(state[2 * 784], 3.5f); // the average starts as a copy
  EXPECT_STREQ(notes.data, "1 tensors of the file are not used\n");
  ganrt_text_destroy(&notes);

  sources[0].name = "Gs/w"; // without G
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), sources, 1, nullptr, 0));
  ASSERT_OK(ganrt_weights_load(path.c_str(), program, &notes));
  EXPECT_STREQ(notes.data, "G/w is not in the file and starts fresh\n");
  ganrt_text_destroy(&notes);

  sources[0] = {"G/w", GANRT_F32, 2, other, 3136, weights.data()};
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), sources, 1, nullptr, 0));
  std::string result =
      sentence(ganrt_weights_load(path.c_str(), program, &notes));
  EXPECT_HAS(result, "tensor 'G/w': expected 784xf32, got 28x28xf32");
  sources[0].name = "generator/G/w@m"; // exists, but is no network's
  ASSERT_OK(ganrt_safetensors_write(path.c_str(), sources, 1, nullptr, 0));
  result = sentence(ganrt_weights_load(path.c_str(), program, &notes));
  EXPECT_HAS(result,
             "holds no tensor of the game's networks; a name would be 'G/w'");
  ganrt_text_destroy(&notes);
}

} // namespace
