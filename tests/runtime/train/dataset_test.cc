//===- dataset_test.cc - what a stream of data is read from ---------------===//
#include "runtime/src/formats/npy.h"
#include "runtime/src/train/dataset.h"
#include "tests/runtime/train/toy_run.h"

#include <cmath>

namespace {

const ganrt_dataset_limits plenty = {uint64_t(1) << 30, nullptr};

std::string load(const std::string &path, ganrt_dataset *dataset,
                 ganrt_dataset_limits limits = plenty) {
  return sentence(ganrt_dataset_load(path.c_str(), &limits, dataset));
}

TEST(Dataset, FindsTheTrainingFilesOfAFolder) {
  gan::TemporaryFolder folder;
  writeIdx(folder.path("data"), 7);
  std::filesystem::copy(folder.path("data/train-images-idx3-ubyte"),
                        folder.path("data/t10k-images-idx3-ubyte"));
  ganrt_dataset dataset, same, file;
  ASSERT_EQ(load(folder.path("data"), &dataset), "done");
  EXPECT_EQ(dataset.samples.rank, 4u);
  EXPECT_EQ(dataset.samples.shape[0], 7);
  EXPECT_EQ(dataset.samples.shape[1], 1);
  EXPECT_EQ(dataset.samples.shape[3], 28);
  ASSERT_EQ(dataset.labels.dtype, uint32_t(GANRT_I32));
  EXPECT_EQ(static_cast<int32_t *>(dataset.labels.data)[6], 6);
  ASSERT_EQ(load(folder.path("data"), &same), "done");
  EXPECT_STREQ(dataset.fingerprint, same.fingerprint);
  // The other file has no labels, hence another fingerprint.
  ASSERT_EQ(load(folder.path("data/t10k-images-idx3-ubyte"), &file), "done");
  EXPECT_EQ(file.labels.data, nullptr);
  EXPECT_STRNE(dataset.fingerprint, file.fingerprint);
  ganrt_dataset_destroy(&dataset);
  ganrt_dataset_destroy(&same);
  ganrt_dataset_destroy(&file);
}

TEST(Dataset, AnInstalledFashionMnistIsRead) {
  const char *path = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  ganrt_dataset dataset;
  ASSERT_EQ(load(path, &dataset), "done");
  EXPECT_EQ(dataset.samples.shape[0], 60000);
  EXPECT_EQ(dataset.labels.shape[0], 60000);
  ganrt_dataset_destroy(&dataset);
}

TEST(Dataset, ReadsNpy) {
  gan::TemporaryFolder folder;
  int64_t shape[] = {5, 4, 3};
  ganrt_tensor tensor;
  for (uint32_t dtype : {uint32_t(GANRT_U8), uint32_t(GANRT_F32)}) {
    ASSERT_OK(ganrt_tensor_create(nullptr, dtype, 3, shape, &tensor));
    std::string path = folder.path("a.npy");
    ASSERT_OK(ganrt_npy_write(path.c_str(), &tensor));
    ganrt_tensor_destroy(&tensor);
    ganrt_dataset dataset;
    ASSERT_EQ(load(path, &dataset), "done");
    // Bytes are images and get their axis of channels.
    EXPECT_EQ(dataset.samples.rank, dtype == GANRT_U8 ? 4u : 3u);
    EXPECT_EQ(dataset.samples.shape[0], 5);
    ganrt_dataset_destroy(&dataset);
    EXPECT_HAS(load(path, &dataset, {20, nullptr}),
               "a.npy' has more than --max-dataset-bytes=20");
  }
}

TEST(Dataset, MistakesAreSentences) {
  gan::TemporaryFolder folder;
  ganrt_dataset dataset;
  EXPECT_HAS(load(folder.path("none"), &dataset), "cannot open the data");
  writeFile(folder.path("text"), "some words");
  EXPECT_HAS(
      load(folder.path("text"), &dataset),
      "text' is not data: expected a folder or zip of PNG, idx, idx.gz or npy");
  ganrt_tensor single;
  ASSERT_OK(ganrt_tensor_create(nullptr, GANRT_F32, 0, nullptr, &single));
  ASSERT_OK(ganrt_npy_write(folder.path("single.npy").c_str(), &single));
  ganrt_tensor_destroy(&single);
  EXPECT_HAS(load(folder.path("single.npy"), &dataset),
             "single.npy' holds a single number, not samples");
  const int64_t shape[] = {2, 3};
  ganrt_tensor spoiled;
  ASSERT_OK(ganrt_tensor_create(nullptr, GANRT_F32, 2, shape, &spoiled));
  static_cast<float *>(spoiled.data)[4] = INFINITY;
  ASSERT_OK(ganrt_npy_write(folder.path("spoiled.npy").c_str(), &spoiled));
  ganrt_tensor_destroy(&spoiled);
  EXPECT_HAS(load(folder.path("spoiled.npy"), &dataset),
             "spoiled.npy': expected finite numbers, got inf in sample 1");
  writeFile(folder.path("empty"), "");
  EXPECT_HAS(load(folder.path("empty"), &dataset), "is not data");
  writeIdx(folder.path("data"), 3);
  writeIdx(folder.path("other"), 4);
  std::filesystem::copy(folder.path("other/train-labels-idx1-ubyte"),
                        folder.path("data/train-labels-idx1-ubyte"),
                        std::filesystem::copy_options::overwrite_existing);
  EXPECT_HAS(load(folder.path("data"), &dataset),
             "expected one label for each of 3 images");
  std::filesystem::create_directory(folder.path("two"));
  for (const char *name : {"a", "b"})
    std::filesystem::copy(
        folder.path("other/train-images-idx3-ubyte"),
        folder.path(std::string("two/") + name + "-images-idx3-ubyte"));
  EXPECT_HAS(load(folder.path("two"), &dataset),
             "holds 2 files of images and none is called train-");
}

} // namespace
