//===- images_test.cc - images out of a network, and into it --------------===//
#include "runtime/src/infer/images.h"

#include "runtime/src/formats/png.h"
#include "tests/runtime/infer/command_line.h"
#include "tests/runtime/infer/sample_conditional.h"
#include "tests/runtime/samples.h"
#include "tests/runtime/temporary_folder.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

using gan::runCommand;
using gan::TemporaryFolder;

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

std::vector<int> pixels(const std::string &path) {
  ganrt_image image;
  std::string text = message(ganrt_png_read(nullptr, path.c_str(), &image));
  EXPECT_EQ(text, "done");
  if (text != "done")
    return {};
  std::vector<int> result(image.pixels,
                          image.pixels + ganrt_image_bytes(&image));
  ganrt_image_destroy(&image);
  return result;
}

std::string bytes(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

void writeGrey(const std::string &path, std::vector<uint8_t> values,
               uint32_t width, uint32_t height) {
  ganrt_image image;
  ASSERT_EQ(message(ganrt_image_create(nullptr, width, height, 1, &image)),
            "done");
  std::copy(values.begin(), values.end(), image.pixels);
  ASSERT_EQ(message(ganrt_png_write(path.c_str(), &image)), "done");
  ganrt_image_destroy(&image);
}
} // namespace

TEST(Images, OnePerSeedAndAGrid) {
  TemporaryFolder folder;
  std::string out = folder.path("a/b");
  auto result =
      runCommand(sample_generator, {"--seeds=0,2,5-7", "--outdir=" + out});
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(result.words, "");
  std::vector<int> grid = pixels(out + "/grid.png"); // 3 x 2 cells of 2 x 2
  ASSERT_EQ(grid.size(), 24u);
  int cell = 0;
  for (int seed : {0, 2, 5, 6, 7}) {
    char name[40];
    snprintf(name, sizeof(name), "/seed%04d.png", seed);
    float z[4];
    ganrt_tensor_info input = {};
    input.name = "z";
    ganrt_seeds_draw(static_cast<uint64_t>(seed), &input, 4, z);
    std::vector<int> image = pixels(out + name);
    ASSERT_EQ(image.size(), 4u);
    for (int i = 0; i < 4; ++i) {
      float y = z[i] * sample_generator_scale[i] + sample_generator_bias[i];
      y = std::fmin(1, std::fmax(-1, y));
      int pixel =
          static_cast<int>(std::fmin(255, std::floor(y * 127.5f + 128.0f)));
      EXPECT_NEAR(image[i], pixel, 1);
      int x = cell % 3 * 2 + i % 2, row = cell / 3 * 2 + i / 2;
      EXPECT_EQ(grid[row * 6 + x], image[i]);
    }
    ++cell;
  }
}

// Each image alone, whatever the batch.
TEST(Images, SameBytesAloneOrTogether) {
  TemporaryFolder folder;
  std::string together = folder.path("together"), alone = folder.path("alone");
  ASSERT_EQ(
      runCommand(sample_generator, {"--seeds=0-8", "--outdir=" + together})
          .code,
      0);
  ASSERT_EQ(
      runCommand(sample_generator, {"--seeds=7", "--outdir=" + alone}).code, 0);
  EXPECT_EQ(bytes(together + "/seed0007.png"), bytes(alone + "/seed0007.png"));
}

TEST(Images, AGridHasALimit) {
  ganrt_artefact artefact = sample_generator;
  TemporaryFolder folder;
  // 2 x 2 pixels: 3840 x 2160 cells; far from it, all seeds are in.
  auto result =
      runCommand(artefact, {"--seeds=0-99", "--outdir=" + folder.path("x")});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(pixels(folder.path("x/grid.png")).size(), 400u);
}

TEST(Images, BadImagesAreWrittenAndReported) {
  TemporaryFolder folder;
  std::string out = folder.path("o");
  // All four values beyond 1 are clamped to 1: an even surface.
  auto result = runCommand(sample_generator, {"--seeds=3", "--outdir=" + out,
                                              "--input=1x4xf32=[9 9 9 -9]"});
  EXPECT_EQ(result.code, 65);
  EXPECT_EQ(result.words,
            "sample: error: 1 of 1 images are none: the image of seed 3: "
            "expected an image, got 1 for all its values\n");
  EXPECT_EQ(pixels(out + "/seed0003.png"), std::vector<int>(4, 255));
}

TEST(Images, FolderThatCannotBe) {
  TemporaryFolder folder;
  std::ofstream(folder.path("file")) << "x";
  auto result = runCommand(
      sample_generator, {"--seeds=3", "--outdir=" + folder.path("file/out")});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.words.find("sample: error: cannot make the folder '"), 0u);
}

TEST(Images, FilesThroughTheNetwork) {
  TemporaryFolder folder;
  std::string in = folder.path("in"), out = folder.path("out");
  ASSERT_EQ(message(ganrt_images_make_folder(in.c_str())), "done");
  writeGrey(in + "/a.png", {0, 255, 100, 50}, 2, 2);
  writeGrey(in + "/b.png", {1, 2, 3, 4}, 2, 2);
  std::ofstream(in + "/readme.txt") << "no image";
  auto result = runCommand(sample_negative, {"-i", in, "-o", out});
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(pixels(out + "/a.png"), (std::vector<int>{255, 0, 155, 205}));
  EXPECT_EQ(pixels(out + "/b.png"), (std::vector<int>{254, 253, 252, 251}));
  result = runCommand(sample_negative,
                      {"-i", in + "/a.png", "-o", folder.path("c.png")});
  ASSERT_EQ(result.code, 0) << result.words;
  EXPECT_EQ(bytes(folder.path("c.png")), bytes(out + "/a.png"));
}

TEST(Images, FilesThatDoNotFit) {
  TemporaryFolder folder;
  std::string a = folder.path("a.png"), out = folder.path("b.png");
  writeGrey(a, std::vector<uint8_t>(6), 3, 2);
  auto result = runCommand(sample_negative, {"-i", a, "-o", out});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.words,
            "sample: error: '" + a +
                "': expected 2 x 2 pixels of 1 channels, got 3 x 2 of 1\n");
  std::string empty = folder.path("empty");
  ASSERT_EQ(message(ganrt_images_make_folder(empty.c_str())), "done");
  EXPECT_EQ(runCommand(sample_negative, {"-i", empty, "-o", out}).words,
            "sample: error: there is no PNG file in '" + empty + "'\n");
  EXPECT_EQ(
      runCommand(sample_generator, {"-i", a, "-o", out}).words,
      "sample: error: the network has no input that is an image of 1 ... 4 "
      "channels; see --model-info\n");
}

TEST(Images, KnowsNetworksThatMakeNone) {
  ganrt_model *model;
  ASSERT_EQ(message(ganrt_model_create(&sample_conditional, nullptr, &model)),
            "done");
  EXPECT_FALSE(ganrt_images_are_made(model));
  ganrt_model_destroy(model);
}
