//===- Link.cpp - objects to an artefact ----------------------------------===//

#include "compiler/driver/Link.h"
#include "compiler/driver/OutputFile.h"
#include "lld/Common/Driver.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <thread>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using gan::Form;
using gan::LinkJob;

StringRef gan::startCode() {
  // System V AMD64 ABI, 3.4.1: the stack pointer is at argc, rdx holds what
  // must run at exit. A null init makes the C library run .init_array itself.
  return R"(
  .text
  .globl _start
  .type _start, @function
_start:
  xorl %ebp, %ebp
  movq %rdx, %r9
  movq (%rsp), %rsi
  leaq 8(%rsp), %rdx
  andq $-16, %rsp
  pushq %rax
  pushq %rsp
  xorl %r8d, %r8d
  xorl %ecx, %ecx
  movq main@GOTPCREL(%rip), %rdi
  call *__libc_start_main@GOTPCREL(%rip)
  hlt
)";
}

Expected<std::string> gan::runtimeFolder(StringRef executable) {
  SmallString<256> folder(sys::path::parent_path(executable));
  for (StringRef candidate : {"../lib/ganc", "../lib"}) {
    SmallString<256> path(folder);
    sys::path::append(path, candidate);
    SmallString<256> archive(path);
    sys::path::append(archive, "libganrt.a");
    if (sys::fs::exists(archive))
      return std::string(path);
  }
  return createStringError(inconvertibleErrorCode(),
                           "libganrt.a was not found beside '" + executable +
                               "'");
}

/// The C library's own file, as the dynamic linker will find it.
static Expected<std::string> systemLibrary(StringRef name) {
  for (StringRef folder : {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
                           "/lib64", "/usr/lib64", "/lib", "/usr/lib"}) {
    SmallString<128> path(folder);
    sys::path::append(path, name);
    if (sys::fs::exists(path))
      return std::string(path);
  }
  return createStringError(inconvertibleErrorCode(),
                           name + " was not found on this machine");
}

/// Runs lld with these arguments behind `ld.lld -o …`; the result goes to
/// `output`. lld maps a file that it writes, and a full disk under a mapping is
/// a signal; a pipe it writes like any other stream.
static Error runLinker(ArrayRef<std::string> args, raw_ostream &output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return errorCodeToError(errnoAsErrorCode());
  std::thread reader([&] {
    std::vector<char> piece(1 << 16);
    for (;;) {
      ssize_t size =
          sys::RetryAfterSignal(-1, read, ends[0], piece.data(), piece.size());
      if (size <= 0)
        return;
      output.write(piece.data(), size);
    }
  });
  std::string name = "/proc/self/fd/" + std::to_string(ends[1]);
  std::vector<const char *> argv = {"ld.lld", "-o", name.c_str()};
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());
  std::string errors, words;
  raw_string_ostream err(errors), out(words);
  lld::Result result =
      lld::lldMain(argv, out, err, {{lld::Gnu, &lld::elf::link}});
  close(ends[1]);
  reader.join();
  close(ends[0]);
  if (result.retCode == 0)
    return Error::success();
  // What the linker can say is about objects that we made.
  return createStringError(inconvertibleErrorCode(), StringRef(errors).trim());
}

/// The same, to a file.
static Error writeLinked(ArrayRef<std::string> args, StringRef path) {
  Error linked = Error::success();
  Error written = gan::writeFile(
      path, [&](raw_ostream &out) { linked = runLinker(args, out); });
  return joinErrors(std::move(linked), std::move(written));
}

/// An executable or a shared library.
static Error linkImage(const LinkJob &job, StringRef folder) {
  auto libc = systemLibrary("libc.so.6"), libm = systemLibrary("libm.so.6");
  if (!libc)
    return libc.takeError();
  if (!libm)
    return libm.takeError();
  std::vector<std::string> args = {
      "--gc-sections", "--build-id=none",  "-z",         "relro", "-z",
      "now",           "--hash-style=gnu", "--strip-all"};
  auto add = [&](std::initializer_list<std::string> more) {
    args.insert(args.end(), more);
  };
  if (job.form == Form::Shared)
    add({"-shared", "-soname", job.name, "-z", "defs", "--exclude-libs=ALL"});
  else
    add({"-pie", "--dynamic-linker=/lib64/ld-linux-x86-64.so.2",
         "--entry=_start"});
  for (const std::string &object : job.objects)
    args.push_back(object);
  auto archive = [&](StringRef name) { return (folder + "/" + name).str(); };
  if (job.form == Form::Executable)
    args.push_back(archive(job.commandLine));
  add({"--start-group", archive("libganrt.a"), archive("libpng.a"),
       archive("libz.a"), "--end-group", *libc, *libm});
  return writeLinked(args, job.output);
}

/// Makes hidden symbols local.
static Expected<SmallString<0>> localizeHidden(MemoryBufferRef object) {
  auto binary = object::createBinary(object);
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  config.Common.InputFilename = config.Common.OutputFilename =
      object.getBufferIdentifier();
  config.ELF.LocalizeHidden = true;
  SmallString<0> bytes;
  raw_svector_ostream stream(bytes);
  if (Error error = objcopy::executeObjcopyOnBinary(config, **binary, stream))
    return std::move(error);
  return bytes;
}

/// One object, or an archive with one.
static Error linkObject(const LinkJob &job) {
  std::vector<std::string> args = {"-r"};
  args.insert(args.end(), job.objects.begin(), job.objects.end());
  if (job.form == Form::Relocatable)
    return writeLinked(args, job.output);
  SmallString<0> linked;
  raw_svector_ostream stream(linked);
  if (Error error = runLinker(args, stream))
    return error;
  auto bytes = localizeHidden(MemoryBufferRef(linked, job.name));
  if (!bytes)
    return bytes.takeError();
  if (job.form == Form::Archive) {
    NewArchiveMember member(MemoryBufferRef(*bytes, job.name));
    auto archive =
        writeArchiveToBuffer(member, SymtabWritingMode::NormalSymtab,
                             object::Archive::K_GNU, /*Deterministic=*/true,
                             /*Thin=*/false);
    if (!archive)
      return archive.takeError();
    return gan::writeFile(
        job.output, [&](raw_ostream &out) { out << (*archive)->getBuffer(); });
  }
  return gan::writeFile(job.output, [&](raw_ostream &out) { out << *bytes; });
}

Error gan::link(const LinkJob &job, StringRef folder) {
  return job.form == Form::Executable || job.form == Form::Shared
             ? linkImage(job, folder)
             : linkObject(job);
}
