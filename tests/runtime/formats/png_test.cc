//===- png_test.cc - reading and writing PNG images -----------------------===//
#include "runtime/src/formats/png.h"

#include "tests/runtime/temporary_folder.h"

#include <cstring>
#include <gtest/gtest.h>
#include <png.h>
#include <string>
#include <vector>
#include <zlib.h>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

std::string encode(uint32_t width, uint32_t height, uint32_t channels) {
  ganrt_image image;
  EXPECT_EQ(
      message(ganrt_image_create(nullptr, width, height, channels, &image)),
      "done");
  for (uint64_t i = 0; i < ganrt_image_bytes(&image); ++i)
    image.pixels[i] = static_cast<uint8_t>(i * 7);
  ganrt_text text = {};
  EXPECT_EQ(message(ganrt_png_encode(&image, &text)), "done");
  std::string bytes(text.data, text.length);
  ganrt_text_destroy(&text);
  ganrt_image_destroy(&image);
  return bytes;
}

std::string decode(const std::string &bytes, ganrt_image *image) {
  std::vector<char> exact(bytes.begin(), bytes.end()); // no byte behind the end
  return message(ganrt_png_decode(nullptr, exact.data(), exact.size(), image));
}

std::string be32(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(const std::string &type, const std::string &data) {
  std::string body = type + data;
  uint32_t crc = crc32(0, reinterpret_cast<const Bytef *>(body.data()),
                       static_cast<uInt>(body.size()));
  return be32(static_cast<uint32_t>(data.size())) + body + be32(crc);
}

std::string header(uint32_t width, uint32_t height, int depth, int colour) {
  return std::string("\x89PNG\r\n\x1a\n", 8) +
         chunk("IHDR", be32(width) + be32(height) +
                           std::string{static_cast<char>(depth),
                                       static_cast<char>(colour), 0, 0, 0});
}

std::string deflated(const std::string &bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, 0);
  compress(reinterpret_cast<Bytef *>(out.data()), &size,
           reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}
} // namespace

TEST(Png, RoundTripsEveryChannelCount) {
  for (uint32_t channels = 1; channels <= 4; ++channels)
    for (auto [width, height] : {std::pair{1u, 1u}, {5u, 3u}, {64u, 65u}}) {
      ganrt_image image;
      ASSERT_EQ(decode(encode(width, height, channels), &image), "done");
      EXPECT_EQ(image.width, width);
      EXPECT_EQ(image.height, height);
      EXPECT_EQ(image.channels, channels);
      for (uint64_t i = 0; i < ganrt_image_bytes(&image); ++i)
        ASSERT_EQ(image.pixels[i], static_cast<uint8_t>(i * 7));
      ganrt_image_destroy(&image);
    }
}

TEST(Png, SamePixelsSameBytes) {
  EXPECT_EQ(encode(40, 30, 3), encode(40, 30, 3));
}

TEST(Png, FilesAreWrittenWhole) {
  gan::TemporaryFolder folder;
  ganrt_image image, back;
  ASSERT_EQ(message(ganrt_image_create(nullptr, 3, 2, 3, &image)), "done");
  image.pixels[4] = 77;
  std::string path = folder.path("a.png");
  ASSERT_EQ(message(ganrt_png_write(path.c_str(), &image)), "done");
  ASSERT_EQ(message(ganrt_png_read(nullptr, path.c_str(), &back)), "done");
  EXPECT_EQ(memcmp(image.pixels, back.pixels, 18), 0);
  ganrt_image_destroy(&image);
  ganrt_image_destroy(&back);
  EXPECT_EQ(message(ganrt_png_read(nullptr, folder.path("b").c_str(), &back))
                .find("cannot open"),
            0u);
}

TEST(Png, ExpandsFewerBitsAndPalettes) {
  ganrt_image image;
  // Two rows of 1-bit grey: 10, 01.
  std::string bits = header(2, 2, 1, 0) +
                     chunk("IDAT", deflated(std::string("\0\x80\0\x40", 4))) +
                     chunk("IEND", "");
  ASSERT_EQ(decode(bits, &image), "done");
  EXPECT_EQ(image.channels, 1u);
  EXPECT_EQ(image.pixels[0], 255);
  EXPECT_EQ(image.pixels[1], 0);
  EXPECT_EQ(image.pixels[3], 255);
  ganrt_image_destroy(&image);
  // A palette with transparency.
  std::string palette = header(1, 1, 8, 3) + chunk("PLTE", "\x01\x02\x03") +
                        chunk("tRNS", "\x44") +
                        chunk("IDAT", deflated(std::string("\0\0", 2))) +
                        chunk("IEND", "");
  ASSERT_EQ(decode(palette, &image), "done");
  EXPECT_EQ(image.channels, 4u);
  EXPECT_EQ(memcmp(image.pixels, "\x01\x02\x03\x44", 4), 0);
  ganrt_image_destroy(&image);
  // 16 bits keep their high byte.
  std::string deep = header(1, 1, 16, 0) +
                     chunk("IDAT", deflated(std::string("\0\x12\x34", 3))) +
                     chunk("IEND", "");
  ASSERT_EQ(decode(deep, &image), "done");
  EXPECT_EQ(image.pixels[0], 0x12);
  ganrt_image_destroy(&image);
}

TEST(Png, IgnoresProfilesAndText) {
  std::string plain = encode(2, 2, 1);
  std::string with = plain.substr(0, 33) + chunk("iCCP", "broken profile") +
                     chunk("tEXt", "a") + plain.substr(33);
  ganrt_image image;
  ASSERT_EQ(decode(with, &image), "done");
  EXPECT_EQ(image.pixels[1], 7);
  ganrt_image_destroy(&image);
}

TEST(Png, RefusesHugeImagesBeforeAllocating) {
  ganrt_image image;
  std::string huge = header(1u << 20, 1u << 20, 8, 2) +
                     chunk("IDAT", deflated("x")) + chunk("IEND", "");
  EXPECT_EQ(decode(huge, &image),
            "expected at most 64 megapixels, got 1048576 x 1048576");
  std::string beyond = header(0x7fffffff, 1, 8, 0) +
                       chunk("IDAT", deflated("x")) + chunk("IEND", "");
  EXPECT_NE(decode(beyond, &image), "done");
}

TEST(Png, RefusesDamage) {
  std::string bytes = encode(8, 8, 3);
  ganrt_image image;
  EXPECT_EQ(decode("not a png at all", &image), "not a png file");
  EXPECT_EQ(decode("", &image), "not a png file");
  // Every prefix and every flipped byte ends with an answer.
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_NE(decode(bytes.substr(0, n), &image), "done") << n;
    std::string flipped = bytes;
    flipped[n] ^= 0x55;
    if (decode(flipped, &image) == "done")
      ganrt_image_destroy(&image);
  }
}
