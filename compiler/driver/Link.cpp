//===- Link.cpp - objects to an artefact ----------------------------------===//

#include "compiler/driver/Link.h"
#include "compiler/driver/OutputFile.h"
#include "lld/Common/Driver.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/Binary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

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

/// Runs lld with these arguments behind `ld.lld`, to write `output`.
static Error runLinker(ArrayRef<std::string> args, const std::string &output) {
  std::vector<const char *> argv = {"ld.lld"};
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());
  std::string errors, words;
  raw_string_ostream err(errors), out(words);
  lld::Result result =
      lld::lldMain(argv, out, err, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return Error::success();
  // All else that the linker can say is about objects that we made.
  StringRef sentence = StringRef(errors).trim();
  bool isOutput = sentence.contains("failed to open " + output) ||
                  sentence.contains("cannot open output file " + output);
  return createStringError(isOutput ? make_error_code(std::errc::io_error)
                                    : inconvertibleErrorCode(),
                           sentence);
}

/// An executable or a shared library.
static Error linkImage(const LinkJob &job, StringRef folder) {
  auto libc = systemLibrary("libc.so.6"), libm = systemLibrary("libm.so.6");
  if (!libc)
    return libc.takeError();
  if (!libm)
    return libm.takeError();
  std::vector<std::string> args = {
      "-o",    job.output, "--gc-sections", "--build-id=none",  "-z",
      "relro", "-z",       "now",           "--hash-style=gnu", "--strip-all"};
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
  return runLinker(args, job.output);
}

/// Makes hidden symbols local.
static Expected<SmallString<0>> localizeHidden(StringRef path) {
  auto binary = object::createBinary(path);
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  config.Common.InputFilename = config.Common.OutputFilename = path;
  config.ELF.LocalizeHidden = true;
  SmallString<0> bytes;
  raw_svector_ostream stream(bytes);
  if (Error error =
          objcopy::executeObjcopyOnBinary(config, *binary->getBinary(), stream))
    return std::move(error);
  return bytes;
}

/// One object, or an archive with one.
static Error linkObject(const LinkJob &job) {
  std::vector<std::string> args = {"-r", "-o", job.output};
  args.insert(args.end(), job.objects.begin(), job.objects.end());
  if (Error error = runLinker(args, job.output))
    return error;
  if (job.form == Form::Relocatable)
    return Error::success();
  auto bytes = localizeHidden(job.output);
  if (!bytes)
    return bytes.takeError();
  if (job.form == Form::Archive) {
    NewArchiveMember member(MemoryBufferRef(*bytes, job.name));
    return writeArchive(job.output, member, SymtabWritingMode::NormalSymtab,
                        object::Archive::K_GNU, /*Deterministic=*/true,
                        /*Thin=*/false);
  }
  return gan::writeFile(job.output, [&](raw_ostream &out) { out << *bytes; });
}

Error gan::link(const LinkJob &job, StringRef folder) {
  return job.form == Form::Executable || job.form == Form::Shared
             ? linkImage(job, folder)
             : linkObject(job);
}
