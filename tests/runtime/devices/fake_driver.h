//===- fake_driver.h - a device that is the host's memory -----------------===//
#ifndef TESTS_RUNTIME_DEVICES_FAKE_DRIVER_H
#define TESTS_RUNTIME_DEVICES_FAKE_DRIVER_H

#include "ganrt/random.h"
#include "runtime/src/devices/device.h"

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

// Runs the kernels of DeviceSample by their names, and counts what it is asked.
// Blocks are apart, so that a region that leaves its block is found out.
struct FakeDevice {
  static inline FakeDevice *open = nullptr;
  static inline std::string failing; // function that fails, "load", ...
  static inline ganrt_device_limits limits{};

  std::vector<std::vector<uint8_t>> blocks;
  std::vector<std::string> loaded;
  int launches = 0, waits = 0, copies = 0;

  uint8_t *at(const ganrt_region &region) {
    std::vector<uint8_t> &block = blocks.at(region.block);
    if (region.offset + region.bytes > block.size())
      throw std::out_of_range("a region leaves its block");
    return block.data() + region.offset;
  }
};

namespace fake {
inline ganrt_status_t done(const char *function) {
  return FakeDevice::failing == function
             ? ganrt_status_make(GANRT_IO, "the fake fails to %s", function)
             : GANRT_STATUS_OK;
}
inline ganrt_status_t list(void *context, ganrt_device_visitor visit) {
  visit(context, 0, "a fake");
  return done("list");
}
inline ganrt_status_t open(uint32_t, void **device) {
  *device = FakeDevice::open = new FakeDevice;
  return done("open");
}
inline void close(void *device) {
  delete static_cast<FakeDevice *>(device);
  FakeDevice::open = nullptr;
}
inline void limits(void *, ganrt_device_limits *out) {
  *out = FakeDevice::limits;
}
inline ganrt_status_t allocate(void *device, uint64_t bytes, uint32_t *block) {
  auto *self = static_cast<FakeDevice *>(device);
  *block = self->blocks.size();
  self->blocks.emplace_back(bytes);
  return done("allocate");
}
inline ganrt_status_t load(void *device, const ganrt_device_blob *blob,
                           const char *const *entries, uint32_t count,
                           uint32_t *code) {
  auto *self = static_cast<FakeDevice *>(device);
  *code = 40 + self->loaded.size();
  std::string all(reinterpret_cast<const char *>(blob->bytes),
                  blob->size < 1 ? 0 : 1);
  for (uint32_t i = 0; i < count; ++i)
    all += std::string(" ") + entries[i];
  self->loaded.push_back(all);
  return done("load");
}
inline ganrt_status_t launch(void *device, uint32_t code,
                             const ganrt_launch_row *row,
                             const ganrt_region *arguments) {
  auto *self = static_cast<FakeDevice *>(device);
  if (code != 40)
    throw std::out_of_range("code that was never loaded");
  ++self->launches;
  std::string entry = row->entry;
  float *buffers[3] = {};
  for (uint32_t i = 0; i < row->argument_count; ++i)
    buffers[i] = reinterpret_cast<float *>(self->at(arguments[i]));
  for (uint32_t i = 0; i < row->group[0]; ++i)
    if (entry == "zero")
      buffers[0][i] = 0;
    else if (entry == "descend")
      buffers[0][i] = buffers[1][i] - buffers[2][0];
    else
      ganrt_random_fill_uniform(
          *reinterpret_cast<ganrt_random_key *>(buffers[1]), 7, 0, 4, 0, 1,
          buffers[0]);
  return done("launch");
}
inline ganrt_status_t write(void *device, ganrt_region to, const void *from) {
  memcpy(static_cast<FakeDevice *>(device)->at(to), from, to.bytes);
  return done("write");
}
inline ganrt_status_t read(void *device, ganrt_region from, void *to) {
  auto *self = static_cast<FakeDevice *>(device);
  ++self->waits;
  memcpy(to, self->at(from), from.bytes);
  return done("read");
}
inline ganrt_status_t copy(void *device, ganrt_region from, ganrt_region to) {
  auto *self = static_cast<FakeDevice *>(device);
  ++self->copies;
  memcpy(self->at(to), self->at(from), to.bytes);
  return done("copy");
}
inline ganrt_status_t finish(void *device) {
  ++static_cast<FakeDevice *>(device)->waits;
  return done("finish");
}
} // namespace fake

inline const ganrt_driver fakeDriver = {
    "fake",       "Fake",         fake::list,  fake::open,   fake::close,
    fake::limits, fake::allocate, fake::load,  fake::launch, fake::write,
    fake::read,   fake::copy,     fake::finish};

#endif // TESTS_RUNTIME_DEVICES_FAKE_DRIVER_H
