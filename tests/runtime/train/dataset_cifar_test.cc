//===- dataset_cifar_test.cc - the binary form of CIFAR-10 ----------------===//
#include "runtime/src/train/dataset_cifar.h"
#include "tests/runtime/helpers.h"

namespace {

const ganrt_dataset_limits plenty = {uint64_t(1) << 30, nullptr};

std::string record(int label) {
  return std::string(1, char(label)) + std::string(3072, char(10 * label));
}

TEST(DatasetCifar, ReadsAllBatchesInOrder) {
  gan::TemporaryFolder folder;
  EXPECT_FALSE(ganrt_cifar_is(folder.path("").c_str()));
  writeFile(folder.path("data_batch_1.bin"), record(1) + record(2));
  writeFile(folder.path("data_batch_2.bin"), record(3));
  writeFile(folder.path("test_batch.bin"), record(9));
  EXPECT_TRUE(ganrt_cifar_is(folder.path("").c_str()));
  ganrt_dataset dataset;
  ASSERT_OK(ganrt_dataset_load(folder.path("").c_str(), &plenty, &dataset));
  EXPECT_EQ(dataset.samples.shape[0], 3);
  EXPECT_EQ(dataset.samples.shape[1], 3);
  EXPECT_EQ(dataset.samples.shape[3], 32);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(static_cast<int32_t *>(dataset.labels.data)[i], i + 1);
    EXPECT_EQ(static_cast<uint8_t *>(dataset.samples.data)[3072 * i],
              10 * i + 10);
  }
  ganrt_dataset_destroy(&dataset);
}

TEST(DatasetCifar, MistakesAreSentences) {
  gan::TemporaryFolder folder;
  ganrt_dataset dataset = {};
  std::string path = folder.path("");
  writeFile(folder.path("data_batch_1.bin"), record(1) + "x");
  std::string result =
      sentence(ganrt_cifar_load(path.c_str(), &plenty, &dataset));
  EXPECT_NE(result.find("': expected records of 3073 bytes, got 3074 bytes"),
            std::string::npos)
      << result;
  writeFile(folder.path("data_batch_1.bin"), record(1) + record(2));
  ganrt_dataset_limits tight = {5000, nullptr};
  result = sentence(ganrt_cifar_load(path.c_str(), &tight, &dataset));
  EXPECT_NE(result.find("' has more than --max-dataset-bytes=5000"),
            std::string::npos)
      << result;
}

} // namespace
