//===- Link.cpp - objects to an executable --------------------------------===//

#include "compiler/driver/Link.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

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

Error gan::link(const LinkJob &job, StringRef folder) {
  auto libc = systemLibrary("libc.so.6"), libm = systemLibrary("libm.so.6");
  if (!libc)
    return libc.takeError();
  if (!libm)
    return libm.takeError();
  std::vector<std::string> args = {
      "ld.lld", "-o", job.output, "--gc-sections",    "--build-id=none", "-z",
      "relro",  "-z", "now",      "--hash-style=gnu", "--strip-all"};
  auto add = [&](std::initializer_list<std::string> more) {
    args.insert(args.end(), more);
  };
  add({"-pie", "--dynamic-linker=/lib64/ld-linux-x86-64.so.2",
       "--entry=_start"});
  for (const std::string &object : job.objects)
    args.push_back(object);
  auto archive = [&](StringRef name) { return (folder + "/" + name).str(); };
  args.push_back(archive(job.commandLine));
  add({"--start-group", archive("libganrt.a"), archive("libpng.a"),
       archive("libz.a"), "--end-group", *libc, *libm});

  std::vector<const char *> argv;
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());
  std::string errors, words;
  raw_string_ostream err(errors), out(words);
  lld::Result result =
      lld::lldMain(argv, out, err, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return createStringError(inconvertibleErrorCode(),
                             StringRef(errors).rtrim());
  return Error::success();
}
