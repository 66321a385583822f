//===- Tuning.h - kernels by what they really take ------------------------===//
//
// `--tune=FILE` runs every kernel that more than one way of code is offered for
// and writes what each took; `--tuned=FILE` reads that. The file is the only
// memory: the same command with the same file gives the same bytes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_TUNING_H
#define COMPILER_DRIVER_TUNING_H

#include "compiler/pipelines/Pipelines.h"
#include "llvm/Support/Error.h"
#include <map>

namespace gan {

class Tuning {
public:
  /// What one way of code takes for one call, in seconds of one thread, and
  /// what the plan would have taken it for.
  struct Candidate {
    std::string backend;
    int64_t variant = 0;
    double seconds = 0, estimate = 0;
  };
  struct Kernel {
    std::string name;  // where it was met first
    std::string place; // in a file, if it was read
    llvm::SmallVector<Candidate> candidates;
  };

  /// `options` outlives it.
  static llvm::Expected<Tuning> create(const PipelineOptions &options);

  /// Reads a file; an error names the line and what is wrong in it.
  llvm::Error read(llvm::StringRef path);
  void write(llvm::raw_ostream &out) const;

  /// Gives the offers for a kernel the times that are known.
  void judge(kernel::DefineOp define,
             llvm::SmallVectorImpl<kernel::KernelOffer> &offers);
  /// Measures the offers and their variants before that.
  llvm::LogicalResult measure(kernel::DefineOp define,
                              llvm::ArrayRef<kernel::KernelOffer> offers);

  /// What is wrong in a line that was read, if all kernels have been judged.
  llvm::Error check() const;
  /// Whether a kernel was judged by a line that was read.
  bool isUsed() const { return used; }

private:
  explicit Tuning(const PipelineOptions &options, CpuTarget target)
      : options(options), target(std::move(target)) {}

  const PipelineOptions &options;
  CpuTarget target;                    // that measurements are made for
  std::map<std::string, Kernel> known; // by what it computes
  std::string problem;                 // the first one of a line
  bool used = false;
};

} // namespace gan

#endif // COMPILER_DRIVER_TUNING_H
