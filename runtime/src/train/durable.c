/*===- durable.c - files that are whole after a crash ---------------------===*/
#include "runtime/src/train/durable.h"

#include "runtime/src/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "can't <verb> 'path': reason". */
static ganrt_status_t failure(int error, const char *verb, const char *path) {
  return ganrt_status_from_errno(error, "cannot %s '%s'", verb,
                                 ganrt_quote(path).text);
}

static int open_again(const char *path, int flags) {
  int descriptor;
  do
    descriptor = open(path, flags | O_CLOEXEC, 0666);
  while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

ganrt_status_t ganrt_durable_open(const char *path, ganrt_durable_file *file) {
  file->bytes = 0;
  file->descriptor = -1;
  size_t length = strlen(path);
  if (length >= sizeof file->path)
    return failure(ENAMETOOLONG, "write", path);
  memcpy(file->path, path, length + 1);
  file->descriptor = open_again(path, O_WRONLY | O_CREAT | O_EXCL);
  return file->descriptor < 0 ? failure(errno, "write", path) : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_durable_write(ganrt_durable_file *file, const void *bytes,
                                   uint64_t size) {
  const uint8_t *next = bytes;
  while (size) {
    size_t part = size > (uint64_t)1 << 30 ? (size_t)1 << 30 : (size_t)size;
    ssize_t written = write(file->descriptor, next, part);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return failure(written < 0 ? errno : EIO, "write", file->path);
    next += written;
    size -= (uint64_t)written;
    file->bytes += (uint64_t)written;
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_durable_close(ganrt_durable_file *file) {
  int descriptor = file->descriptor;
  int error = fsync(descriptor) != 0 ? errno : 0;
  file->descriptor = -1;
  if (close(descriptor) != 0 && !error)
    error = errno;
  return error ? failure(error, "finish writing", file->path) : GANRT_STATUS_OK;
}

void ganrt_durable_abandon(ganrt_durable_file *file) {
  if (file->descriptor >= 0)
    close(file->descriptor);
  file->descriptor = -1;
}

ganrt_status_t ganrt_durable_create(const char *path, const void *bytes,
                                    uint64_t size) {
  ganrt_durable_file file;
  GANRT_RETURN_IF_ERROR(ganrt_durable_open(path, &file));
  ganrt_status_t status = ganrt_durable_write(&file, bytes, size);
  if (!status)
    status = ganrt_durable_close(&file);
  ganrt_durable_abandon(&file);
  return status;
}

void ganrt_durable_temporary_name(const char *path, char *out,
                                  size_t capacity) {
  snprintf(out, capacity, "%s.tmp-%ld", path, (long)getpid());
}

ganrt_status_t ganrt_durable_replace(const char *path, const void *bytes,
                                     uint64_t size) {
  char temporary[4200];
  ganrt_durable_temporary_name(path, temporary, sizeof temporary);
  unlink(temporary); /* of a dead process that had our number */
  ganrt_status_t status = ganrt_durable_create(temporary, bytes, size);
  if (!status)
    status = ganrt_durable_rename(temporary, path);
  if (status)
    unlink(temporary);
  return status;
}

ganrt_status_t ganrt_durable_sync_folder(const char *path) {
  int descriptor = open_again(path, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0)
    return failure(errno, "open the folder", path);
  int error = fsync(descriptor) != 0 ? errno : 0;
  if (close(descriptor) != 0 && !error)
    error = errno;
  /* Some file systems can't do this for folders, and need not. */
  if (error == EINVAL || error == ENOTSUP)
    error = 0;
  return error ? failure(error, "finish writing the folder", path)
               : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_durable_rename(const char *from, const char *to) {
  char folder[4096];
  if (rename(from, to) != 0)
    return failure(errno, "rename a file to", to);
  const char *slash = strrchr(to, '/');
  size_t length = slash ? (size_t)(slash - to) : 0;
  if (length >= sizeof folder)
    return failure(ENAMETOOLONG, "rename a file to", to);
  memcpy(folder, to, length);
  folder[length] = 0;
  return ganrt_durable_sync_folder(slash ? (length ? folder : "/") : ".");
}

/* The descriptor of the parent keeps every name relative to what was checked. */
static int remove_at(int parent, const char *name, int depth) {
  if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
    return 0;
  if ((errno != EISDIR && errno != EPERM) || depth > 8)
    return errno;
  int descriptor =
      openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0)
    return errno;
  DIR *folder = fdopendir(descriptor);
  if (!folder) {
    int error = errno;
    close(descriptor);
    return error;
  }
  int error = 0;
  for (struct dirent *entry; !error && (entry = readdir(folder));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      error = remove_at(descriptor, entry->d_name, depth + 1);
  closedir(folder);
  if (!error && unlinkat(parent, name, AT_REMOVEDIR) != 0)
    error = errno;
  return error;
}

ganrt_status_t ganrt_remove_tree(const char *path) {
  int error = remove_at(AT_FDCWD, path, 0);
  return error ? failure(error, "delete", path) : GANRT_STATUS_OK;
}
