//===- DiagnosticVerifier.cpp - compare diagnostics with comments ---------===//

#include "tests/support/game-parse/DiagnosticVerifier.h"

#include "llvm/Support/Regex.h"

using namespace gan::gamelang;

namespace {
struct Expected {
  unsigned line;
  std::string severity, text;
  bool isMet = false;
};

std::vector<Expected> readExpected(const SourceFile &file) {
  static const llvm::Regex comment(
      "#.*expected-(error|warning|note)(@([+-][0-9]+))? [{][{](.*)[}][}]");
  std::vector<Expected> expected;
  unsigned lines = file.position(file.text().size()).line;
  for (unsigned line = 1; line <= lines; ++line) {
    llvm::SmallVector<llvm::StringRef> groups;
    if (!comment.match(file.line(line), &groups))
      continue;
    int offset = 0;
    llvm::StringRef shift = groups[3];
    shift.consume_front("+");
    shift.getAsInteger(10, offset);
    expected.push_back({line + offset, groups[1].str(), groups[4].str()});
  }
  return expected;
}
} // namespace

bool gan::gamelang::verifyDiagnostics(const Diagnostics &diagnostics,
                                      llvm::raw_ostream &os) {
  const SourceFile &file = diagnostics.source();
  std::vector<Expected> expected = readExpected(file);
  bool good = true;
  auto meet = [&](llvm::StringRef severity, SourceRange range,
                  const std::string &text) {
    unsigned line = file.position(range.begin).line;
    for (Expected &candidate : expected)
      if (!candidate.isMet && candidate.line == line &&
          candidate.severity == severity &&
          llvm::StringRef(text).contains(candidate.text)) {
        candidate.isMet = true;
        return;
      }
    os << file.name() << ':' << line << ": unexpected " << severity << ": "
       << text << '\n';
    good = false;
  };
  static const llvm::StringRef words[] = {"error", "warning", "note"};
  for (const Diagnostic &diagnostic : diagnostics.all()) {
    meet(words[static_cast<int>(diagnostic.severity)], diagnostic.range,
         diagnostic.text);
    for (const DiagnosticNote &note : diagnostic.notes)
      if (note.located)
        meet("note", note.range, note.text);
  }
  for (const Expected &candidate : expected)
    if (!candidate.isMet) {
      os << file.name() << ':' << candidate.line << ": missing "
         << candidate.severity << ": " << candidate.text << '\n';
      good = false;
    }
  return good;
}
