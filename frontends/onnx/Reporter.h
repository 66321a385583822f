//===- Reporter.h - what is wrong with a model, all at once ---------------===//

#ifndef FRONTENDS_ONNX_REPORTER_H
#define FRONTENDS_ONNX_REPORTER_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/Twine.h"
#include <string>

namespace gan::onnximport {

/// A name from a file as it may reach a terminal: in single quotes, control
/// characters and broken UTF-8 escaped, long names cut.
std::string quoted(llvm::StringRef name);

/// A number as a sentence shows it.
std::string textOf(double number);

/// Emits errors and counts them. After the first hundred it is silent: one
/// cause repeated a million times helps nobody.
class Reporter {
public:
  explicit Reporter(mlir::Location location) : location(location) {}

  void error(const llvm::Twine &message,
             llvm::ArrayRef<std::string> notes = {});
  void warning(const llvm::Twine &message);

  unsigned errors() const { return count; }
  bool failed() const { return count != 0; }

private:
  mlir::Location location;
  unsigned count = 0;
};

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_REPORTER_H
