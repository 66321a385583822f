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

ganrt_status_t ganrt_file_write(const char *path, const ganrt_piece *pieces,
                                uint64_t count) {
  ganrt_text temporary = {0};
  ganrt_text_append(&temporary, "%s.tmp-%ld", path, (long)getpid());
  ganrt_status_t status = ganrt_text_status(&temporary);
  int fd = -1;
  if (!status) {
    do
      fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
      status = ganrt_status_from_errno(errno, "cannot create '%s'",
                                       ganrt_quote(path).text);
  }
  if (!status) {
    status = write_pieces(fd, path, pieces, count);
    /* A late error of the disk shows up here; the descriptor is gone anyway. */
    if (close(fd) != 0 && !status)
      status = ganrt_status_from_errno(errno, "cannot write '%s'",
                                       ganrt_quote(path).text);
    if (!status && rename(temporary.data, path) != 0)
      status = ganrt_status_from_errno(errno, "cannot write '%s'",
                                       ganrt_quote(path).text);
    if (status)
      unlink(temporary.data);
  }
  ganrt_text_destroy(&temporary);
  return status;
}
