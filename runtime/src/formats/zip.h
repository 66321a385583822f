/*===- zip.h - reading zip archives without unpacking them ----------------===
 *
 * Entries that are stored or deflated, zip64 included. Encrypted entries, other
 * methods and symbolic links are refused. Nothing is ever written to disk, so the
 * names of entries are just names.
 *
 * The archive may be hostile: every size is checked against the file before
 * memory is taken, and all compressed bytes together fit into the file, so
 * overlapping entries can't multiply.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_ZIP_H
#define RUNTIME_SRC_FORMATS_ZIP_H

#include "ganrt/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_zip ganrt_zip;

typedef struct ganrt_zip_entry {
  const char *name; /* ends with a zero; lives as long as the archive */
  uint64_t compressed_bytes;
  uint64_t bytes;
  uint64_t header_offset; /* of the local header */
  uint32_t crc;
  uint32_t is_deflated;
} ganrt_zip_entry;

/* Opens `path` and reads its directory. `max_bytes` bounds the unpacked size of
 * all entries together. The caller closes the result. */
GANRT_MUST_USE ganrt_status_t ganrt_zip_open(const char *path,
                                             uint64_t max_bytes,
                                             ganrt_zip **out);
void ganrt_zip_close(ganrt_zip *zip);

/* Files only; folders are left out. In order of their names. */
size_t ganrt_zip_entry_count(const ganrt_zip *zip);
const ganrt_zip_entry *ganrt_zip_entry_at(const ganrt_zip *zip, size_t index);

/* The entry of exactly this name, or NULL. */
const ganrt_zip_entry *ganrt_zip_find(const ganrt_zip *zip, const char *name);

/* Unpacks entry->bytes bytes into `buffer` and checks them. Any thread. */
GANRT_MUST_USE ganrt_status_t ganrt_zip_read(const ganrt_zip *zip,
                                             const ganrt_zip_entry *entry,
                                             void *buffer);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_ZIP_H */
