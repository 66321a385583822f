//===- Diagnostics.h - what the reader of a .game file is told ------------===//
//
// A source file with its lines, ranges in it, and an ordered list of errors,
// warnings and notes. Printing never lets a control character of the file
// reach the terminal, however hostile the text.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_DIAGNOSTICS_H
#define FRONTENDS_GAME_DIAGNOSTICS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace gan::gamelang {

/// A half-open range of byte offsets in one source file.
struct SourceRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const SourceRange &other) const {
    return begin == other.begin && end == other.end;
  }
  /// The smallest range that holds both.
  SourceRange through(SourceRange last) const { return {begin, last.end}; }
};

/// Line and column, both counted from 1; the column counts bytes.
struct SourcePosition {
  unsigned line = 1;
  unsigned column = 1;
};

/// The text of one .game file under the name that diagnostics print.
class SourceFile {
public:
  SourceFile(std::string name, std::string text);

  llvm::StringRef name() const { return fileName; }
  llvm::StringRef text() const { return contents; }
  SourcePosition position(uint32_t offset) const;
  /// The line without its line break.
  llvm::StringRef line(unsigned number) const;
  llvm::StringRef text(SourceRange range) const {
    return llvm::StringRef(contents).slice(range.begin, range.end);
  }

private:
  std::string fileName;
  std::string contents;
  std::vector<uint32_t> lineStarts;
};

enum class Severity { Error, Warning, Note };

struct DiagnosticNote {
  SourceRange range;
  std::string text;
  /// A note about the diagnostic itself has no place of its own.
  bool located = true;
};

struct Diagnostic {
  Severity severity;
  SourceRange range;
  std::string text;
  /// Name that `allow NAME` and `-Wno-NAME` take; warnings only.
  std::string warning;
  std::vector<DiagnosticNote> notes;

  Diagnostic &note(SourceRange at, const llvm::Twine &words);
  Diagnostic &note(const llvm::Twine &words);
};

/// Collects diagnostics in the order they were found. A second one of the same
/// text at the same place is dropped, for a macro may be expanded many times.
class Diagnostics {
public:
  explicit Diagnostics(const SourceFile &file, size_t errorLimit = 20);

  Diagnostic &error(SourceRange range, const llvm::Twine &text);
  Diagnostic &warning(llvm::StringRef name, SourceRange range,
                      const llvm::Twine &text);
  Diagnostic &remark(SourceRange range, const llvm::Twine &text);

  /// Warnings of this name are dropped from now on.
  void accept(llvm::StringRef warning) { accepted.insert(warning); }

  /// Warnings wait until there is no error, for they may only repeat one.
  void dropWarnings() {
    llvm::erase_if(list, [](const Diagnostic &diagnostic) {
      return diagnostic.severity != Severity::Error;
    });
  }

  bool hasWarnings() const {
    return llvm::any_of(list, [](const Diagnostic &diagnostic) {
      return diagnostic.severity == Severity::Warning;
    });
  }
  bool hasErrors() const { return errorCount != 0; }
  /// True once so many errors were found that going on helps nobody.
  bool isFull() const { return errorCount >= errorLimit; }
  const SourceFile &source() const { return file; }
  const std::deque<Diagnostic> &all() const { return list; }
  void print(llvm::raw_ostream &os) const;

private:
  Diagnostic &add(Diagnostic diagnostic);

  const SourceFile &file;
  size_t errorLimit;
  size_t errorCount = 0;
  llvm::StringSet<> accepted;
  llvm::StringSet<> seen;
  /// A deque keeps references valid while more is added.
  std::deque<Diagnostic> list;
  /// Takes what is dropped, so that callers may add notes without asking.
  Diagnostic dropped;
};

/// The candidate that is spelled most like `name`, if one is close enough to
/// have been meant.
std::optional<llvm::StringRef> nearestName(llvm::StringRef name,
                                           llvm::ArrayRef<llvm::StringRef> of);

/// `; did you mean 'x'`, or nothing.
std::string didYouMean(llvm::StringRef name,
                       llvm::ArrayRef<llvm::StringRef> of);

/// `'a', 'b'`; of many the first, and how many more there are.
std::string listOf(llvm::ArrayRef<llvm::StringRef> names);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_DIAGNOSTICS_H
