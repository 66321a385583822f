/*===- driver.h - what the drivers of all devices share ---------------------===
 *
 * Opening a library and its functions, the tables of loaded code, the checks of
 * what comes in, the memory that writes pass through, and the sentences.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_DRIVER_H
#define RUNTIME_SRC_DEVICES_DRIVER_H

#include "runtime/src/devices/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/*===- Libraries ------------------------------------------------------------===*/

/* A library of an API: its file, or what the environment variable names. */
typedef struct ganrt_library {
  const char *api; /* as in messages: "OpenCL" */
  const char *file;
  const char *variable;
} ganrt_library;

/* A function and where a table of functions has it. */
typedef struct ganrt_symbol {
  const char *name;
  size_t offset;
} ganrt_symbol;

typedef void *(*ganrt_lookup)(void *context, const char *name);

/* The library stays in memory after dlclose: drivers leave threads behind. */
GANRT_MUST_USE ganrt_status_t ganrt_library_open(const ganrt_library *library,
                                                 void **handle);
/* A ganrt_lookup with the handle as its context. */
void *ganrt_library_lookup(void *handle, const char *name);
/* Fills a table of functions; fails at the first one that isn't there. */
GANRT_MUST_USE ganrt_status_t ganrt_library_functions(
    const ganrt_library *library, ganrt_lookup lookup, void *context,
    const ganrt_symbol *symbols, uint32_t count, void *table);

/* Fails unless `index` is below the number of devices. */
GANRT_MUST_USE ganrt_status_t ganrt_library_check_index(
    const ganrt_library *library, uint32_t index, uint32_t count);

/*===- Sentences ------------------------------------------------------------===*/

/* A call of the API that failed with this code of its own. */
GANRT_MUST_USE ganrt_status_t ganrt_library_failed(const ganrt_library *library,
                                                   const char *call,
                                                   long long code);
GANRT_MUST_USE ganrt_status_t
ganrt_device_no_room(const ganrt_device_limits *limits, uint64_t bytes);
/* The compiler of the device refused; `log` may be NULL. */
GANRT_MUST_USE ganrt_status_t
ganrt_device_no_code(const ganrt_device_limits *limits, const char *log);
GANRT_MUST_USE ganrt_status_t ganrt_device_no_entry(const char *name);

/*===- Tables ---------------------------------------------------------------===*/

/* Makes room for one more element behind `count`. */
GANRT_MUST_USE ganrt_status_t ganrt_grow(void **items, uint32_t count,
                                         uint32_t *capacity, size_t size);

typedef struct ganrt_entry {
  const char *name;
  void *handle; /* the driver's */
} ganrt_entry;

typedef struct ganrt_code_object {
  void *module; /* the driver's */
  ganrt_entry *entries;
  uint32_t entry_count;
} ganrt_code_object;

typedef struct ganrt_code_table {
  ganrt_code_object *items;
  uint32_t count, capacity;
} ganrt_code_table;

/* Appends code whose entries have names and no handles yet. */
GANRT_MUST_USE ganrt_status_t ganrt_code_add(ganrt_code_table *table,
                                             const char *const *entries,
                                             uint32_t count, uint32_t *code);
/* Frees the table; what the driver's handles stand for is the driver's. */
void ganrt_code_destroy(ganrt_code_table *table);

/* Fails unless a device with these limits can launch the row. */
GANRT_MUST_USE ganrt_status_t ganrt_launch_check(
    const ganrt_device_limits *limits, const ganrt_launch_row *row);

/* The handle of what a row launches, once the row is within the limits. */
GANRT_MUST_USE ganrt_status_t ganrt_code_find(const ganrt_code_table *table,
                                              const ganrt_device_limits *limits,
                                              uint32_t code,
                                              const ganrt_launch_row *row,
                                              void **handle);

/* Fails unless the region lies in its block of `block_bytes` bytes; 0 stands
 * for a block that isn't there. */
GANRT_MUST_USE ganrt_status_t ganrt_region_check(ganrt_region region,
                                                 uint64_t block_bytes);

/* The same for an argument, which becomes as long as the place that it is: up
 * to the alignment there is padding, so that kernels may read whole words. */
GANRT_MUST_USE ganrt_status_t ganrt_argument_check(ganrt_region *region,
                                                   uint64_t block_bytes);

/*===- Staging --------------------------------------------------------------===*/

/* Memory that writes are copied to and the device reads later. It is filled
 * from its start until it is full; then the driver waits and begins anew. */
typedef struct ganrt_staging {
  uint8_t *bytes;
  uint64_t size, used;
} ganrt_staging;

enum { GANRT_STAGING_BYTES = 4 << 20 };

/* Offset of the next `bytes` <= size; UINT64_MAX when they don't fit now. */
uint64_t ganrt_staging_take(ganrt_staging *staging, uint64_t bytes);

/* `bytes` rounded up to what blocks are made of. */
uint64_t ganrt_block_round(uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_DRIVER_H */
