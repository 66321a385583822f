//===- driver_conformance.cc - what every driver of devices must do -------===//
#include "tests/runtime/devices/driver_conformance.h"

#include "runtime/src/text.h"

#include <cstdio>
#include <numeric>
#include <random>

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverConformance);

static const char *const entries[] = {"scale", "advance", "flip", "reverse",
                                      "number"};

void DriverConformance::SetUp() {
  driver = GetParam().driver;
  ganrt_status_t status = driver->open(0, &device);
  if (ganrt_status_code(status) == GANRT_NOT_FOUND) {
    // CTest counts the program as skipped when it sees this line.
    std::printf("no device: %s\n", ganrt_status_message(status));
    ganrt_status_free(status);
    GTEST_SKIP();
  }
  ASSERT_DONE(status);
  driver->limits(device, &limits);
}

void DriverConformance::TearDown() { driver->close(device); }

uint32_t DriverConformance::allocate(uint64_t bytes) {
  uint32_t block = 0;
  EXPECT_DONE(driver->allocate(device, bytes, &block));
  return block;
}

void DriverConformance::loadKernels() {
  // A copy that is gone afterwards.
  const std::string text = GetParam().kernels;
  const ganrt_device_blob blob = {
      reinterpret_cast<const uint8_t *>(text.c_str()), text.size()};
  ASSERT_DONE(driver->load(device, &blob, entries, std::size(entries), &code));
}

ganrt_launch_row DriverConformance::row(const char *entry, uint32_t groups,
                                        size_t arguments) {
  ganrt_launch_row row = {};
  row.entry = entry;
  row.grid[0] = groups;
  row.grid[1] = row.grid[2] = row.group[1] = row.group[2] = 1;
  row.group[0] = 7;
  row.argument_count = arguments;
  return row;
}

std::string
DriverConformance::launch(const char *entry, uint32_t groups,
                          const std::vector<ganrt_region> &arguments) {
  ganrt_launch_row launched = row(entry, groups, arguments.size());
  if (entry == std::string("reverse") && GetParam().sharedIsArgument)
    launched.shared_bytes = 28;
  return take(driver->launch(device, code, &launched, arguments.data()));
}

static std::vector<uint8_t> bytesFrom(uint8_t first, size_t count) {
  std::vector<uint8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

TEST_P(DriverConformance, ListsWhatItOpens) {
  std::vector<std::string> names;
  EXPECT_DONE(driver->list(
      &names, [](void *context, uint32_t index, const char *description) {
        auto *names = static_cast<std::vector<std::string> *>(context);
        EXPECT_EQ(index, names->size());
        names->push_back(description);
      }));
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names[0], limits.name);
  EXPECT_GE(limits.block_bytes, 64u << 20);
  EXPECT_LE(limits.alignment, GANRT_DEVICE_ALIGNMENT);
  void *other = nullptr;
  EXPECT_EQ(take(driver->open(names.size(), &other)),
            "there is no " + std::string(driver->api) + " device number " +
                std::to_string(names.size()) + ", the last one is number " +
                std::to_string(names.size() - 1));
  EXPECT_EQ(other, nullptr);
}

TEST_P(DriverConformance, TwoDevicesAtOnce) {
  void *other = nullptr;
  ASSERT_DONE(driver->open(0, &other));
  ganrt_region region = {allocate(4), 0, 4};
  uint32_t block = 0;
  EXPECT_DONE(driver->allocate(other, 4, &block));
  write<int32_t>(region, {5});
  int32_t value = -1;
  EXPECT_DONE(driver->read(other, {block, 0, 4}, &value));
  EXPECT_EQ(value, 0);
  driver->close(other);
  EXPECT_EQ(read<int32_t>(region), std::vector<int32_t>{5});
}

TEST_P(DriverConformance, BlocksAreZeroed) {
  for (uint64_t bytes : {1u, 3u, 255u, 1001u, 70001u}) {
    uint32_t block = allocate(bytes);
    EXPECT_EQ(read<uint8_t>({block, 0, bytes}), std::vector<uint8_t>(bytes, 0));
  }
}

// Sizes and offsets that are no multiple of anything, and more bytes than the
// memory that they pass through; what lies around them stays.
TEST_P(DriverConformance, WritesAndReadsAnyBytes) {
  const uint64_t size = 9 << 20;
  uint32_t block = allocate(size);
  for (uint64_t bytes : {1, 2, 3, 5, 63, 64, 65, 257, 4099, (8 << 20) + 3})
    for (uint64_t offset : {0, 1, 2, 7, 256}) {
      std::vector<uint8_t> around(offset + bytes + 9, 0xee);
      write(ganrt_region{block, 0, 0}, around);
      std::vector<uint8_t> values = bytesFrom(uint8_t(bytes), bytes);
      write(ganrt_region{block, offset, 0}, values);
      std::copy(values.begin(), values.end(), around.begin() + offset);
      ASSERT_EQ(read<uint8_t>({block, offset, bytes}), values);
      ASSERT_EQ(read<uint8_t>({block, 0, around.size()}), around)
          << bytes << " bytes at " << offset;
    }
}

TEST_P(DriverConformance, CopiesAnyBytes) {
  uint32_t from = allocate(8192), to = allocate(8192);
  write({from, 0, 0}, bytesFrom(1, 8192));
  for (uint64_t bytes : {1, 3, 6, 65, 1001})
    for (uint64_t offset : {0, 5, 256}) {
      write(ganrt_region{to, 0, 0}, std::vector<uint8_t>(2048, 9));
      EXPECT_DONE(
          driver->copy(device, {from, offset, bytes}, {to, offset + 3, bytes}));
      std::vector<uint8_t> expected(2048, 9);
      std::vector<uint8_t> values = bytesFrom(uint8_t(1 + offset), bytes);
      std::copy(values.begin(), values.end(), expected.begin() + offset + 3);
      ASSERT_EQ(read<uint8_t>({to, 0, 2048}), expected);
    }
  // Within one block.
  EXPECT_DONE(driver->copy(device, {from, 1, 77}, {from, 4001, 77}));
  EXPECT_EQ(read<uint8_t>({from, 4001, 77}), bytesFrom(2, 77));
}

// What write was given may change at once.
TEST_P(DriverConformance, WritesTakeACopy) {
  uint32_t block = allocate(1 << 20);
  std::vector<uint8_t> values(100000);
  for (int round = 0; round < 10; ++round) {
    std::fill(values.begin(), values.end(), uint8_t(round));
    write(ganrt_region{block, round * values.size(), 0}, values);
  }
  for (int round = 0; round < 10; ++round)
    EXPECT_EQ(read<uint8_t>({block, round * values.size(), values.size()}),
              std::vector<uint8_t>(values.size(), uint8_t(round)));
}

// Odd numbers of elements: 77 floats are 308 bytes.
TEST_P(DriverConformance, LaunchesInTheOrderOfTheQueue) {
  loadKernels();
  uint32_t block = allocate(4096);
  ganrt_region a = {block, 0, 308}, b = {block, 512, 308},
               c = {block, 1024, 308};
  std::vector<float> values(77);
  std::iota(values.begin(), values.end(), 0.f);
  write(a, values);
  EXPECT_EQ(launch("scale", 11, {b, a}), "done");
  write(a, std::vector<float>(77, -1.f));
  EXPECT_EQ(launch("scale", 11, {c, b}), "done");
  EXPECT_DONE(driver->copy(device, c, b));
  EXPECT_EQ(launch("scale", 11, {c, b}), "done");
  EXPECT_DONE(driver->finish(device));
  for (float &value : values)
    value = 3 * (3 * (3 * value + 1) + 1) + 1;
  EXPECT_EQ(read<float>(c), values);
  EXPECT_EQ(read<float>(a), std::vector<float>(77, -1.f));
}

// More launches and small writes than any queue of ours holds, and no wait.
TEST_P(DriverConformance, ThousandsOfLaunchesBetweenWaits) {
  loadKernels();
  uint32_t block = allocate(4096);
  ganrt_region sum = {block, 0, 28}, more = {block, 256, 28};
  std::vector<int32_t> expected(7, 0);
  for (int32_t round = 0; round < 5000; ++round) {
    std::vector<int32_t> values(7);
    for (int i = 0; i < 7; ++i)
      expected[i] += values[i] = round % (10 + i);
    write(more, values);
    ASSERT_EQ(launch("advance", 1, {sum, more}), "done");
  }
  EXPECT_EQ(read<int32_t>(sum), expected);
}

// Places of different sizes that lie over each other, one after the other.
TEST_P(DriverConformance, RegionsMayOverlapFromLaunchToLaunch) {
  loadKernels();
  uint32_t block = allocate(1 << 16);
  const uint32_t groups = 143; // 1001 floats, 4004 bytes
  std::vector<float> values(1001);
  std::iota(values.begin(), values.end(), 0.f);
  write(ganrt_region{block, 0, 0}, values);
  for (int round = 0; round < 20; ++round) {
    // From [256, ...) to 8192, and back to where the next round reads it.
    EXPECT_EQ(
        launch("scale", groups - 10, {{block, 8192, 3724}, {block, 256, 3724}}),
        "done");
    EXPECT_EQ(launch("reverse", groups - 10,
                     {{block, 512, 3724}, {block, 8192, 3724}}),
              "done");
    std::vector<float> out(931);
    for (int i = 0; i < 931; ++i)
      out[i] = 3 * values[64 + i] + 1;
    values.resize(128 + 931);
    for (int i = 0; i < 931; ++i)
      values[128 + i] = out[i / 7 * 7 + 6 - i % 7];
    // Keep the numbers small enough to be exact.
    if (round % 4 == 0) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = float(i);
      write(ganrt_region{block, 0, 0}, values);
    }
  }
  EXPECT_EQ(read<float>({block, 0, values.size() * 4}), values);
}

TEST_P(DriverConformance, ArgumentsOfSeveralBlocks) {
  loadKernels();
  std::vector<uint32_t> blocks;
  for (int i = 0; i < 20; ++i)
    blocks.push_back(allocate(2000));
  write(ganrt_region{blocks[0], 1792, 0}, std::vector<float>(7, 1.f));
  for (int i = 1; i < 20; ++i)
    EXPECT_EQ(launch("scale", 1,
                     {{blocks[i], i % 2 ? 0u : 1792u, 28},
                      {blocks[i - 1], i % 2 ? 1792u : 0u, 28}}),
              "done");
  float value = 1;
  for (int i = 1; i < 20; ++i)
    value = 3 * value + 1;
  EXPECT_EQ(read<float>({blocks[19], 0, 28}), std::vector<float>(7, value));
}

// More places than the tables of a driver begin with.
TEST_P(DriverConformance, ManyPlaces) {
  loadKernels();
  uint32_t block = allocate(1000 * 256);
  write(ganrt_region{block, 0, 0}, std::vector<int32_t>(1000 * 64, 1));
  for (uint64_t i = 1; i < 1000; ++i)
    ASSERT_EQ(launch("advance", 1,
                     {{block, i * 256, 28}, {block, i * 256 - 256, 28}}),
              "done");
  for (uint64_t i = 0; i < 1000; i += 37)
    EXPECT_EQ(
        read<int32_t>({block, i * 256, 32}),
        (std::vector<int32_t>{int(i) + 1, int(i) + 1, int(i) + 1, int(i) + 1,
                              int(i) + 1, int(i) + 1, int(i) + 1, 1}));
}

TEST_P(DriverConformance, SharedMemoryAndBarriers) {
  loadKernels();
  uint32_t block = allocate(16384);
  std::vector<float> values(1001), expected(1001);
  std::iota(values.begin(), values.end(), 0.f);
  for (int i = 0; i < 1001; ++i)
    expected[i] = values[i / 7 * 7 + 6 - i % 7];
  write(ganrt_region{block, 0, 0}, values);
  EXPECT_EQ(launch("reverse", 143, {{block, 8192, 4004}, {block, 0, 4004}}),
            "done");
  EXPECT_EQ(read<float>({block, 8192, 4004}), expected);
}

TEST_P(DriverConformance, Bytes) {
  loadKernels();
  uint32_t block = allocate(1024);
  write(ganrt_region{block, 0, 0}, std::vector<uint8_t>(1024, 7));
  std::vector<uint8_t> values(77), expected(256, 7);
  for (int i = 0; i < 77; ++i) {
    values[i] = i % 3 == 0;
    expected[i] = !values[i];
  }
  write(ganrt_region{block, 256, 0}, values);
  EXPECT_EQ(launch("flip", 11, {{block, 512, 77}, {block, 256, 77}}), "done");
  EXPECT_EQ(read<uint8_t>({block, 512, 256}), expected);
}

TEST_P(DriverConformance, GridsOfThreeDimensions) {
  loadKernels();
  uint32_t block = allocate(4096);
  ganrt_region out = {block, 0, 4 * 4 * 6 * 5};
  ganrt_launch_row numbered = row("number", 2, 1);
  numbered.grid[1] = 2;
  numbered.grid[2] = 5;
  numbered.group[0] = 2;
  numbered.group[1] = 3;
  EXPECT_DONE(driver->launch(device, code, &numbered, &out));
  std::vector<int32_t> expected(4 * 6 * 5);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(read<int32_t>(out), expected);
}

// Any order of everything, against the same in plain memory.
TEST_P(DriverConformance, RandomQueues) {
  loadKernels();
  constexpr uint64_t size = 64 << 10;
  const uint32_t blocks[] = {allocate(size), allocate(size)};
  std::vector<uint8_t> model[] = {std::vector<uint8_t>(size),
                                  std::vector<uint8_t>(size)};
  std::mt19937 random(5);
  auto below = [&](uint64_t end) { return random() % end; };
  for (int round = 0; round < 3000; ++round) {
    uint32_t a = below(2), b = below(2);
    uint64_t bytes = 1 + below(below(2) ? 40 : 9000);
    uint64_t from = below(size - bytes), to = below(size - bytes);
    uint32_t groups = 1 + below(40);
    ganrt_region out = {blocks[a], below(200) * 256, groups * 28};
    ganrt_region in = {blocks[b], below(200) * 256, groups * 28};
    auto apart = [](uint64_t left, uint64_t right, uint64_t bytes) {
      return left + bytes <= right || right + bytes <= left;
    };
    switch (below(4)) {
    case 0: {
      std::vector<uint8_t> values = bytesFrom(uint8_t(random()), bytes);
      write(ganrt_region{blocks[a], to, 0}, values);
      std::copy(values.begin(), values.end(), model[a].begin() + to);
      break;
    }
    case 1:
      if (a == b && !apart(from, to, bytes))
        break;
      EXPECT_DONE(driver->copy(device, {blocks[b], from, bytes},
                               {blocks[a], to, bytes}));
      std::copy_n(model[b].begin() + from, bytes, model[a].begin() + to);
      break;
    case 2:
      if (a == b && !apart(out.offset, in.offset, out.bytes))
        break;
      ASSERT_EQ(launch("advance", groups, {out, in}), "done");
      for (uint64_t i = 0; i < out.bytes; i += 4) {
        uint32_t sum, more;
        std::memcpy(&sum, &model[a][out.offset + i], 4);
        std::memcpy(&more, &model[b][in.offset + i], 4);
        sum += more;
        std::memcpy(&model[a][out.offset + i], &sum, 4);
      }
      break;
    case 3:
      if (below(20) == 0)
        ASSERT_EQ(read<uint8_t>({blocks[a], from, bytes}),
                  std::vector<uint8_t>(model[a].begin() + from,
                                       model[a].begin() + from + bytes))
            << "in round " << round;
      break;
    }
  }
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(read<uint8_t>({blocks[i], 0, size}) == model[i]);
}

TEST_P(DriverConformance, RefusesCode) {
  const std::string &broken = GetParam().broken;
  const ganrt_device_blob blob = {
      reinterpret_cast<const uint8_t *>(broken.c_str()), broken.size()};
  std::string message = take(driver->load(device, &blob, entries, 1, &code));
  EXPECT_NE(message.find(GetParam().brokenWords), std::string::npos) << message;

  const char *const missing[] = {"scale", "absent"};
  const std::string &kernels = GetParam().kernels;
  const ganrt_device_blob good = {
      reinterpret_cast<const uint8_t *>(kernels.c_str()), kernels.size()};
  EXPECT_EQ(take(driver->load(device, &good, missing, 2, &code)),
            "the device code has no kernel 'absent'");
  // The device goes on.
  loadKernels();
  ganrt_region place = {allocate(28), 0, 28};
  EXPECT_EQ(launch("scale", 1, {place, place}), "done");
  EXPECT_EQ(read<float>(place), std::vector<float>(7, 1.f));
}

TEST_P(DriverConformance, RefusesLaunches) {
  loadKernels();
  ganrt_region place = {allocate(1024), 0, 28};
  std::vector<ganrt_region> places(limits.max_arguments + 1, place);
  auto say = [&](const ganrt_launch_row &row) {
    return take(driver->launch(device, code, &row, places.data()));
  };
  EXPECT_EQ(say(row("absent", 1, 2)), "the device code has no kernel 'absent'");
  std::string name = "'" + std::string(ganrt_quote(limits.name).text) + "'";
  EXPECT_EQ(say(row("scale", 0, 2)),
            name + " takes no launch of 0 x 1 x 1 groups of 7 x 1 x 1 threads, "
                   "which kernel 'scale' needs");
  ganrt_launch_row wide = row("scale", 1, 2);
  wide.group[2] = limits.max_group;
  EXPECT_EQ(say(wide), name +
                           " takes no launch of 1 x 1 x 1 groups of 7 x 1 x " +
                           std::to_string(limits.max_group) +
                           " threads, which kernel 'scale' needs");
  ganrt_launch_row hungry = row("scale", 1, 2);
  hungry.shared_bytes = limits.shared_bytes + 1;
  EXPECT_EQ(say(hungry),
            name + " has " + std::to_string(limits.shared_bytes) +
                " bytes of memory for a group, kernel 'scale' needs " +
                std::to_string(limits.shared_bytes + 1));
  EXPECT_EQ(say(row("scale", 1, limits.max_arguments + 1)),
            name + " gives a kernel " + std::to_string(limits.max_arguments) +
                " buffers at most, 'scale' takes " +
                std::to_string(limits.max_arguments + 1));
  EXPECT_EQ(launch("scale", 1, {place, {place.block, 512, 513}}),
            "513 bytes at 512 do not lie in block " +
                std::to_string(place.block) + ", which has 1024");
  EXPECT_EQ(launch("scale", 1, {place, {place.block + 1, 0, 1}}),
            "1 bytes at 0 do not lie in block " +
                std::to_string(place.block + 1) + ", which has 0");
  EXPECT_EQ(launch("scale", 1, {place, {place.block, 128, 28}}),
            "an argument begins at 128, which is no multiple of 256");
  EXPECT_EQ(launch("scale", 1, {{place.block, 256, 28}, place}), "done");
  EXPECT_EQ(read<float>({place.block, 256, 28}), std::vector<float>(7, 1.f));
}

TEST_P(DriverConformance, RefusesMemory) {
  uint32_t block = 0;
  uint64_t most = UINT64_MAX - 4096;
  EXPECT_EQ(take(driver->allocate(device, most, &block)),
            "'" + std::string(ganrt_quote(limits.name).text) +
                "' has no room for " + std::to_string(most) + " more bytes");
  block = allocate(100);
  std::vector<uint8_t> bytes(300);
  // Blocks are rounded up.
  EXPECT_EQ(take(driver->write(device, {block, 0, 257}, bytes.data())),
            "257 bytes at 0 do not lie in block " + std::to_string(block) +
                ", which has 256");
  EXPECT_EQ(take(driver->read(device, {block, 257, 0}, bytes.data())),
            "0 bytes at 257 do not lie in block " + std::to_string(block) +
                ", which has 256");
  EXPECT_EQ(take(driver->copy(device, {block, 0, 1}, {block, 256, 1})),
            "1 bytes at 256 do not lie in block " + std::to_string(block) +
                ", which has 256");
  EXPECT_EQ(take(driver->write(device, {block + 1, 0, 0}, bytes.data())),
            "0 bytes at 0 do not lie in block " + std::to_string(block + 1) +
                ", which has 0");
  EXPECT_DONE(driver->write(device, {block, 256, 0}, bytes.data()));
  EXPECT_DONE(driver->copy(device, {block, 0, 0}, {block, 256, 0}));
}
