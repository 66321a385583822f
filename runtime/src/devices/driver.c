/*===- driver.c - what the drivers of all devices share -------------------===*/
#include "runtime/src/devices/driver.h"

#include "runtime/src/text.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/*===- Libraries ------------------------------------------------------------===*/

static const char *file_of(const ganrt_library *library) {
  const char *other = getenv(library->variable);
  return other && *other ? other : library->file;
}

/* Why dlopen has failed, without the name of the file where it comes first. */
static const char *reason_for(const char *file) {
  const char *reason = dlerror();
  size_t length = strlen(file);
  if (!reason)
    return "it is not said why";
  if (strncmp(reason, file, length) == 0 && reason[length] == ':')
    reason += length + 1;
  return reason + strspn(reason, " ");
}

ganrt_status_t ganrt_library_open(const ganrt_library *library, void **handle) {
  const char *file = file_of(library);
  *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!*handle)
    return ganrt_status_make(GANRT_NOT_FOUND, "no %s here: '%s': %s",
                             library->api, ganrt_quote(file).text,
                             ganrt_quote(reason_for(file)).text);
  return GANRT_STATUS_OK;
}

void *ganrt_library_lookup(void *handle, const char *name) {
  return dlsym(handle, name);
}

ganrt_status_t ganrt_library_functions(const ganrt_library *library,
                                       ganrt_lookup lookup, void *context,
                                       const ganrt_symbol *symbols,
                                       uint32_t count, void *table) {
  for (uint32_t i = 0; i < count; ++i) {
    void *address = lookup(context, symbols[i].name);
    if (!address)
      return ganrt_status_make(
          GANRT_NOT_FOUND, "no %s here: '%s' has no function '%s'",
          library->api, ganrt_quote(file_of(library)).text, symbols[i].name);
    memcpy((char *)table + symbols[i].offset, (const void *)&address,
           sizeof address);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_library_check_index(const ganrt_library *library,
                                         uint32_t index, uint32_t count) {
  if (count == 0)
    return ganrt_status_make(GANRT_NOT_FOUND,
                             "no %s here: '%s' knows of no device",
                             library->api, ganrt_quote(file_of(library)).text);
  if (index >= count)
    return ganrt_status_make(GANRT_NOT_FOUND,
                             "there is no %s device number %u, the last one is "
                             "number %u",
                             library->api, index, count - 1);
  return GANRT_STATUS_OK;
}

/*===- Sentences ------------------------------------------------------------===*/

ganrt_status_t ganrt_library_failed(const ganrt_library *library,
                                    const char *call, long long code) {
  return ganrt_status_make(GANRT_IO,
                           "the %s driver failed: '%s' gave error %lld",
                           library->api, call, code);
}

ganrt_status_t ganrt_device_no_room(const ganrt_device_limits *limits,
                                    uint64_t bytes) {
  return ganrt_status_make(GANRT_LIMIT, "'%s' has no room for %llu more bytes",
                           ganrt_quote(limits->name).text, (ull)bytes);
}

/* The first line that speaks of an error, or else the first one. */
static const char *telling_line(const char *log, size_t *length) {
  const char *first = NULL;
  size_t first_length = 0;
  while (*log) {
    *length = strcspn(log, "\n");
    for (const char *at = log; at + 5 <= log + *length; ++at)
      if (strncmp(at, "error", 5) == 0)
        return log;
    if (!first && strspn(log, " \t\r") < *length) {
      first = log;
      first_length = *length;
    }
    log += *length + (log[*length] == '\n');
  }
  *length = first_length;
  return first;
}

ganrt_status_t ganrt_device_no_code(const ganrt_device_limits *limits,
                                    const char *log) {
  char line[256];
  size_t length = 0;
  const char *from = log ? telling_line(log, &length) : NULL;
  if (!from) {
    from = "it does not say why";
    length = strlen(from);
  }
  if (length >= sizeof line)
    length = sizeof line - 1;
  for (size_t i = 0; i < length; ++i)
    line[i] = from[i] < ' ' ? ' ' : from[i];
  line[length] = '\0';
  return ganrt_status_make(GANRT_INVALID_DATA, "'%s' refuses the code: %s",
                           ganrt_quote(limits->name).text, line);
}

ganrt_status_t ganrt_device_no_entry(const char *name) {
  return ganrt_status_make(GANRT_INVALID_DATA,
                           "the device code has no kernel '%s'",
                           ganrt_quote(name).text);
}

/*===- Tables ---------------------------------------------------------------===*/

ganrt_status_t ganrt_grow(void **items, uint32_t count, uint32_t *capacity,
                          size_t size) {
  if (count < *capacity)
    return GANRT_STATUS_OK;
  uint32_t more = *capacity ? 2 * *capacity : 16;
  GANRT_RETURN_IF_ERROR(ganrt_reallocate(NULL, *capacity, more, size, items));
  *capacity = more;
  return GANRT_STATUS_OK;
}

static int compare_entries(const void *left, const void *right) {
  return strcmp(((const ganrt_entry *)left)->name,
                ((const ganrt_entry *)right)->name);
}

ganrt_status_t ganrt_code_add(ganrt_code_table *table,
                              const char *const *entries, uint32_t count,
                              uint32_t *code) {
  void *memory = table->items;
  GANRT_RETURN_IF_ERROR(ganrt_grow(&memory, table->count, &table->capacity,
                                   sizeof *table->items));
  table->items = memory;
  ganrt_code_object *object = &table->items[table->count];
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, count, sizeof *object->entries, &memory));
  *object = (ganrt_code_object){.entries = memory, .entry_count = count};
  for (uint32_t i = 0; i < count; ++i)
    object->entries[i].name = entries[i];
  qsort(object->entries, count, sizeof *object->entries, compare_entries);
  *code = table->count++;
  return GANRT_STATUS_OK;
}

void ganrt_code_destroy(ganrt_code_table *table) {
  for (uint32_t i = 0; i < table->count; ++i)
    ganrt_release(NULL, table->items[i].entries, table->items[i].entry_count,
                  sizeof *table->items[i].entries);
  ganrt_release(NULL, table->items, table->capacity, sizeof *table->items);
  *table = (ganrt_code_table){0};
}

ganrt_status_t ganrt_launch_check(const ganrt_device_limits *limits,
                                  const ganrt_launch_row *row) {
  uint64_t threads = 1;
  bool fits = true;
  for (int i = 0; i < 3; ++i) {
    /* None is too many, too. */
    fits = fits && row->group[i] - 1 < limits->max_group_side[i] &&
           row->grid[i] - 1 < limits->max_groups[i];
    threads = threads * row->group[i];
    fits = fits && threads <= limits->max_group;
  }
  if (!fits)
    return ganrt_status_make(
        GANRT_LIMIT,
        "'%s' takes no launch of %u x %u x %u groups of %u x %u x %u threads, "
        "which kernel '%s' needs",
        ganrt_quote(limits->name).text, row->grid[0], row->grid[1],
        row->grid[2], row->group[0], row->group[1], row->group[2],
        ganrt_quote(row->entry).text);
  if (row->shared_bytes > limits->shared_bytes)
    return ganrt_status_make(GANRT_LIMIT,
                             "'%s' has %u bytes of memory for a group, kernel "
                             "'%s' needs %u",
                             ganrt_quote(limits->name).text,
                             limits->shared_bytes, ganrt_quote(row->entry).text,
                             row->shared_bytes);
  if (row->argument_count > limits->max_arguments)
    return ganrt_status_make(
        GANRT_LIMIT, "'%s' gives a kernel %u buffers at most, '%s' takes %u",
        ganrt_quote(limits->name).text, limits->max_arguments,
        ganrt_quote(row->entry).text, row->argument_count);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_code_find(const ganrt_code_table *table,
                               const ganrt_device_limits *limits, uint32_t code,
                               const ganrt_launch_row *row, void **handle) {
  const ganrt_entry wanted = {.name = row->entry};
  const ganrt_entry *entry = code < table->count
                                 ? bsearch(&wanted, table->items[code].entries,
                                           table->items[code].entry_count,
                                           sizeof wanted, compare_entries)
                                 : NULL;
  if (!entry || !entry->handle)
    return ganrt_device_no_entry(row->entry);
  *handle = entry->handle;
  return ganrt_launch_check(limits, row);
}

ganrt_status_t ganrt_region_check(ganrt_region region, uint64_t block_bytes) {
  if (block_bytes && region.offset <= block_bytes &&
      region.bytes <= block_bytes - region.offset)
    return GANRT_STATUS_OK;
  return ganrt_status_make(GANRT_INTERNAL,
                           "%llu bytes at %llu do not lie in block %u, which "
                           "has %llu",
                           (ull)region.bytes, (ull)region.offset, region.block,
                           (ull)block_bytes);
}

ganrt_status_t ganrt_argument_check(ganrt_region *region,
                                    uint64_t block_bytes) {
  GANRT_RETURN_IF_ERROR(ganrt_region_check(*region, block_bytes));
  if (region->offset % GANRT_DEVICE_ALIGNMENT)
    return ganrt_status_make(GANRT_INTERNAL,
                             "an argument begins at %llu, which is no multiple "
                             "of %u",
                             (ull)region->offset, GANRT_DEVICE_ALIGNMENT);
  region->bytes = ganrt_block_round(region->bytes ? region->bytes : 1);
  return GANRT_STATUS_OK;
}

/*===- Staging --------------------------------------------------------------===*/

uint64_t ganrt_staging_take(ganrt_staging *staging, uint64_t bytes) {
  if (bytes > staging->size - staging->used)
    return UINT64_MAX;
  uint64_t offset = staging->used;
  staging->used +=
      (bytes + GANRT_ALIGNMENT - 1) / GANRT_ALIGNMENT * GANRT_ALIGNMENT;
  return offset;
}

uint64_t ganrt_block_round(uint64_t bytes) {
  return (bytes + GANRT_DEVICE_ALIGNMENT - 1) / GANRT_DEVICE_ALIGNMENT *
         GANRT_DEVICE_ALIGNMENT;
}
