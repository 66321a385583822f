//===- dataset_images_test.cc - folders and archives of PNG ---------------===//
#include "runtime/src/formats/png.h"
#include "runtime/src/text.h"
#include "runtime/src/train/dataset_images.h"
#include "tests/runtime/formats/zip_builder.h"
#include "tests/runtime/helpers.h"

namespace {

const ganrt_dataset_limits plenty = {uint64_t(1) << 30, nullptr};

/// A PNG whose channel c has the value first + c everywhere but at the end,
/// where it is 255.
std::string png(uint8_t first, uint32_t channels = 3, uint32_t size = 2) {
  ganrt_image image;
  EXPECT_OK(ganrt_image_create(nullptr, size, size, channels, &image));
  for (uint32_t i = 0; i < size * size * channels; ++i)
    image.pixels[i] =
        i / channels == size * size - 1 ? 255 : uint8_t(first + i % channels);
  ganrt_text text = {};
  EXPECT_OK(ganrt_png_encode(&image, &text));
  std::string bytes(text.data, text.length);
  ganrt_text_destroy(&text);
  ganrt_image_destroy(&image);
  return bytes;
}

using Files = std::vector<std::pair<std::string, std::string>>;

/// Loads these files from a folder and from both kinds of archives; they must
/// agree. The sentence without the path, or "done".
std::string load(const Files &files, ganrt_dataset *out,
                 ganrt_dataset_limits limits = plenty) {
  gan::TemporaryFolder folder;
  std::vector<ZipEntry> stored, deflated;
  for (auto &[name, bytes] : files) {
    std::filesystem::path path = folder.path("data/" + name);
    std::filesystem::create_directories(path.parent_path());
    writeFile(path, bytes);
    stored.push_back(storedEntry(name, bytes));
    deflated.push_back(deflatedEntry(name, bytes));
  }
  writeFile(folder.path("stored.zip"), makeZip(stored));
  writeFile(folder.path("deflated.zip"), makeZip(deflated, true));
  std::string results[3];
  ganrt_dataset datasets[3] = {};
  for (int i = 0; i < 3; ++i) {
    std::string path = folder.path(i == 0   ? "data"
                                   : i == 1 ? "stored.zip"
                                            : "deflated.zip");
    results[i] = sentence(
        i ? ganrt_images_load_zip(path.c_str(), &limits, &datasets[i])
          : ganrt_images_load_folder(path.c_str(), &limits, &datasets[i]));
    for (size_t at; (at = results[i].find(path)) != std::string::npos;)
      results[i].replace(at, path.size(), "PATH");
    EXPECT_EQ(results[i], results[0]);
    if (i && results[i] == "done") {
      EXPECT_EQ(datasets[i].samples.bytes, datasets[0].samples.bytes);
      EXPECT_EQ(memcmp(datasets[i].samples.data, datasets[0].samples.data,
                       datasets[0].samples.bytes),
                0);
      EXPECT_EQ(datasets[i].labels.bytes, datasets[0].labels.bytes);
    }
    if (i)
      ganrt_dataset_destroy(&datasets[i]);
  }
  if (results[0] == "done")
    *out = datasets[0];
  else
    ganrt_dataset_destroy(&datasets[0]);
  return results[0];
}

TEST(DatasetImages, SortsByNameAndPutsChannelsFirst) {
  ganrt_dataset dataset;
  ASSERT_EQ(load({{"b.png", png(20)},
                  {"a/z.PNG", png(10)},
                  {"c/d/e.png", png(30)},
                  {"readme.txt", "words"}},
                 &dataset),
            "done");
  EXPECT_EQ(dataset.samples.shape[0], 3);
  EXPECT_EQ(dataset.samples.shape[1], 3);
  const uint8_t *bytes = static_cast<uint8_t *>(dataset.samples.data);
  const uint8_t expected[] = {10, 10, 10, 255, 11, 11, 11, 255,
                              12, 12, 12, 255, 20, 20, 20, 255};
  EXPECT_EQ(memcmp(bytes, expected, sizeof expected), 0);
  EXPECT_EQ(dataset.labels.data, nullptr);
  ganrt_dataset_destroy(&dataset);
}

TEST(DatasetImages, LabelsComeFromDatasetJson) {
  ganrt_dataset dataset;
  Files files = {
      {"0/a.png", png(1)}, {"0/b.png", png(2)}, {"dataset.json", ""}};
  files[2].second = R"({"labels": [["0/b.png", 7], ["0/a.png", 3]]})";
  ASSERT_EQ(load(files, &dataset), "done");
  EXPECT_EQ(static_cast<int32_t *>(dataset.labels.data)[0], 3);
  EXPECT_EQ(static_cast<int32_t *>(dataset.labels.data)[1], 7);
  ganrt_dataset_destroy(&dataset);
  for (const char *none : {"{}", R"({"labels": null})"}) {
    files[2].second = none;
    ASSERT_EQ(load(files, &dataset), "done");
    EXPECT_EQ(dataset.labels.data, nullptr);
    ganrt_dataset_destroy(&dataset);
  }
  for (auto [json, expected] :
       {std::pair(R"({"labels": [["0/a.png", 3]]})", "'0/b.png' has no label"),
        {R"({"labels": [["0/c.png", 3]]})", "there is no image '0/c.png'"},
        {R"({"labels": [["0/a.png", -3]]})",
         "expected a class number for '0/a.png'"},
        {R"({"labels": [["0/a.png", 1.5]]})", "expected a class number"},
        {R"({"labels": [["0/a.png", [1, 2]]]})", "expected labels of the form"},
        {R"({"labels": [[]]})",
         "expected labels of the form [\"name\", number]"},
        {R"({"labels": 5})", "expected an array as labels, got a number"},
        {"{", "dataset.json"}}) {
    files[2].second = json;
    std::string result = load(files, &dataset);
    EXPECT_NE(result.find(expected), std::string::npos) << result;
  }
}

TEST(DatasetImages, FoldersAreClassesInTheOrderOfTheirNames) {
  ganrt_dataset dataset;
  // As whole paths "cat-big/…" comes before "cat/…".
  Files files = {{"dog/a.png", png(1)},
                 {"cat/z.png", png(2)},
                 {"cat-big/b.png", png(3)},
                 {"dog/deep/c.png", png(4)}};
  ASSERT_EQ(load(files, &dataset), "done");
  const int32_t expected[] = {1, 0, 2, 2};
  ASSERT_EQ(dataset.labels.bytes, sizeof expected);
  EXPECT_EQ(memcmp(dataset.labels.data, expected, sizeof expected), 0);
  ganrt_dataset_destroy(&dataset);
  // One image beside the folders: they are no classes.
  files.push_back({"x.png", png(5)});
  ASSERT_EQ(load(files, &dataset), "done");
  EXPECT_EQ(dataset.labels.data, nullptr);
  ganrt_dataset_destroy(&dataset);
}

TEST(DatasetImages, MistakesAreSentences) {
  ganrt_dataset dataset;
  EXPECT_EQ(load({{"a.jpg", "x"}, {"b.txt", "y"}}, &dataset),
            "expected PNG images in 'PATH', got none (2 other files)");
  EXPECT_EQ(load({{"a.png", png(1)}, {"b.png", png(1, 3, 4)}}, &dataset),
            "'b.png' in 'PATH': expected 3x2x2 like the first image, got "
            "3x4x4");
  EXPECT_EQ(load({{"a.png", png(1)}, {"b.png", png(1, 1)}}, &dataset),
            "'b.png' in 'PATH': expected 3x2x2 like the first image, got "
            "1x2x2");
  std::string cut = png(1);
  cut.resize(cut.size() - 20);
  EXPECT_NE(load({{"a.png", cut}}, &dataset).find("'a.png' in 'PATH'"),
            std::string::npos);
}

TEST(DatasetImages, KeepsTheLimitAndStops) {
  gan::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("data"));
  writeFile(folder.path("data/a.png"), png(1, 3, 16));
  writeFile(folder.path("data/b.png"), png(2, 3, 16));
  ganrt_dataset dataset = {};
  ganrt_dataset_limits limits = {1000, nullptr};
  std::string result = sentence(
      ganrt_images_load_folder(folder.path("data").c_str(), &limits, &dataset));
  EXPECT_EQ(result.substr(result.find(": ") + 2),
            "2 images of 3x16x16 take more than --max-dataset-bytes=1000");
  limits = {1 << 20, [](uint64_t, uint64_t) { return true; }};
  result = sentence(
      ganrt_images_load_folder(folder.path("data").c_str(), &limits, &dataset));
  EXPECT_EQ(result.find("stopped while reading '"), 0u) << result;
}

TEST(DatasetImages, FoldersAreNotFollowedForEver) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("data");
  for (int i = 0; i < 20; ++i)
    path += "/deeper";
  std::filesystem::create_directories(path);
  writeFile(path + "/a.png", png(1));
  ganrt_dataset dataset = {};
  std::string result = sentence(
      ganrt_images_load_folder(folder.path("data").c_str(), &plenty, &dataset));
  EXPECT_NE(result.find("data' are nested too deep"), std::string::npos)
      << result;
}

TEST(DatasetImages, LinksAreRefused) {
  gan::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("data"));
  writeFile(folder.path("secret.png"), png(1));
  std::filesystem::create_symlink("../secret.png", folder.path("data/a.png"));
  ganrt_dataset dataset = {};
  std::string result = sentence(
      ganrt_images_load_folder(folder.path("data").c_str(), &plenty, &dataset));
  EXPECT_EQ(result, "'a.png' is a symbolic link; copy what it points to into "
                    "the data set");
}

} // namespace
