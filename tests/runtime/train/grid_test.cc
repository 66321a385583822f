//===- grid_test.cc - image grids of a run --------------------------------===//
#include "runtime/src/formats/png.h"
#include "runtime/src/train/grid.h"
#include "tests/runtime/train/toy_program.h"

namespace {

TEST(Grid, LaysOutCells) {
  const int64_t shape[] = {5, 1, 1, 2};
  const float values[] = {-1, 1, -1, -1, 1, 1, 0, 0, 5, -5};
  ganrt_tensor_info info = {"x", GANRT_F32, 4, shape, 40, -1, 1, 0, 0};
  ganrt_image image;
  ASSERT_OK(ganrt_grid_make(&info, values, &image));
  uint32_t columns = ganrt_grid_columns(5);
  EXPECT_EQ(image.width, 2 * columns);
  EXPECT_EQ(image.height, (5 + columns - 1) / columns);
  EXPECT_EQ(image.pixels[0], 0);
  EXPECT_EQ(image.pixels[1], 255);
  ganrt_image_destroy(&image);
}

TEST(Grid, StaysWithinTheLargestPicture) {
  EXPECT_EQ(ganrt_grid_cells(10000, 1024, 1024), 28u); // 7 x 4
  EXPECT_EQ(ganrt_grid_cells(10000, 64, 64), 120u * 67);
  EXPECT_EQ(ganrt_grid_cells(10000, 9000, 9000), 1u);
  EXPECT_EQ(ganrt_grid_cells(3, 1024, 1024), 3u);
  // Wide images: the picture gets no wider than allowed.
  const int64_t shape[] = {40, 1, 8, 2000};
  std::vector<float> values(40 * 8 * 2000);
  ganrt_tensor_info info = {"x", GANRT_F32, 4, shape, values.size() * 4,
                            -1,  1,         0, 0};
  ganrt_image image;
  ASSERT_OK(ganrt_grid_make(&info, values.data(), &image));
  EXPECT_LE(image.width, 7680u);
  EXPECT_LE(image.height, 4320u);
  EXPECT_GE(uint64_t(image.width / 2000) * (image.height / 8), 40u);
  ganrt_image_destroy(&image);
}

TEST(Grid, WhatIsNoImageIsLeftOut) {
  const int64_t shape[] = {4, 2, 2, 2};
  float values[32] = {};
  ganrt_tensor_info info = {"x", GANRT_F32, 4, shape, 128, -1, 1, 0, 0};
  ganrt_image image;
  ASSERT_OK(ganrt_grid_make(&info, values, &image));
  EXPECT_EQ(image.pixels, nullptr);
  info.rank = 2;
  ASSERT_OK(ganrt_grid_make(&info, values, &image));
  EXPECT_EQ(image.pixels, nullptr);
}

TEST_F(ToyProgram, ShowsAreFixedAndMoveNothing) {
  ASSERT_OK(ganrt_program_step(program));
  std::string before = state();
  std::string path = folder.path("");
  ASSERT_OK(ganrt_grid_write_shows(path.c_str(), program, "_a"));
  ASSERT_OK(ganrt_grid_write_shows(path.c_str(), program, "_b"));
  EXPECT_EQ(readFile(folder.path("fakes_a.png")),
            readFile(folder.path("fakes_b.png")));
  EXPECT_EQ(state(), before);
  EXPECT_EQ(ganrt_program_counters(program)->images, 16u);
  EXPECT_EQ(data.sources[0].position, 16);
  ganrt_image image;
  ASSERT_OK(
      ganrt_png_read(nullptr, folder.path("fakes_a.png").c_str(), &image));
  EXPECT_EQ(image.width, 4 * 28u);
  EXPECT_EQ(image.height, 4 * 28u);
  ganrt_image_destroy(&image);
}

TEST_F(ToyProgram, RealsAreTheData) {
  ASSERT_OK(ganrt_grid_write_reals(folder.path("").c_str(),
                                   &ganrt_artefact_root, &data, 0));
  ganrt_image image;
  ASSERT_OK(ganrt_png_read(nullptr, folder.path("reals.png").c_str(), &image));
  EXPECT_EQ(image.width, 8 * 28u);
  EXPECT_EQ(data.sources[0].position, 0);
  // The first cell is the first image of the first epoch, byte for byte.
  ganrt_permutation order =
      ganrt_permutation_make(0, data.sources[0].site, 0, 100);
  const auto *bytes = static_cast<uint8_t *>(data.datasets[0].samples.data) +
                      784 * ganrt_permutation_at(&order, 0);
  for (uint32_t y = 0; y < 28; ++y)
    for (uint32_t x = 0; x < 28; ++x)
      ASSERT_EQ(image.pixels[y * image.width + x], bytes[28 * y + x]);
  ganrt_image_destroy(&image);
}

} // namespace
