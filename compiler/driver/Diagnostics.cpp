//===- Diagnostics.cpp - what users read about MLIR's diagnostics ---------===//

#include "compiler/driver/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace gan;

/// `game.game:3:7: `, or `model.onnx: ` for what has no lines; `name` is what
/// stands there then.
static std::string placeOf(LocationAttr location, StringRef &name) {
  StringRef innermost;
  while (true) {
    if (auto named = dyn_cast<NameLoc>(location)) {
      innermost = named.getName().getValue();
      location = named.getChildLoc();
    } else if (auto fused = dyn_cast<FusedLoc>(location)) {
      location = fused.getLocations().front();
    } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
      location = call.getCaller();
    } else {
      break;
    }
  }
  auto file = dyn_cast<FileLineColLoc>(location);
  if (!file || file.getLine() == 0)
    name = innermost;
  if (!file)
    return "";
  std::string place = file.getFilename().getValue().str() + ":";
  if (file.getLine() != 0)
    place += std::to_string(file.getLine()) + ":" +
             std::to_string(file.getColumn()) + ":";
  return place + " ";
}

/// The place, the severity and the sentence; control characters are escaped. A
/// note about the same place does not repeat it.
static void print(Diagnostic &diagnostic) {
  auto printOne = [&](Diagnostic &one, StringRef severity, StringRef indent) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    StringRef name;
    std::string place = placeOf(one.getLocation(), name);
    bool isRepeated =
        &one != &diagnostic && one.getLocation() == diagnostic.getLocation();
    stream << indent << (isRepeated ? "" : place) << severity << ": ";
    if (!name.empty() && !isRepeated)
      stream << "at '" << name << "': ";
    stream << one;
    for (char c : text) {
      if (static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t')
        llvm::errs() << llvm::format("\\x%02x", c);
      else
        llvm::errs() << c;
    }
    llvm::errs() << "\n";
  };
  StringRef severity =
      diagnostic.getSeverity() == DiagnosticSeverity::Error     ? "error"
      : diagnostic.getSeverity() == DiagnosticSeverity::Warning ? "warning"
                                                                : "note";
  printOne(diagnostic, severity, "");
  for (Diagnostic &note : diagnostic.getNotes())
    printOne(note, "note", "  ");
}

/// What the pass manager says about a pass that failed is for us.
static bool isAboutPasses(Diagnostic &diagnostic) {
  return StringRef(diagnostic.str())
      .starts_with("Failures have been detected while processing an MLIR pass");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context) {
  context->printOpOnDiagnostic(false);
  context->getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    if (isAboutPasses(diagnostic)) {
      // The name stands between backquotes, then what it ran on.
      for (Diagnostic &note : diagnostic.getNotes())
        failedPass = StringRef(note.str()).split('`').second.split('`').first;
      return success();
    }
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    print(diagnostic);
    return success();
  });
}
