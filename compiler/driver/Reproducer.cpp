//===- Reproducer.cpp - what is left behind by an internal error ----------===//

#include "compiler/driver/Reproducer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <unistd.h>

using namespace mlir;
using namespace gan;

namespace {

/// Hands MLIR a stream into a string.
struct StringReproducer : public ReproducerStream {
  explicit StringReproducer(std::shared_ptr<std::string> text)
      : text(std::move(text)), stream(*this->text) {
    this->text->clear();
  }
  StringRef description() override { return "memory"; }
  raw_ostream &os() override { return stream; }

  std::shared_ptr<std::string> text;
  llvm::raw_string_ostream stream;
};

} // namespace

Reproducer::Reproducer(PassManager &passes)
    : text(std::make_shared<std::string>()) {
  passes.enableCrashReproducerGeneration(
      [text = text](std::string &) {
        return std::make_unique<StringReproducer>(text);
      },
      /*genLocalReproducer=*/true);
}

std::string gan::reproducerPath(Phase phase, const Options &options) {
  llvm::SmallString<256> path(options.dumpDirectory.empty() &&
                                      options.output != "-"
                                  ? llvm::sys::path::parent_path(options.output)
                                  : StringRef(options.dumpDirectory));
  llvm::sys::path::append(path, "reproducer-" + nameOf(phase).str() + ".mlir");
  return std::string(path);
}

/// Writes the reproducer of `phase` and says how to replay it: `command` around
/// its path.
static int leave(Phase phase, StringRef text, const Options &options,
                 StringRef command, StringRef behind = "") {
  std::string path = reproducerPath(phase, options);
  std::error_code code;
  llvm::raw_fd_ostream out(path, code);
  if (!code) {
    out << text;
    out.close();
    code = out.error();
    out.clear_error();
  }
  if (code)
    llvm::errs() << "  note: cannot write a reproducer to '" << path
                 << "': " << code.message() << "\n";
  else
    llvm::errs() << "  note: replay it with: " << command << path << behind
                 << "\n";
  return kExitInternal;
}

int Reproducer::report(Phase phase, StringRef pass,
                       const Options &options) const {
  llvm::errs() << "ganc: internal error: pass '" << pass << "' of phase '"
               << nameOf(phase) << "' failed\n";
  return leave(phase, *text, options, "gan-opt --run-reproducer ");
}

int gan::reportKernel(ModuleOp module, StringRef kernel,
                      const Options &options) {
  llvm::errs() << "ganc: internal error: kernel '" << kernel << "' of phase '"
               << nameOf(Phase::Codegen) << "' failed\n";
  std::string text;
  llvm::raw_string_ostream(text) << module << "\n";
  return leave(
      Phase::Codegen, text, options, "ganc ",
      (options.backend.empty() ? "" : " --backend=" + options.backend) +
          " -march=" + options.levels + " --stop-after=codegen -o replay");
}

//===----------------------------------------------------------------------===//
// Crashes outside of passes
//===----------------------------------------------------------------------===//

namespace {
struct CrashWords {
  std::string path, text, sentence;
};
} // namespace

static CrashWords *crashWords = nullptr;

static void writeAll(int file, const std::string &text) {
  for (size_t at = 0; at < text.size();) {
    ssize_t written = ::write(file, text.data() + at, text.size() - at);
    if (written <= 0)
      return;
    at += written;
  }
}

/// Async-signal safe: only open, write, close and _exit.
static void onCrash(void *) {
  if (!crashWords)
    return; // in a pass: the pass manager recovers
  int file = -1;
  if (!crashWords->path.empty())
    file = ::open(crashWords->path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0) {
    writeAll(file, crashWords->text);
    ::close(file);
  }
  writeAll(STDERR_FILENO, crashWords->sentence);
  ::_exit(kExitInternal);
}

CrashGuard::CrashGuard(std::string path, std::string text,
                       std::string sentence) {
  static bool once = (llvm::sys::AddSignalHandler(onCrash, nullptr), true);
  (void)once;
  crashWords =
      new CrashWords{std::move(path), std::move(text), std::move(sentence)};
}

CrashGuard::~CrashGuard() {
  delete crashWords;
  crashWords = nullptr;
}
