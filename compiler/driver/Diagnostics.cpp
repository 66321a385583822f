//===- Diagnostics.cpp - what users read about MLIR's diagnostics ---------===//

#include "compiler/driver/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace gan;

/// The place, the severity and the sentence; control characters are escaped.
static void print(Diagnostic &diagnostic) {
  auto print = [](Diagnostic &one, StringRef severity, StringRef indent) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    stream << indent;
    LocationAttr location = one.getLocation();
    while (true) {
      if (auto name = dyn_cast<NameLoc>(location)) {
        if (isa<UnknownLoc>(name.getChildLoc()))
          break;
        location = name.getChildLoc();
      } else if (auto fused = dyn_cast<FusedLoc>(location)) {
        location = fused.getLocations().front();
      } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
        location = call.getCaller();
      } else {
        break;
      }
    }
    if (auto file = dyn_cast<FileLineColLoc>(location)) {
      stream << file.getFilename().getValue() << ":";
      if (file.getLine()) // a model has no lines
        stream << file.getLine() << ":" << file.getColumn() << ":";
      stream << " ";
    }
    stream << severity << ": ";
    if (auto name = dyn_cast<NameLoc>(location))
      stream << "at '" << name.getName().getValue() << "': ";
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
  print(diagnostic, severity, "");
  for (Diagnostic &note : diagnostic.getNotes())
    print(note, "note", "  ");
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
