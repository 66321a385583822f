//===- Diagnostics.cpp - what the reader of a .game file is told ----------===//

#include "frontends/game/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Unicode.h"

#include <algorithm>

using namespace gan::gamelang;

SourceFile::SourceFile(std::string name, std::string text)
    : fileName(std::move(name)), contents(std::move(text)) {
  lineStarts.push_back(0);
  for (size_t i = 0; i < contents.size(); ++i)
    if (contents[i] == '\n')
      lineStarts.push_back(i + 1);
}

SourcePosition SourceFile::position(uint32_t offset) const {
  auto next = std::upper_bound(lineStarts.begin(), lineStarts.end(), offset);
  unsigned line = next - lineStarts.begin();
  return {line, offset - lineStarts[line - 1] + 1};
}

llvm::StringRef SourceFile::line(unsigned number) const {
  size_t begin = lineStarts[number - 1];
  size_t end =
      number < lineStarts.size() ? lineStarts[number] - 1 : contents.size();
  return llvm::StringRef(contents).slice(begin, end).rtrim('\r');
}

Diagnostic &Diagnostic::note(SourceRange at, const llvm::Twine &words) {
  notes.push_back({at, words.str(), true});
  return *this;
}

Diagnostic &Diagnostic::note(const llvm::Twine &words) {
  notes.push_back({{}, words.str(), false});
  return *this;
}

Diagnostics::Diagnostics(const SourceFile &file, size_t errorLimit)
    : file(file), errorLimit(errorLimit) {}

Diagnostic &Diagnostics::add(Diagnostic diagnostic) {
  bool isError = diagnostic.severity == Severity::Error;
  std::string key = llvm::formatv("{0}:{1}:{2}", diagnostic.range.begin,
                                  diagnostic.range.end, diagnostic.text);
  if ((isError && isFull()) || !seen.insert(key).second) {
    dropped = std::move(diagnostic);
    return dropped;
  }
  errorCount += isError;
  list.push_back(std::move(diagnostic));
  return list.back();
}

Diagnostic &Diagnostics::error(SourceRange range, const llvm::Twine &text) {
  return add({Severity::Error, range, text.str(), "", {}});
}

Diagnostic &Diagnostics::warning(llvm::StringRef name, SourceRange range,
                                 const llvm::Twine &text) {
  Diagnostic made{Severity::Warning, range, text.str(), name.str(), {}};
  if (!accepted.contains(name))
    return add(std::move(made));
  dropped = std::move(made);
  return dropped;
}

Diagnostic &Diagnostics::remark(SourceRange range, const llvm::Twine &text) {
  return add({Severity::Note, range, text.str(), "", {}});
}

namespace {
/// Splits one printable unit off the front of `rest`; anything a terminal could
/// act on, or that is no UTF-8, becomes an escape.
std::string takePrintable(llvm::StringRef &rest) {
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(rest.data());
  llvm::UTF32 codePoint = 0;
  const llvm::UTF8 *next = bytes;
  if (llvm::convertUTF8Sequence(&next, bytes + rest.size(), &codePoint,
                                llvm::strictConversion) == llvm::conversionOK &&
      llvm::sys::unicode::isPrintable(codePoint) &&
      // Marks that reorder the text around them could hide what is there.
      !(codePoint >= 0x202A && codePoint <= 0x202E) &&
      !(codePoint >= 0x2066 && codePoint <= 0x2069)) {
    llvm::StringRef unit = rest.take_front(next - bytes);
    rest = rest.drop_front(next - bytes);
    return unit.str();
  }
  unsigned char byte = rest.front();
  rest = rest.drop_front();
  if (byte == '\t')
    return " ";
  return llvm::formatv("\\x{0}", llvm::utohexstr(byte, false, 2)).str();
}

std::string escaped(llvm::StringRef text) {
  std::string out;
  while (!text.empty())
    out += takePrintable(text);
  return out;
}

int displayWidth(llvm::StringRef printable) {
  return std::max(0, llvm::sys::unicode::columnWidthUTF8(printable));
}

/// Prints the line of `range` with the range underlined; of a very long line
/// only the neighbourhood.
void printSourceLine(llvm::raw_ostream &os, const SourceFile &file,
                     SourceRange range) {
  constexpr size_t kBefore = 100, kAfter = 60;
  SourcePosition start = file.position(range.begin);
  llvm::StringRef line = file.line(start.line);
  size_t column = std::min<size_t>(start.column - 1, line.size());
  size_t length =
      std::min<size_t>(range.end - range.begin, line.size() - column);
  size_t from = column > kBefore ? column - kBefore : 0;
  size_t to = std::min(line.size(), column + std::min(length, kAfter) + kAfter);
  auto isContinuation = [&](size_t at) {
    return at < line.size() && (line[at] & 0xC0) == 0x80;
  };
  while (from < column && isContinuation(from))
    ++from;
  while (to > column && isContinuation(to))
    --to;

  std::string before = escaped(line.slice(from, column));
  std::string marked =
      escaped(line.slice(column, std::min(to, column + length)));
  std::string after = escaped(line.slice(std::min(to, column + length), to));
  if (from)
    before = "…" + before;
  os << before << marked << after << (to < line.size() ? "…" : "") << '\n';
  os.indent(displayWidth(before)) << '^';
  for (int i = 1, width = displayWidth(marked); i < width; ++i)
    os << '~';
  os << '\n';
}

void printHead(llvm::raw_ostream &os, const SourceFile &file, SourceRange range,
               Severity severity, llvm::StringRef text) {
  constexpr llvm::StringLiteral kWords[] = {"error", "warning", "note"};
  SourcePosition at = file.position(range.begin);
  os << escaped(file.name()) << ':' << at.line << ':' << at.column << ": "
     << kWords[static_cast<int>(severity)] << ": " << escaped(text);
}
} // namespace

void Diagnostics::print(llvm::raw_ostream &os) const {
  for (const Diagnostic &diagnostic : list) {
    printHead(os, file, diagnostic.range, diagnostic.severity, diagnostic.text);
    if (!diagnostic.warning.empty())
      os << " [" << diagnostic.warning << ']';
    os << '\n';
    printSourceLine(os, file, diagnostic.range);
    for (const DiagnosticNote &note : diagnostic.notes) {
      if (note.located)
        printHead(os, file, note.range, Severity::Note, note.text);
      else
        os << "  note: " << escaped(note.text);
      os << '\n';
    }
  }
  if (isFull())
    os << escaped(file.name()) << ": note: too many errors; stopped here\n";
}

/// Whether the names differ by the order of two neighbours.
static bool isSwapped(llvm::StringRef a, llvm::StringRef b) {
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i])
    ++i;
  return a.size() == b.size() && i + 1 < a.size() && a[i] == b[i + 1] &&
         a[i + 1] == b[i] && a.substr(i + 2) == b.substr(i + 2);
}

std::optional<llvm::StringRef>
gan::gamelang::nearestName(llvm::StringRef name,
                           llvm::ArrayRef<llvm::StringRef> of) {
  // A third of the letters may be wrong; names of one letter are never close.
  // Long names are not compared: the distance costs the product of the lengths.
  if (name.size() > 64)
    return std::nullopt;
  unsigned best = std::max<size_t>(1, name.size() / 3) + 1;
  std::optional<llvm::StringRef> found;
  for (llvm::StringRef candidate : of) {
    if (candidate.equals_insensitive(name))
      return candidate;
    if (candidate.size() < 2 || name.size() < 2 || candidate.size() > 64)
      continue;
    // Two neighbours in the wrong order are one slip.
    unsigned distance = isSwapped(name, candidate)
                            ? 1
                            : candidate.edit_distance(name, true, best);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  if (found || name.size() < 3)
    return found;
  // Else what it is a part of, as `/3/Relu` of `/3/Relu_output_0`.
  for (llvm::StringRef candidate : of)
    if (candidate.contains_insensitive(name) &&
        (!found || candidate.size() < found->size()))
      found = candidate;
  return found;
}

std::string gan::gamelang::didYouMean(llvm::StringRef name,
                                      llvm::ArrayRef<llvm::StringRef> of) {
  std::optional<llvm::StringRef> near = nearestName(name, of);
  return near ? ("; did you mean '" + *near + "'").str() : std::string();
}

std::string gan::gamelang::listOf(llvm::ArrayRef<llvm::StringRef> names) {
  constexpr size_t kMost = 12;
  if (names.empty())
    return "none";
  std::string text = "'" + llvm::join(names.take_front(kMost), "', '") + "'";
  if (names.size() > kMost)
    text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}
