//===- fault_injection.h - system calls that fail when asked to -----------===//
//
// The definitions in fault_injection.cc stand in front of the C library's.
// While armed, the n-th of them fails in the way of its kind; otherwise they
// only pass on. One program under test, one thread.
//
#ifndef TESTS_RUNTIME_TRAIN_FAULT_INJECTION_H
#define TESTS_RUNTIME_TRAIN_FAULT_INJECTION_H

enum class Fault {
  NoSpace,     // ENOSPC
  Broken,      // EIO
  Interrupted, // EINTR, and the call did nothing
  Short,       // a write of half the bytes
  Dropped,     // reports success and does nothing: fsync of a folder, rename
  Killed,      // the process is gone before the call
};

/// The n-th call from now on fails; n counts from 0.
void armFault(Fault fault, int n);
/// Back to normal; true if the fault has happened.
bool disarmFault();
/// What statvfs says is free from now on; negative: what is.
void pretendFreeBytes(long long bytes);

#endif // TESTS_RUNTIME_TRAIN_FAULT_INJECTION_H
