//===- stream_test.cc - drawing batches of data ---------------------------===//
#include "runtime/src/train/stream.h"
#include "tests/runtime/helpers.h"

#include <numeric>
#include <set>
#include <vector>

namespace {

const int64_t numbers[] = {4}, images[] = {3, 1, 2, 2};

/// Streams of numbers 0 … size-1 as i32, in the order of their descriptions.
class Streams {
public:
  Streams(std::vector<ganrt_stream> described, int64_t size)
      : streams(std::move(described)) {
    EXPECT_OK(
        ganrt_tensor_create(nullptr, GANRT_I32, 1, &size, &dataset.samples));
    auto *values = static_cast<int32_t *>(dataset.samples.data);
    std::iota(values, values + size, 0);
    artefact.streams = streams.data();
    artefact.stream_count = uint32_t(streams.size());
    sources.resize(streams.size());
    for (uint32_t i = 0; i < streams.size(); ++i)
      EXPECT_OK(
          ganrt_source_make(&artefact, i, &dataset, false, false, &sources[i]));
  }
  ~Streams() { ganrt_dataset_destroy(&dataset); }

  std::vector<int32_t> draw(uint32_t index, uint64_t seed = 1,
                            ganrt_scope scope = GANRT_SCOPE_BLOCK) {
    std::vector<int32_t> batch(sources[index].batch);
    ganrt_source_draw(sources.data(), index, seed, scope, batch.data());
    return batch;
  }

  ganrt_artefact artefact = {};
  std::vector<ganrt_stream> streams;
  ganrt_dataset dataset = {};
  std::vector<ganrt_source> sources;
};

ganrt_stream stream(const char *name, uint32_t pairs = GANRT_NONE) {
  return {name, GANRT_I32, 1, numbers, 0, 0, pairs, 0};
}

// Batches of 4 from 10 samples: every run of ten drawn numbers that begins an
// epoch holds each number once, though batches cross the borders.
TEST(Stream, EveryEpochShowsEverySampleOnce) {
  Streams streams({stream("x")}, 10);
  std::vector<int32_t> drawn;
  for (int i = 0; i < 10; ++i)
    for (int32_t value : streams.draw(0))
      drawn.push_back(value);
  std::set<std::vector<int32_t>> orders;
  for (int epoch = 0; epoch < 4; ++epoch) {
    std::vector<int32_t> shown(drawn.begin() + 10 * epoch,
                               drawn.begin() + 10 * (epoch + 1));
    orders.insert(shown);
    std::sort(shown.begin(), shown.end());
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(shown[size_t(i)], i);
  }
  EXPECT_EQ(orders.size(), 4u);
}

TEST(Stream, ThePositionIsAllThereIs) {
  Streams first({stream("x")}, 10), second({stream("x")}, 10);
  for (int i = 0; i < 7; ++i)
    first.draw(0);
  second.sources[0].position = first.sources[0].position;
  EXPECT_EQ(first.draw(0), second.draw(0));
  EXPECT_NE(first.draw(0), second.draw(0, 2)); // another seed
}

TEST(Stream, ABatchMayBeLargerThanTheData) {
  Streams streams({stream("x")}, 3);
  std::vector<int32_t> batch = streams.draw(0);
  std::set<int32_t> shown(batch.begin(), batch.begin() + 3);
  EXPECT_EQ(shown.size(), 3u);
}

TEST(Stream, FollowersTakeWhatTheirLeaderDrew) {
  Streams streams({stream("x"), stream("y", 0), stream("z", 1)}, 1000);
  EXPECT_EQ(streams.sources[2].leader, 0u);
  for (int i = 0; i < 3; ++i) {
    std::vector<int32_t> x = streams.draw(0);
    EXPECT_EQ(streams.draw(1), x);
    EXPECT_EQ(streams.draw(2), x);
  }
  // One block draws x alone; what follows belongs to the last x.
  std::vector<int32_t> alone = streams.draw(0);
  std::vector<int32_t> x = streams.draw(0);
  EXPECT_NE(alone, x);
  EXPECT_EQ(streams.draw(1), x);
}

TEST(Stream, UnpairedStreamsHaveTheirOwnOrders) {
  Streams streams({stream("x"), stream("y")}, 1000);
  EXPECT_NE(streams.draw(0), streams.draw(1));
}

TEST(Stream, PerRunIsTheFirstBatchAndMovesNothing) {
  Streams streams({stream("x"), stream("y", 0)}, 1000);
  std::vector<int32_t> first = streams.draw(0);
  std::vector<int32_t> second = streams.draw(0);
  EXPECT_NE(first, second);
  EXPECT_EQ(streams.draw(0, 1, GANRT_SCOPE_RUN), first);
  EXPECT_EQ(streams.draw(1, 1, GANRT_SCOPE_RUN), first);
  EXPECT_EQ(streams.draw(1), second);
  EXPECT_EQ(streams.sources[0].position, 8);
}

TEST(Stream, LabelsAreThoseOfTheClassesThereAre) {
  ganrt_stream labels = stream("y");
  labels.high = 9;
  ganrt_artefact artefact = {};
  artefact.streams = &labels;
  artefact.stream_count = 1;
  ganrt_dataset dataset = {};
  const int64_t size = 3;
  ASSERT_OK(
      ganrt_tensor_create(nullptr, GANRT_I32, 1, &size, &dataset.samples));
  auto *values = static_cast<int32_t *>(dataset.samples.data);
  ganrt_source source;
  values[2] = 9;
  EXPECT_OK(ganrt_source_make(&artefact, 0, &dataset, false, false, &source));
  for (int32_t bad : {10, -1}) {
    values[2] = bad;
    EXPECT_EQ(sentence(ganrt_source_make(&artefact, 0, &dataset, false, false,
                                         &source)),
              "stream 'y' expects labels from 0 to 9, sample 2 has " +
                  std::to_string(bad));
  }
  ganrt_dataset_destroy(&dataset);
}

/// A data set of byte images, N x C x H x W with values 0, 1, 2, …
ganrt_dataset byteImages(std::vector<int64_t> shape,
                         uint32_t dtype = GANRT_U8) {
  ganrt_dataset dataset = {};
  EXPECT_OK(ganrt_tensor_create(nullptr, dtype, uint32_t(shape.size()),
                                shape.data(), &dataset.samples));
  if (dtype == GANRT_U8)
    for (uint64_t i = 0; i < dataset.samples.bytes; ++i)
      static_cast<uint8_t *>(dataset.samples.data)[i] = uint8_t(i);
  return dataset;
}

TEST(Stream, BytesBecomeTheStreamsRange) {
  for (auto [low, high] : {std::pair(-1.0, 1.0), {0.0, 1.0}, {0.0, 0.0}}) {
    ganrt_stream described = {"x", GANRT_F32, 4,          images,
                              low, high,      GANRT_NONE, 0};
    ganrt_artefact artefact = {};
    artefact.streams = &described;
    artefact.stream_count = 1;
    ganrt_dataset dataset = byteImages({64, 1, 2, 2});
    ganrt_source source;
    ASSERT_OK(ganrt_source_make(&artefact, 0, &dataset, false, false, &source));
    float batch[12];
    ganrt_source_draw(&source, 0, 1, GANRT_SCOPE_BLOCK, batch);
    for (int i = 0; i < 3; ++i)
      for (int k = 1; k < 4; ++k) { // bytes of one image follow each other
        float step = float(high == low ? 1 : (high - low) / 255);
        EXPECT_NEAR(batch[4 * i + k] - batch[4 * i], float(k) * step, 1e-6);
      }
    EXPECT_EQ(source.numbers[0], float(low));
    EXPECT_EQ(source.numbers[255], float(high == low ? 255 : high));
    ganrt_dataset_destroy(&dataset);
  }
}

// One image of 2x2 and labels: drawn twice per epoch, once flipped.
TEST(Stream, MirroredImagesComeTwice) {
  const int64_t one[] = {1, 1, 2, 2}, label[] = {1};
  ganrt_stream described[] = {{"x", GANRT_F32, 4, one, 0, 0, GANRT_NONE, 0},
                              {"y", GANRT_I32, 1, label, 0, 0, 0, 0}};
  ganrt_artefact artefact = {};
  artefact.streams = described;
  artefact.stream_count = 2;
  ganrt_dataset dataset = byteImages({1, 1, 2, 2});
  ASSERT_OK(ganrt_tensor_create(nullptr, GANRT_I32, 1, label, &dataset.labels));
  static_cast<int32_t *>(dataset.labels.data)[0] = 5;
  ganrt_source sources[2];
  for (uint32_t i = 0; i < 2; ++i)
    ASSERT_OK(
        ganrt_source_make(&artefact, i, &dataset, i == 1, true, &sources[i]));
  EXPECT_EQ(ganrt_source_size(&sources[0]), 2u);
  std::set<std::vector<float>> seen;
  for (int i = 0; i < 2; ++i) {
    std::vector<float> image(4);
    int32_t y;
    ganrt_source_draw(sources, 0, 1, GANRT_SCOPE_BLOCK, image.data());
    ganrt_source_draw(sources, 1, 1, GANRT_SCOPE_BLOCK, &y);
    EXPECT_EQ(y, 5);
    seen.insert(image);
  }
  EXPECT_EQ(seen, (std::set<std::vector<float>>{{0, 1, 2, 3}, {1, 0, 3, 2}}));
  ganrt_dataset_destroy(&dataset);
}

TEST(Stream, MismatchesNameWhatIsExpectedAndWhatThereIs) {
  struct {
    std::vector<int64_t> shape;
    uint32_t dtype;
    bool labels;
    const char *expected;
  } cases[] = {
      {{5, 3, 2, 2},
       GANRT_U8,
       false,
       "stream 'x' expects 1x2x2 per sample, the data has 3x2x2"},
      {{5, 2, 2},
       GANRT_U8,
       false,
       "stream 'x' expects 1x2x2 per sample, the data has 2x2"},
      {{5},
       GANRT_U8,
       false,
       "stream 'x' expects 1x2x2 per sample, the data has one number"},
      {{5, 1, 2, 2},
       GANRT_F64,
       false,
       "stream 'x' expects f32 or u8, the data has f64: convert it, as with "
       "NumPy's astype"},
      {{0, 1, 2, 2}, GANRT_U8, false, "stream 'x' got no samples"},
      {{5, 1, 2, 2},
       GANRT_U8,
       true,
       "stream 'x' needs labels, the data has none: expected one folder of "
       "images for each class, a dataset.json, a file *-labels-idx1-ubyte "
       "beside the images, or --data=x=LABELS.npy"},
  };
  ganrt_stream described = {"x", GANRT_F32, 4, images, -1, 1, GANRT_NONE, 0};
  ganrt_artefact artefact = {};
  artefact.streams = &described;
  artefact.stream_count = 1;
  for (auto &[shape, dtype, labels, expected] : cases) {
    ganrt_dataset dataset = byteImages(shape, dtype);
    ganrt_source source;
    std::string result = sentence(
        ganrt_source_make(&artefact, 0, &dataset, labels, false, &source));
    EXPECT_EQ(result.find(expected), 0u) << result;
    ganrt_dataset_destroy(&dataset);
  }
}

} // namespace
