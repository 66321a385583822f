//===- Compilation.h - one run of the compiler ------------------*- C++ -*-===//
//
//  1. Refuse an output that cannot be written, before anything else.
//  2. Import, then run the phases on MLIR, dumping after each where asked
//     (Compile.cpp).
//  3. Generate code for every kernel, make objects, write tables and weights;
//     link to a temporary name and rename (Generate.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_COMPILATION_H
#define COMPILER_DRIVER_COMPILATION_H

#include "compiler/backends/Backend.h"
#include "compiler/driver/ArtefactTables.h"
#include "compiler/driver/DeviceKernels.h"
#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Import.h"
#include "compiler/driver/Kernels.h"
#include "compiler/driver/Library.h"
#include "compiler/driver/Link.h"
#include "compiler/driver/Tuning.h"
#include "compiler/pipelines/Pipelines.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace gan {

/// One run of the compiler.
class Compilation {
public:
  explicit Compilation(const Options &options) : options(options) {
    input.files.push_back(inputPath(options));
    if (llvm::sys::fs::is_directory(options.input)) // a dump of code
      input.files.push_back(options.input);
    if (!options.tuned.empty())
      input.files.push_back(options.tuned);
  }
  ~Compilation() {
    if (temporary.empty())
      return;
    // What cannot be removed stays in the folder of temporary files.
    std::error_code ignored = llvm::sys::fs::remove_directories(temporary);
    (void)ignored;
  }

  int run();
  int runInspect();
  /// Whether it failed because no code could be made of a chain of filters; it
  /// may succeed without chains.
  bool hasRefusedChain() const { return refusesChain; }

private:
  // The whole and its phases (Compile.cpp).
  int checkOutputName();
  int checkFiles();
  int begin();
  int prepare();
  int prepareTuning();
  int checkTuning();
  int checkLateFlags();
  int chooseDevices();
  int verifyPlan();
  int runPhases(Phase last);
  int dump(Phase phase);
  int dumpFolder(Phase phase,
                 llvm::function_ref<llvm::Error(llvm::StringRef)> write);
  std::string dumpPath(Phase phase, llvm::StringRef suffix);
  int makeFolder(llvm::StringRef path);
  int writeModule(llvm::StringRef path, Phase phase);
  int copyWeights(llvm::StringRef folder, llvm::StringRef name);

  // Code, tables, weights (Generate.cpp).
  int generate();
  int describe(Library &library);
  int writeKernels(KernelModules &kernels);
  int writeKernelText(KernelModules &kernels);
  int emitKernels(KernelModules &kernels, std::vector<std::string> &objects);
  int emitTables(ArtefactNames &names, const Library *library,
                 std::vector<std::string> &objects);
  int emitWeights(llvm::StringRef symbol, std::vector<std::string> &objects);
  int package(LinkJob &job);

  // Files and failures.
  int writeOutput(llvm::StringRef path,
                  llvm::function_ref<void(llvm::raw_ostream &)> write);
  int writeObject(llvm::StringRef name, llvm::ArrayRef<char> bytes,
                  std::vector<std::string> &objects);
  int replaceOutput(const llvm::Twine &path,
                    llvm::function_ref<llvm::Error(llvm::StringRef)> write);
  std::string inTemporary(llvm::StringRef name) {
    llvm::SmallString<256> path(temporary);
    llvm::sys::path::append(path, name);
    return std::string(path);
  }
  int fail(const llvm::Twine &message, int status = kExitWrongInput) {
    llvm::errs() << "ganc: error: " << message << "\n";
    return status;
  }
  /// What the system could not do is no internal error.
  int fail(llvm::Error error, int status = kExitInternal) {
    std::string message;
    llvm::handleAllErrors(
        std::move(error), [&](const llvm::ErrorInfoBase &info) {
          message = info.message();
          if (status == kExitInternal &&
              info.convertToErrorCode() != llvm::inconvertibleErrorCode())
            status = kExitDisk;
        });
    return fail(message, status);
  }

  const Options &options;
  std::string temporary; // private folder
  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<DiagnosticPrinter> diagnostics;
  Imported input;
  std::vector<std::unique_ptr<Backend>> backends;
  PipelineOptions pipeline;
  DeviceKernels deviceKernels;
  std::optional<Tuning> tuning;
  bool refusesChain = false;
};

} // namespace gan

#endif // COMPILER_DRIVER_COMPILATION_H
