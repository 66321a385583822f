//===- data_test.cc - the data sets of a run and the streams they feed ----===//
#include "runtime/src/train/data.h"
#include "tests/runtime/train/toy_run.h"

namespace {

const int64_t images[] = {4, 1, 28, 28}, labels[] = {4};

ganrt_stream imageStream(const char *name, uint32_t pairs = GANRT_NONE) {
  return {name, GANRT_F32, 4, images, -1, 1, pairs, 0};
}
ganrt_stream labelStream(const char *name, uint32_t pairs) {
  return {name, GANRT_I32, 1, labels, 0, 0, pairs, 0};
}

class Data : public testing::Test {
protected:
  Data() {
    writeIdx(folder.path("a"), 10);
    writeIdx(folder.path("b"), 20, 2);
    writeIdx(folder.path("both/trainA"), 10);
    writeIdx(folder.path("both/trainB"), 20, 2);
  }

  /// Opens --data=… for these streams; "@" in a path stands for the folder.
  std::string open(std::vector<ganrt_stream> streams,
                   std::vector<std::string> arguments) {
    ganrt_artefact artefact = {};
    artefact.streams = streams.data();
    artefact.stream_count = uint32_t(streams.size());
    ganrt_train_options options;
    EXPECT_OK(ganrt_train_options_begin(&artefact, &options));
    std::vector<const char *> argv = {"train"};
    for (std::string &argument : arguments) {
      if (size_t at = argument.find('@'); at != std::string::npos)
        argument.replace(at, 1, folder.path(""));
      if (argument.rfind("--", 0) != 0)
        argument = "--data=" + argument;
      argv.push_back(argument.c_str());
    }
    std::string result = sentence(
        ganrt_train_options_parse(&options, int(argv.size()), argv.data()));
    ganrt_data data;
    if (result == "done")
      result = sentence(ganrt_data_open(&options, nullptr, &data));
    if (result == "done") {
      counts.clear();
      for (uint32_t i = 0; i < data.stream_count; ++i)
        counts.push_back(data.infos[i].samples);
      loaded = data.dataset_count;
      ganrt_data_close(&data);
    }
    ganrt_train_options_destroy(&options);
    return result;
  }

  gan::TemporaryFolder folder;
  std::vector<uint64_t> counts;
  uint32_t loaded = 0;
};

using Counts = std::vector<uint64_t>;

TEST_F(Data, OnePathFeedsImagesAndLabels) {
  EXPECT_EQ(open({imageStream("x"), labelStream("y", 0)}, {"@a"}), "done");
  EXPECT_EQ(counts, (Counts{10, 10}));
  EXPECT_EQ(loaded, 1u);
  EXPECT_EQ(open({labelStream("y", 1), imageStream("x")}, {"@a"}), "done");
  EXPECT_EQ(open({imageStream("x"), labelStream("y", 0)},
                 {"@a", "y=@a/train-labels-idx1-ubyte"}),
            "done");
  EXPECT_EQ(loaded, 2u);
}

TEST_F(Data, SeveralStreamsAreNamed) {
  std::vector<ganrt_stream> streams = {imageStream("a"), imageStream("b")};
  EXPECT_EQ(open(streams, {"b=@b", "a=@a"}), "done");
  EXPECT_EQ(counts, (Counts{10, 20}));
  EXPECT_EQ(open(streams, {"a=@a", "@b"}), "done"); // one is left
  EXPECT_EQ(open(streams, {"a=@a", "b=@a"}), "done");
  EXPECT_EQ(loaded, 1u);
  EXPECT_EQ(open(streams, {"@both"}), "done"); // trainA and trainB
  EXPECT_EQ(counts, (Counts{10, 20}));
}

TEST_F(Data, MistakesAreSentences) {
  std::vector<ganrt_stream> streams = {imageStream("a"), imageStream("b")};
  EXPECT_EQ(open({imageStream("x")}, {}),
            "stream 'x' has no data; expected --data=PATH");
  EXPECT_EQ(open(streams, {"@a"}),
            "stream 'a' has no data; expected --data=a=PATH --data=b=PATH");
  EXPECT_EQ(open(streams, {"a=@a", "a=@b", "b=@b"}),
            "stream 'a' was given twice; expected --data=a=PATH --data=b=PATH");
  EXPECT_HAS(open(streams, {"@a", "@b"}),
             "two --data without a stream's name: '");
  EXPECT_HAS(open(streams, {"@a", "@b"}),
             "'; expected --data=a=PATH --data=b=PATH");
  EXPECT_EQ(
      open({labelStream("y", GANRT_NONE)}, {"@a", "--mirror"}),
      "--mirror turns pictures around, and the data of this game is none");
  EXPECT_HAS(open({imageStream("x")}, {"x=@a", "@b"}),
             "no stream is left for --data=");
  EXPECT_HAS(open({imageStream("a"), imageStream("b", 0)}, {"a=@a", "b=@b"}),
             "stream 'b' has 20 samples, its partner 'a' 10");
  ganrt_stream wide = imageStream("b", 0);
  const int64_t shape[] = {5, 1, 28, 28};
  wide.shape = shape;
  EXPECT_HAS(open({imageStream("a"), wide}, {"a=@a", "b=@a"}),
             "stream 'b' has batch 5, its partner 'a' 4");
  std::filesystem::remove(folder.path("a/train-labels-idx1-ubyte"));
  EXPECT_HAS(open({imageStream("x"), labelStream("y", 0)}, {"@a"}),
             "stream 'y' needs labels, the data has none");
}

TEST_F(Data, PreviewsMoveNothing) {
  ganrt_stream stream = imageStream("x");
  ganrt_artefact artefact = {};
  artefact.streams = &stream;
  artefact.stream_count = 1;
  ganrt_train_options options;
  ASSERT_OK(ganrt_train_options_begin(&artefact, &options));
  std::string path = "--data=" + folder.path("a");
  const char *argv[] = {"train", path.c_str()};
  ASSERT_OK(ganrt_train_options_parse(&options, 2, argv));
  ganrt_data data;
  ASSERT_OK(ganrt_data_open(&options, nullptr, &data));
  data.sources[0].position = 12;
  std::vector<float> first(2 * 4 * 784), batch(4 * 784);
  ganrt_data_preview(&data, 1, 2, 4 * 784 * 4, first.data());
  EXPECT_EQ(data.sources[0].position, 12);
  data.sources[0].position = 4;
  ganrt_source_draw(data.sources, 0, 1, GANRT_SCOPE_BLOCK, batch.data());
  EXPECT_TRUE(std::equal(batch.begin(), batch.end(), first.begin() + 4 * 784));
  ganrt_data_close(&data);
  ganrt_train_options_destroy(&options);
}

} // namespace
