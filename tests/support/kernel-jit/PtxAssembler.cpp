//===- PtxAssembler.cpp - what ptxas makes of a kernel --------------------===//

#include "tests/support/kernel-jit/PtxAssembler.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace gan::testing;
using llvm::StringRef;

static llvm::cl::opt<std::string>
    assembler("ptxas", llvm::cl::desc("assemble what is made for cuda"));

bool gan::testing::hasPtxAssembler() { return !assembler.empty(); }

/// The number before `unit` in a line of the assembler.
static unsigned numberBefore(StringRef line, StringRef unit) {
  llvm::SmallVector<StringRef> found;
  unsigned number = 0;
  if (llvm::Regex(("([0-9]+) " + unit).str()).match(line, &found))
    found[1].getAsInteger(10, number);
  return number;
}

static std::vector<PtxResources> parse(StringRef log) {
  std::vector<PtxResources> all;
  llvm::SmallVector<StringRef> lines, found;
  log.split(lines, '\n');
  for (StringRef line : lines) {
    if (llvm::Regex("Compiling entry function '([^']*)'").match(line, &found))
      all.push_back({found[1].str()});
    if (all.empty())
      continue;
    if (line.contains("bytes stack frame")) {
      all.back().stackBytes = numberBefore(line, "bytes stack frame");
      all.back().spillBytes = numberBefore(line, "bytes spill stores") +
                              numberBefore(line, "bytes spill loads");
    }
    if (line.contains("registers")) {
      all.back().registers = numberBefore(line, "registers");
      all.back().sharedBytes = numberBefore(line, "bytes smem");
    }
  }
  return all;
}

llvm::Expected<std::vector<PtxResources>>
gan::testing::assemblePtx(StringRef text, StringRef arch) {
  llvm::SmallString<128> source, object, log;
  for (auto [suffix, path] :
       {std::pair("ptx", &source), {"cubin", &object}, {"log", &log}})
    if (std::error_code error =
            llvm::sys::fs::createTemporaryFile("kernel", suffix, *path))
      return llvm::createStringError(error, "cannot make a temporary file");
  {
    std::error_code error;
    llvm::raw_fd_ostream(source, error) << text;
  }
  std::string architecture = ("-arch=" + arch).str();
  StringRef arguments[] = {assembler, architecture, "-v", "-o", object, source};
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log),
                                          StringRef(log)};
  std::string problem;
  int code = llvm::sys::ExecuteAndWait(assembler, arguments, std::nullopt,
                                       redirects, 0, 0, &problem);
  auto said = llvm::MemoryBuffer::getFile(log);
  std::string words = said ? (*said)->getBuffer().str() : problem;
  for (StringRef path : {StringRef(source), StringRef(object), StringRef(log)})
    llvm::sys::fs::remove(path);
  if (code != 0)
    return llvm::createStringError("ptxas: " + words + problem);
  return parse(words);
}
