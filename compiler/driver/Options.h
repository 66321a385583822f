//===- Options.h - what a command line asks for ---------------------------===//

#ifndef COMPILER_DRIVER_OPTIONS_H
#define COMPILER_DRIVER_OPTIONS_H

#include "compiler/backends/Backend.h"
#include "compiler/pipelines/Phases.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringMap.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gan {

/// Exit statuses of all our programs.
enum ExitStatus : int {
  kExitDone = 0,
  kExitWrongInput = 1,
  kExitNumericCheck = 65,
  kExitInternal = 70,
  kExitDisk = 74
};

/// What an output is.
enum class Form {
  Executable,
  Shared,     // .so
  Archive,    // .a
  Object,     // .o
  Assembly,   // .s, of the kernels
  LLVM,       // .ll, of the kernels
  Header,     // .h
  Relocatable // objects in one, symbols as they are
};

/// Whether a form is the text of the kernels alone.
inline bool isKernelText(Form form) {
  return form == Form::Assembly || form == Form::LLVM;
}

struct Options {
  std::string input;
  std::string output;
  std::optional<Form> form;         // --emit; else the output's suffix
  std::string name;                 // --name, of symbols and header
  std::optional<int64_t> batch;     // --batch=N
  llvm::StringMap<int64_t> batches; // --batch=x:N
  llvm::StringMap<llvm::SmallVector<int64_t>> shapes;
  llvm::StringMap<double> constants; // -D NAME=VALUE
  std::optional<Phase> stopAfter;
  std::string dumpDirectory;
  std::string levels = "x86-64-v3,x86-64-v4"; // -march
  Numerics numerics = Numerics::Fast;
  std::optional<llvm::SmallVector<DeviceTarget>> devices; // --device
  uint64_t deviceBlock = uint64_t(1) << 27; // --device-block, bytes
  bool cubin = false;                       // --cubin
  std::string backend;     // --backend; empty: the cheapest for each kernel
  bool chains = true;      // --no-chains
  std::string tune, tuned; // --tune, --tuned: files of kernels' times
  std::string executable;  // this program, to find what lies beside it
  bool printIr = false;    // --mlir-print-ir-after-all
  bool json = false;       // --json
  std::vector<std::string> acceptedWarnings; // -Wno-NAME
  bool warningsAreErrors = false;            // -Werror
  /// For tests: adds passes behind those of a phase.
  std::function<void(Phase, mlir::OpPassManager &)> addPasses;
};

/// What the output is to be.
Form formOf(const Options &options);

/// What the output calls itself: `--name`, or the output's base name without
/// `lib`.
std::string nameOf(const Options &options);

/// Compiles as the options say; returns an exit status. What went wrong has
/// been printed to the standard error.
int compile(const Options &options);

/// Prints inputs, state, plan and memory of a model, game or dump.
int inspect(const Options &options);

/// The whole of `ganc`: verbs, flags, help. `options` are what the command line
/// starts from.
int runGanc(int argc, char **argv, Options options = {});

} // namespace gan

#endif // COMPILER_DRIVER_OPTIONS_H
