/*===- device.c - finding drivers, and spaces as rows of blocks -----------===*/
#include "runtime/src/devices/device.h"

#include "runtime/src/text.h"

#include <string.h>

typedef unsigned long long ull;

static const ganrt_driver *const drivers[] = {&ganrt_cuda, &ganrt_vulkan,
                                              &ganrt_opencl};

const ganrt_driver *ganrt_driver_at(uint32_t index) {
  return index < sizeof drivers / sizeof *drivers ? drivers[index] : NULL;
}

const ganrt_driver *ganrt_driver_find(const char *name) {
  const ganrt_driver *driver;
  for (uint32_t i = 0; (driver = ganrt_driver_at(i)); ++i)
    if (strcmp(driver->name, name) == 0)
      return driver;
  return NULL;
}

ganrt_status_t ganrt_device_space_create(const ganrt_driver *driver,
                                         void *device,
                                         const ganrt_allocator *allocator,
                                         const char *what, uint64_t bytes,
                                         uint64_t block_bytes,
                                         ganrt_device_space *out) {
  ganrt_device_limits limits;
  driver->limits(device, &limits);
  uint64_t largest = bytes < block_bytes ? bytes : block_bytes;
  if (largest > limits.block_bytes)
    return ganrt_status_make(
        GANRT_LIMIT,
        "'%s' makes blocks of %llu bytes at most, not of %llu for the %s: "
        "compile with a smaller --device-block",
        ganrt_quote(limits.name).text, (ull)limits.block_bytes, (ull)largest,
        what);
  *out = (ganrt_device_space){.driver = driver,
                              .device = device,
                              .allocator = allocator,
                              .bytes = bytes,
                              .block_bytes = block_bytes,
                              .block_count = bytes / block_bytes +
                                             (bytes % block_bytes != 0)};
  void *blocks;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, out->block_count, sizeof(uint32_t), &blocks));
  out->blocks = blocks;
  for (uint64_t i = 0; i < out->block_count; ++i) {
    uint64_t left = bytes - i * block_bytes;
    ganrt_status_t status = driver->allocate(
        device, left < block_bytes ? left : block_bytes, &out->blocks[i]);
    if (status) {
      ganrt_device_space_destroy(out);
      return ganrt_status_annotate(status, "the %s of %llu bytes", what,
                                   (ull)bytes);
    }
  }
  return GANRT_STATUS_OK;
}

void ganrt_device_space_destroy(ganrt_device_space *space) {
  ganrt_release(space->allocator, space->blocks, space->block_count,
                sizeof(uint32_t));
  space->blocks = NULL;
  space->block_count = 0;
}

ganrt_region ganrt_device_space_region(const ganrt_device_space *space,
                                       uint64_t offset, uint64_t bytes) {
  return (ganrt_region){.block = space->blocks[offset / space->block_bytes],
                        .offset = offset % space->block_bytes,
                        .bytes = bytes};
}

/* The part of [offset, offset + bytes) that lies in the block of its start. */
static ganrt_region head(const ganrt_device_space *space, uint64_t offset,
                         uint64_t bytes) {
  uint64_t room = space->block_bytes - offset % space->block_bytes;
  return ganrt_device_space_region(space, offset, bytes < room ? bytes : room);
}

ganrt_status_t ganrt_device_space_write(const ganrt_device_space *space,
                                        uint64_t offset, uint64_t bytes,
                                        const void *from) {
  for (uint64_t done = 0; done < bytes;) {
    ganrt_region to = head(space, offset + done, bytes - done);
    GANRT_RETURN_IF_ERROR(
        space->driver->write(space->device, to, (const uint8_t *)from + done));
    done += to.bytes;
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_device_space_read(const ganrt_device_space *space,
                                       uint64_t offset, uint64_t bytes,
                                       void *to) {
  for (uint64_t done = 0; done < bytes;) {
    ganrt_region from = head(space, offset + done, bytes - done);
    GANRT_RETURN_IF_ERROR(
        space->driver->read(space->device, from, (uint8_t *)to + done));
    done += from.bytes;
  }
  return GANRT_STATUS_OK;
}
