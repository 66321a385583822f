//===- fault_injection.cc - system calls that fail when asked to ----------===//
#include "tests/runtime/train/fault_injection.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

bool armed, happened;
Fault kind;
int left;
long long freeBytes = -1;

/// Whether this call is the one; sets errno if it is to fail.
bool strikes(bool isWrite = false) {
  if (!armed || (kind == Fault::Short && !isWrite))
    return false;
  if (left-- != 0)
    return false;
  happened = true;
  if (kind == Fault::Killed)
    _exit(99);
  errno = kind == Fault::NoSpace       ? ENOSPC
          : kind == Fault::Interrupted ? EINTR
                                       : EIO;
  return true;
}

int openFile(int folder, const char *path, int flags, mode_t mode) {
  if (strikes())
    return -1;
  return int(syscall(SYS_openat, folder, path, flags, mode));
}

} // namespace

void armFault(Fault fault, int n) {
  kind = fault;
  left = n;
  happened = false;
  armed = true;
}

bool disarmFault() {
  armed = false;
  return happened;
}

void pretendFreeBytes(long long bytes) { freeBytes = bytes; }

extern "C" {

#define OPEN(name)                                                             \
  int name(const char *path, int flags, ...) {                                 \
    va_list list;                                                              \
    va_start(list, flags);                                                     \
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                  \
    va_end(list);                                                              \
    return openFile(AT_FDCWD, path, flags, mode);                              \
  }
OPEN(open)
OPEN(open64)
int __open_2(const char *path, int flags) {
  return openFile(AT_FDCWD, path, flags, 0);
}
int __open64_2(const char *path, int flags) {
  return openFile(AT_FDCWD, path, flags, 0);
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
  if (strikes(true)) {
    if (kind == Fault::Short && size > 1)
      size /= 2;
    else if (kind != Fault::Short && kind != Fault::Dropped)
      return -1;
  }
  return syscall(SYS_write, descriptor, bytes, size);
}

// Whether bytes are on the disk can't be seen from here; don't wait for it.
int fsync(int) { return strikes() && kind != Fault::Dropped ? -1 : 0; }

int close(int descriptor) {
  // A descriptor is gone even when closing it fails.
  bool fails = strikes();
  int error = errno;
  int result = int(syscall(SYS_close, descriptor));
  if (!fails || kind == Fault::Dropped)
    return result;
  errno = error;
  return -1;
}

int rename(const char *from, const char *to) {
  if (strikes())
    return kind == Fault::Dropped ? 0 : -1;
  return int(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int mkdir(const char *path, mode_t mode) {
  if (strikes())
    return -1;
  return int(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int statvfs(const char *path, struct statvfs *out) {
  struct statfs info;
  if (syscall(SYS_statfs, path, &info) != 0)
    return -1;
  *out = {};
  out->f_frsize = freeBytes < 0 ? (unsigned long)info.f_bsize : 1;
  out->f_bavail = freeBytes < 0 ? info.f_bavail : (fsblkcnt_t)freeBytes;
  return 0;
}

int statvfs64(const char *path, struct statvfs64 *out) {
  // The two are one on 64-bit machines.
  return statvfs(path, reinterpret_cast<struct statvfs *>(out));
}

int unlink(const char *path) {
  if (strikes())
    return -1;
  return int(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
}
