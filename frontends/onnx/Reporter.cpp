//===- Reporter.cpp - what is wrong with a model, all at once -------------===//

#include "frontends/onnx/Reporter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <cstdio>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static constexpr unsigned kMostErrors = 100;
static constexpr size_t kMostCharacters = 200;

std::string onnximport::quoted(StringRef name) {
  bool cut = name.size() > kMostCharacters;
  StringRef shown = name.take_front(kMostCharacters);
  // A cut may split a character: then its bytes are escaped.
  bool valid = llvm::json::isUTF8(shown);
  std::string text = "'";
  for (unsigned char c : shown) {
    if (c < 0x20 || c == 0x7f || (c >= 0x80 && !valid)) {
      text += "\\x";
      text += llvm::toHex(StringRef(reinterpret_cast<char *>(&c), 1));
    } else {
      text += c;
    }
  }
  return text + (cut ? "…'" : "'");
}

std::string onnximport::textOf(double number) {
  char text[32];
  snprintf(text, sizeof(text), "%g", number);
  return text;
}

void Reporter::error(const Twine &message, ArrayRef<std::string> notes) {
  if (++count > kMostErrors + 1)
    return;
  if (count > kMostErrors) {
    emitError(location) << "too many errors; the rest is not shown";
    return;
  }
  InFlightDiagnostic diagnostic = emitError(location) << message;
  for (const std::string &note : notes)
    diagnostic.attachNote(location) << note;
}

void Reporter::warning(const Twine &message) {
  emitWarning(location) << message;
}
