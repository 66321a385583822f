//===- device_test.cc - finding drivers, and spaces as rows of blocks -----===//
//
// Spaces are tested on a driver of plain memory.
//
//===----------------------------------------------------------------------===//
#include "runtime/src/devices/device.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

namespace {
struct HostDevice {
  std::vector<std::vector<uint8_t>> blocks;
  ganrt_device_limits limits = {};
  uint64_t room = UINT64_MAX;
};

ganrt_status_t hostAllocate(void *device, uint64_t bytes, uint32_t *block) {
  auto *host = static_cast<HostDevice *>(device);
  if (bytes > host->room)
    return ganrt_status_make(GANRT_LIMIT, "full");
  host->room -= bytes;
  *block = host->blocks.size();
  host->blocks.emplace_back(bytes);
  return nullptr;
}

ganrt_status_t hostWrite(void *device, ganrt_region to, const void *from) {
  auto &block = static_cast<HostDevice *>(device)->blocks.at(to.block);
  EXPECT_LE(to.offset + to.bytes, block.size());
  std::memcpy(block.data() + to.offset, from, to.bytes);
  return nullptr;
}

ganrt_status_t hostRead(void *device, ganrt_region from, void *to) {
  auto &block = static_cast<HostDevice *>(device)->blocks.at(from.block);
  EXPECT_LE(from.offset + from.bytes, block.size());
  std::memcpy(to, block.data() + from.offset, from.bytes);
  return nullptr;
}

ganrt_driver hostDriver() {
  ganrt_driver driver = {};
  driver.limits = [](void *device, ganrt_device_limits *out) {
    *out = static_cast<HostDevice *>(device)->limits;
  };
  driver.allocate = hostAllocate;
  driver.write = hostWrite;
  driver.read = hostRead;
  return driver;
}

class DeviceSpace : public testing::Test {
protected:
  DeviceSpace() {
    std::strcpy(host.limits.name, "host");
    host.limits.block_bytes = 1024;
    host.limits.alignment = 64;
  }
  std::string create(uint64_t bytes, uint64_t blockBytes) {
    ganrt_status_t status = ganrt_device_space_create(
        &driver, &host, nullptr, "state", bytes, blockBytes, &space);
    std::string message = ganrt_status_message(status);
    ganrt_status_free(status);
    return message;
  }
  ganrt_driver driver = hostDriver();
  HostDevice host;
  ganrt_device_space space = {};
};
} // namespace

TEST(Drivers, AreFoundByName) {
  EXPECT_EQ(ganrt_driver_find("opencl"), &ganrt_opencl);
  EXPECT_EQ(ganrt_driver_find("vulkan"), &ganrt_vulkan);
  EXPECT_EQ(ganrt_driver_find("cuda"), &ganrt_cuda);
  EXPECT_EQ(ganrt_driver_find("cpu"), nullptr);
  EXPECT_EQ(ganrt_driver_find(""), nullptr);
  uint32_t count = 0;
  while (const ganrt_driver *driver = ganrt_driver_at(count)) {
    EXPECT_EQ(ganrt_driver_find(driver->name), driver);
    ++count;
  }
  EXPECT_EQ(count, 3u);
}

TEST_F(DeviceSpace, IsARowOfBlocks) {
  host.blocks.resize(3); // block numbers are the device's
  ASSERT_EQ(create(2600, 1024), "done");
  ASSERT_EQ(space.block_count, 3u);
  EXPECT_EQ(host.blocks[3].size(), 1024u);
  EXPECT_EQ(host.blocks[5].size(), 552u);
  ganrt_region region = ganrt_device_space_region(&space, 2304, 296);
  EXPECT_EQ(region.block, 5u);
  EXPECT_EQ(region.offset, 256u);
  EXPECT_EQ(region.bytes, 296u);
  EXPECT_EQ(ganrt_device_space_region(&space, 0, 4).block, 3u);

  std::vector<uint8_t> values(2600), read(2600);
  std::iota(values.begin(), values.end(), 1);
  EXPECT_EQ(ganrt_device_space_write(&space, 0, 2600, values.data()), nullptr);
  EXPECT_EQ(ganrt_device_space_read(&space, 0, 2600, read.data()), nullptr);
  EXPECT_EQ(read, values);
  EXPECT_EQ(host.blocks[4][0], values[1024]);
  EXPECT_EQ(ganrt_device_space_read(&space, 1000, 1100, read.data()), nullptr);
  EXPECT_TRUE(
      std::equal(read.begin(), read.begin() + 1100, values.begin() + 1000));
  ganrt_device_space_destroy(&space);
}

TEST_F(DeviceSpace, MayBeEmptyOrExact) {
  ASSERT_EQ(create(0, 1024), "done");
  EXPECT_EQ(space.block_count, 0u);
  ganrt_device_space_destroy(&space);
  ASSERT_EQ(create(2048, 1024), "done");
  EXPECT_EQ(space.block_count, 2u);
  ganrt_device_space_destroy(&space);
  // The limit is on blocks that are made.
  ASSERT_EQ(create(1024, 1 << 20), "done");
  EXPECT_EQ(space.block_count, 1u);
  ganrt_device_space_destroy(&space);
}

TEST_F(DeviceSpace, RefusesWhatTheDeviceCannot) {
  EXPECT_EQ(create(5000, 2048),
            "'host' makes blocks of 1024 bytes at most, not of 2048 for the "
            "state: compile with a smaller --device-block");
  EXPECT_EQ(create(1500, 2048),
            "'host' makes blocks of 1024 bytes at most, not of 1500 for the "
            "state: compile with a smaller --device-block");
  host.room = 2000;
  EXPECT_EQ(create(3000, 1024), "the state of 3000 bytes: full");
}
