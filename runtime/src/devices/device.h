/*===- device.h - one table for OpenCL, Vulkan and CUDA ---------------------===
 *
 * A driver opens devices by number; each has one queue. Whatever is enqueued
 * later sees the effects of what was enqueued earlier. Memory is made in blocks
 * that live as long as the device, and everything works on regions of blocks.
 *
 * One thread at a time may use a device; which one doesn't matter. A driver's
 * library is opened when it is first needed and stays loaded.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_DEVICE_H
#define RUNTIME_SRC_DEVICES_DEVICE_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Part of a block. Arguments of launches start at GANRT_DEVICE_ALIGNMENT;
 * what is written, read and copied may start and end anywhere. */
typedef struct ganrt_region {
  uint32_t block;
  uint64_t offset, bytes;
} ganrt_region;

typedef struct ganrt_device_limits {
  char name[256];       /* for messages */
  uint64_t block_bytes; /* of the largest block */
  uint32_t alignment;   /* that arguments need */
  uint32_t max_group;   /* threads of a group */
  uint32_t max_groups[3];
  uint32_t max_group_side[3];
  uint32_t max_arguments;
  uint32_t shared_bytes; /* of a group */
} ganrt_device_limits;

typedef void (*ganrt_device_visitor)(void *context, uint32_t index,
                                     const char *description);

typedef struct ganrt_driver {
  const char *name; /* as in --device=NAME */
  const char *api;  /* as in messages: "OpenCL" */
  /* Visits every device, best first. GANRT_NOT_FOUND if there is none. */
  ganrt_status_t (*list)(void *context, ganrt_device_visitor visit);
  /* GANRT_NOT_FOUND without the library or the device. */
  ganrt_status_t (*open)(uint32_t index, void **device);
  /* Waits, and frees all that was made with the device; NULL is allowed. */
  void (*close)(void *device);
  void (*limits)(void *device, ganrt_device_limits *out);
  /* A zeroed block. */
  ganrt_status_t (*allocate)(void *device, uint64_t bytes, uint32_t *block);
  /* Compiles; on failure the sentence has what the compiler said first. The
   * names of the entries must live as long as the device, the blob need not. */
  ganrt_status_t (*load)(void *device, const ganrt_device_blob *blob,
                         const char *const *entries, uint32_t count,
                         uint32_t *code);
  /* Enqueues. `code` is what load gave; `arguments` are the regions of the
   * row's arguments, in its order. */
  ganrt_status_t (*launch)(void *device, uint32_t code,
                           const ganrt_launch_row *row,
                           const ganrt_region *arguments);
  /* Enqueues; has taken a copy of the bytes when it returns. */
  ganrt_status_t (*write)(void *device, ganrt_region to, const void *from);
  /* Waits for all before it, and reads. */
  ganrt_status_t (*read)(void *device, ganrt_region from, void *to);
  /* Enqueues. The regions have one size and do not overlap. */
  ganrt_status_t (*copy)(void *device, ganrt_region from, ganrt_region to);
  /* Waits for all. */
  ganrt_status_t (*finish)(void *device);
} ganrt_driver;

extern const ganrt_driver ganrt_opencl, ganrt_vulkan, ganrt_cuda;

/* Driver number `index`, or NULL behind the last one. */
const ganrt_driver *ganrt_driver_at(uint32_t index);
/* NULL if no driver has this name. */
const ganrt_driver *ganrt_driver_find(const char *name);

/*===- A space of a program on a device -------------------------------------===*/

/* A row of blocks of `block_bytes`, the last one shorter: byte o of the space
 * is byte o % block_bytes of block o / block_bytes. */
typedef struct ganrt_device_space {
  const ganrt_driver *driver;
  void *device;
  const ganrt_allocator *allocator;
  uint64_t bytes, block_bytes;
  uint32_t *blocks;
  uint64_t block_count;
} ganrt_device_space;

/* Makes the zeroed blocks of a space of `bytes`, which may be 0. `what` names
 * it in the sentence that refuses more than the device has room for. */
GANRT_MUST_USE ganrt_status_t ganrt_device_space_create(
    const ganrt_driver *driver, void *device, const ganrt_allocator *allocator,
    const char *what, uint64_t bytes, uint64_t block_bytes,
    ganrt_device_space *out);
/* Frees the table; the blocks live as long as the device. */
void ganrt_device_space_destroy(ganrt_device_space *space);

/* The region of a place, which lies inside one block. */
ganrt_region ganrt_device_space_region(const ganrt_device_space *space,
                                       uint64_t offset, uint64_t bytes);
/* Any bytes of the space, also across blocks; see write and read above. */
GANRT_MUST_USE ganrt_status_t
ganrt_device_space_write(const ganrt_device_space *space, uint64_t offset,
                         uint64_t bytes, const void *from);
GANRT_MUST_USE ganrt_status_t ganrt_device_space_read(
    const ganrt_device_space *space, uint64_t offset, uint64_t bytes, void *to);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_DEVICE_H */
