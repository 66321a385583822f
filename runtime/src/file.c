/*===- file.c - reading and writing whole files ---------------------------===*/
#include "runtime/src/file.h"

#include "runtime/src/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One call moves at most this much; Linux stops at 2 GiB anyway. */
enum { MOST = 1 << 30 };

ganrt_status_t ganrt_bytes_create(const ganrt_allocator *allocator,
                                  uint64_t size, ganrt_bytes *out) {
  ganrt_bytes bytes = {.allocator = allocator, .size = size};
  uint64_t with_end;
  if (!ganrt_add(size, 1, &with_end))
    return ganrt_status_make(GANRT_LIMIT, "too many bytes");
  void *data;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(allocator, with_end, 1, &data));
  bytes.data = data;
  *out = bytes;
  return GANRT_STATUS_OK;
}

void ganrt_bytes_destroy(ganrt_bytes *bytes) {
  ganrt_release(bytes->allocator, bytes->data, bytes->size + 1, 1);
  *bytes = (ganrt_bytes){.allocator = bytes->allocator};
}

ganrt_status_t ganrt_file_open(const char *path, int *descriptor,
                               uint64_t *size) {
  /* O_NONBLOCK: opening a pipe must not wait for its writer. */
  int fd;
  do
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return ganrt_status_from_errno(errno, "cannot open '%s'",
                                   ganrt_quote(path).text);
  struct stat info;
  ganrt_status_t status = GANRT_STATUS_OK;
  if (fstat(fd, &info) != 0)
    status = ganrt_status_from_errno(errno, "cannot look at '%s'",
                                     ganrt_quote(path).text);
  else if (!S_ISREG(info.st_mode))
    status =
        ganrt_status_make(GANRT_INVALID_ARGUMENT, "'%s' is not a regular file",
                          ganrt_quote(path).text);
  if (status) {
    close(fd);
    return status;
  }
  *descriptor = fd;
  *size = (uint64_t)info.st_size;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_file_read(const ganrt_allocator *allocator,
                               const char *path, uint64_t limit,
                               ganrt_bytes *out) {
  int fd;
  uint64_t size;
  GANRT_RETURN_IF_ERROR(ganrt_file_open(path, &fd, &size));
  ganrt_bytes bytes = {.allocator = allocator};
  ganrt_status_t status = GANRT_STATUS_OK;
  if (size > limit)
    status = ganrt_status_make(
        GANRT_LIMIT, "expected at most %llu bytes in '%s', got %llu",
        (unsigned long long)limit, ganrt_quote(path).text,
        (unsigned long long)size);
  if (!status)
    status = ganrt_bytes_create(allocator, size, &bytes);
  if (!status)
    status = ganrt_descriptor_read(fd, path, 0, bytes.data, size);
  close(fd);
  if (status) {
    if (bytes.data)
      ganrt_bytes_destroy(&bytes);
    return status;
  }
  *out = bytes;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_descriptor_read(int descriptor, const char *name,
                                     uint64_t offset, void *bytes,
                                     uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    uint64_t left = size - done;
    ssize_t got =
        pread(descriptor, (char *)bytes + done,
              (size_t)(left < MOST ? left : MOST), (off_t)(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ganrt_status_from_errno(errno, "cannot read '%s'",
                                     ganrt_quote(name).text);
    if (got == 0)
      return ganrt_status_make(
          GANRT_INVALID_DATA, "'%s' ends early: expected %llu bytes, got %llu",
          ganrt_quote(name).text, (unsigned long long)(offset + size),
          (unsigned long long)(offset + done));
    done += (uint64_t)got;
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_descriptor_write(int descriptor, const char *name,
                                      const void *bytes, uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    uint64_t left = size - done;
    ssize_t put = write(descriptor, (const char *)bytes + done,
                        (size_t)(left < MOST ? left : MOST));
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return ganrt_status_from_errno(put < 0 ? errno : ENOSPC,
                                     "cannot write '%s'",
                                     ganrt_quote(name).text);
    done += (uint64_t)put;
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t write_pieces(int fd, const char *path,
                                   const ganrt_piece *pieces, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    GANRT_RETURN_IF_ERROR(
        ganrt_descriptor_write(fd, path, pieces[i].bytes, pieces[i].size));
  return GANRT_STATUS_OK;
}

/* Opens for writing, however often a signal comes between. */
static int open_for_writing(const char *path, int flags) {
  int fd;
  do
    fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);
  while (fd < 0 && errno == EINTR);
  return fd;
}

static ganrt_status_t cannot(const char *verb, const char *path) {
  return ganrt_status_from_errno(errno, "cannot %s '%s'", verb,
                                 ganrt_quote(path).text);
}

/* Writes and closes. A late error of the disk shows up in close; the descriptor
 * is gone anyway. */
static ganrt_status_t write_and_close(int fd, const char *path,
                                      const ganrt_piece *pieces,
                                      uint64_t count) {
  ganrt_status_t status = write_pieces(fd, path, pieces, count);
  if (close(fd) != 0 && !status)
    status = cannot("write", path);
  return status;
}

static ganrt_status_t replace(const char *path, const char *temporary,
                              const ganrt_piece *pieces, uint64_t count) {
  int fd = open_for_writing(temporary, O_CREAT | O_TRUNC | O_NOFOLLOW);
  if (fd < 0)
    return cannot("create", path);
  ganrt_status_t status = write_and_close(fd, path, pieces, count);
  if (!status && rename(temporary, path) != 0)
    status = cannot("write", path);
  if (status)
    unlink(temporary);
  return status;
}

ganrt_status_t ganrt_file_write(const char *path, const ganrt_piece *pieces,
                                uint64_t count) {
  /* A device or a pipe is written to, never replaced. */
  struct stat info;
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
    int fd = open_for_writing(path, 0);
    return fd < 0 ? cannot("write", path)
                  : write_and_close(fd, path, pieces, count);
  }
  ganrt_text temporary = {0};
  ganrt_text_append(&temporary, "%s.tmp-%ld", path, (long)getpid());
  ganrt_status_t status = ganrt_text_status(&temporary);
  if (!status)
    status = replace(path, temporary.data, pieces, count);
  ganrt_text_destroy(&temporary);
  return status;
}
