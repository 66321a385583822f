/*===- durable.h - files that are whole after a crash ---------------------===
 *
 * What was written is on the disk when a function here returns without failure.
 * Short writes and interrupted calls are continued. A failure of fsync or close
 * is final: the system may have dropped the bytes and would report success the
 * next time, so nothing is retried on the same descriptor.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_DURABLE_H
#define RUNTIME_SRC_TRAIN_DURABLE_H

#include "ganrt/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file being written from its beginning to its end. */
typedef struct ganrt_durable_file {
  int descriptor; /* -1: closed */
  uint64_t bytes; /* written so far */
  char path[4096];
} ganrt_durable_file;

/* Makes a new file; one that exists is an error. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_open(const char *path,
                                                 ganrt_durable_file *file);

GANRT_MUST_USE ganrt_status_t ganrt_durable_write(ganrt_durable_file *file,
                                                  const void *bytes,
                                                  uint64_t size);

/* fsync and close. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_close(ganrt_durable_file *file);

/* Closes without asking for anything; for files that are given up. */
void ganrt_durable_abandon(ganrt_durable_file *file);

/* A new file of these bytes. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_create(const char *path,
                                                   const void *bytes,
                                                   uint64_t size);

/* Puts these bytes in the place of `path` at once: a temporary file, a rename,
 * and an fsync of the folder. Readers see the old file or the new one. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_replace(const char *path,
                                                    const void *bytes,
                                                    uint64_t size);

/* The name that ganrt_durable_replace and its like write to first. */
void ganrt_durable_temporary_name(const char *path, char *out, size_t capacity);

/* Renames and makes the new name last. Both names lie in one folder. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_rename(const char *from,
                                                   const char *to);

/* fsync of a folder, which makes the names in it last. */
GANRT_MUST_USE ganrt_status_t ganrt_durable_sync_folder(const char *path);

/* Deletes a file or a folder with all that is in it. Links are deleted, never
 * followed. What isn't there is no failure. */
GANRT_MUST_USE ganrt_status_t ganrt_remove_tree(const char *path);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_DURABLE_H */
