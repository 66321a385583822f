//===- Interface.h - inputs and outputs of an inference program -----------===//

#ifndef COMPILER_DRIVER_INTERFACE_H
#define COMPILER_DRIVER_INTERFACE_H

#include "dialects/gan/IR/GanOps.h"
#include "llvm/ADT/StringSet.h"

namespace gan {

/// One input or output, as the program's caller meets it.
struct InterfaceTensor {
  std::string name; // the file's
  mlir::RankedTensorType type;
  bool isOutput;
  bool isBatched;   // axis 0 counts images
  bool isMixed;     // made from all images of a run
  double low, high; // what the pixels of an image stand for, the integers that
                    // an index may be, the numbers that noise is; equal: none
  std::string dtype() const; // f32, f64, i32, i64 or bool
};

/// Outputs first, then inputs, as in a ganrt_function.
llvm::SmallVector<InterfaceTensor> interfaceOf(gan::ProgramOp program);

/// Images of one run; 0 if no axis counts them.
int64_t batchOf(llvm::ArrayRef<InterfaceTensor> tensors);

/// `name` as an identifier of C and C++ that is not in `taken`, and adds it
/// there.
std::string uniqueIdentifier(llvm::StringRef name, llvm::StringSet<> &taken);

/// `name` as an identifier of C and C++.
std::string identifierOf(llvm::StringRef name);

} // namespace gan

#endif // COMPILER_DRIVER_INTERFACE_H
