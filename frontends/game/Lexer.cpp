//===- Lexer.cpp - words of the .game language ----------------------------===//

#include "frontends/game/Lexer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"

using namespace gan::gamelang;
using llvm::StringRef;

llvm::ArrayRef<StringRef> gan::gamelang::itemWords() {
  static const StringRef words[] = {
      "const", "option", "network", "data",    "sample", "variable",
      "state", "player", "pool",    "augment", "def",    "ema",
      "step",  "show",   "report",  "export",  "allow",  "stage"};
  return words;
}

llvm::ArrayRef<StringRef> gan::gamelang::statementWords() {
  static const StringRef words[] = {"let",   "draw", "repeat",     "together",
                                    "every", "when", "accumulate", "report"};
  return words;
}

llvm::ArrayRef<StringRef> gan::gamelang::expressionWords() {
  static const StringRef words[] = {"where",     "for",      "in",   "and",
                                    "or",        "not",      "true", "false",
                                    "minimises", "maximises"};
  return words;
}

bool gan::gamelang::isReserved(StringRef word) {
  return llvm::is_contained(itemWords(), word) ||
         llvm::is_contained(statementWords(), word) ||
         llvm::is_contained(expressionWords(), word);
}

static bool startsName(char c) { return llvm::isAlpha(c) || c == '_'; }
static bool continuesName(char c) { return llvm::isAlnum(c) || c == '_'; }

Lexer::Lexer(const SourceFile &file, Diagnostics &diagnostics,
             const Limits &limits)
    : text(file.text()), diagnostics(diagnostics), limits(limits) {}

void Lexer::skipBlanks() {
  while (at < text.size()) {
    char c = text[at];
    if (c == '#')
      at = std::min(text.find('\n', at), text.size());
    else if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
      ++at;
    else
      return;
  }
}

Token Lexer::make(TokenKind kind, size_t length) {
  Token token{kind,
              {static_cast<uint32_t>(at), static_cast<uint32_t>(at + length)},
              text.substr(at, length)};
  at += length;
  return token;
}

Token Lexer::fail(size_t length, const llvm::Twine &message) {
  Token token = make(TokenKind::Error, length);
  // One mistake often spoils several characters of its line.
  bool sameLine =
      lastError && !text.slice(*lastError, token.range.begin).contains('\n');
  if (!sameLine)
    diagnostics.error(token.range, message);
  lastError = token.range.begin;
  return token;
}

Token Lexer::word() {
  StringRef rest = text.substr(at);
  size_t length = rest.take_while(continuesName).size();
  if (length > limits.tokenBytes)
    return fail(length, "name of " + llvm::Twine(length) +
                            " bytes is too long (limit " +
                            llvm::Twine(limits.tokenBytes) + ")");
  return make(isReserved(rest.take_front(length)) ? TokenKind::Reserved
                                                  : TokenKind::Name,
              length);
}

Token Lexer::number() {
  StringRef rest = text.substr(at);
  size_t length = rest.take_while(llvm::isDigit).size();
  auto digitAt = [&](size_t i) {
    return i < rest.size() && llvm::isDigit(rest[i]);
  };
  if (length < rest.size() && rest[length] == '.' && digitAt(length + 1))
    length += 1 + rest.substr(length + 1).take_while(llvm::isDigit).size();
  if (length < rest.size() && (rest[length] == 'e' || rest[length] == 'E')) {
    size_t sign = length + 1;
    if (sign < rest.size() && (rest[sign] == '+' || rest[sign] == '-'))
      ++sign;
    if (digitAt(sign))
      length = sign + rest.substr(sign).take_while(llvm::isDigit).size();
  }
  if (length > limits.tokenBytes)
    return fail(length, "number of " + llvm::Twine(length) +
                            " digits is too long (limit " +
                            llvm::Twine(limits.tokenBytes) + ")");
  if (length < rest.size() &&
      (continuesName(rest[length]) || rest[length] == '.')) {
    StringRef whole =
        rest.take_while([](char c) { return continuesName(c) || c == '.'; });
    if (whole.size() == length + 1 && whole.back() == '.')
      return fail(whole.size(), "a digit must follow the point of a number; "
                                "write '" +
                                    whole + "0'");
    if (whole.size() > limits.tokenBytes)
      return fail(whole.size(), "number of " + llvm::Twine(whole.size()) +
                                    " bytes is too long (limit " +
                                    llvm::Twine(limits.tokenBytes) + ")");
    return fail(whole.size(),
                "'" + whole +
                    "' is neither a number nor a name; a product is "
                    "written with '*'");
  }
  return make(TokenKind::Number, length);
}

Token Lexer::string() {
  for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"') {
      size_t length = i + 1 - at;
      if (length - 2 > limits.tokenBytes)
        return fail(length, "string of " + llvm::Twine(length - 2) +
                                " bytes is too long (limit " +
                                llvm::Twine(limits.tokenBytes) + ")");
      return make(TokenKind::String, length);
    }
  }
  size_t end = std::min(text.find('\n', at), text.size());
  return fail(end - at, "'\"' is missing at the end of this string");
}

Token Lexer::instead(TokenKind kind, StringRef spelling, size_t length,
                     const llvm::Twine &message) {
  Token token = fail(length, message);
  token.kind = kind;
  token.text = spelling;
  return token;
}

Token Lexer::unknown() {
  StringRef rest = text.substr(at);
  switch (rest.front()) {
  case '!':
    return instead(TokenKind::Reserved, "not", 1,
                   "'!' is not an operator; write 'not'");
  case '&':
    return instead(TokenKind::Reserved, "and", rest.starts_with("&&") ? 2 : 1,
                   "'&' is not an operator; write 'and'");
  case '|':
    if (rest.starts_with("||") && !rest.starts_with("|| "))
      return fail(2, "'||' is not an operator; a norm is 'norm(…)', and 'or' "
                     "joins conditions");
    if (rest.starts_with("||"))
      return instead(TokenKind::Reserved, "or", 2,
                     "'||' is not an operator; write 'or'");
    return fail(1, "'|' is not an operator; write 'or', 'abs(…)' or "
                   "'norm(…)'");
  case '@':
    return fail(1, "'@' is not an operator; a matrix product is 'dot(a, b)'");
  case '\'': {
    StringRef line = rest.take_until([](char c) { return c == '\n'; });
    size_t close = line.find('\'', 1);
    if (close == StringRef::npos)
      return fail(1, "strings stand in double quotes");
    return instead(TokenKind::String, line.take_front(close + 1), close + 1,
                   "strings stand in double quotes");
  }
  default:
    break;
  }
  struct Lookalike {
    StringRef character;
    TokenKind kind;
    StringRef ascii;
  };
  static const Lookalike lookalikes[] = {
      {"−", TokenKind::Minus, "-"},         {"–", TokenKind::Minus, "-"},
      {"—", TokenKind::Minus, "-"},         {"×", TokenKind::Star, "*"},
      {"·", TokenKind::Star, "*"},          {"≤", TokenKind::LessEqual, "<="},
      {"≥", TokenKind::GreaterEqual, ">="}, {"≠", TokenKind::NotEqual, "!="},
      {"∼", TokenKind::Tilde, "~"},
  };
  for (const Lookalike &candidate : lookalikes)
    if (rest.starts_with(candidate.character))
      return instead(
          candidate.kind, candidate.ascii, candidate.character.size(),
          "character '" + candidate.character +
              "' is not part of the language; write '" + candidate.ascii + "'");
  if (rest.starts_with("\xEF\xBB\xBF"))
    return fail(3, "the file starts with a byte order mark; save it as plain "
                   "UTF-8");
  const auto *bytes = reinterpret_cast<const llvm::UTF8 *>(rest.data());
  size_t length = std::clamp<size_t>(
      llvm::getUTF8SequenceSize(bytes, bytes + rest.size()), 1, rest.size());
  StringRef advice = llvm::StringSwitch<StringRef>(rest.take_front(length))
                         .Cases({"“", "”", "„"}, "; strings stand in '\"'")
                         .Case("λ", "; names are ASCII letters: 'lambda'")
                         .Default("");
  return fail(length, "character '" + rest.take_front(length) +
                          "' belongs nowhere outside of comments and strings" +
                          advice);
}

Token Lexer::next() {
  skipBlanks();
  if (at == text.size())
    return make(TokenKind::End, 0);
  char c = text[at];
  char following = at + 1 < text.size() ? text[at + 1] : '\0';
  if (startsName(c))
    return word();
  if (llvm::isDigit(c))
    return number();
  auto pair = [&](char second, TokenKind both, TokenKind one) {
    return following == second ? make(both, 2) : make(one, 1);
  };
  switch (c) {
  case '"':
    return string();
  case '{':
    return make(TokenKind::LeftBrace, 1);
  case '}':
    return make(TokenKind::RightBrace, 1);
  case '(':
    return make(TokenKind::LeftParen, 1);
  case ')':
    return make(TokenKind::RightParen, 1);
  case '[':
    return make(TokenKind::LeftBracket, 1);
  case ']':
    return make(TokenKind::RightBracket, 1);
  case ',':
    return make(TokenKind::Comma, 1);
  case ';':
    return make(TokenKind::Semicolon, 1);
  case ':':
    return pair('=', TokenKind::Assign, TokenKind::Colon);
  case '~':
    return make(TokenKind::Tilde, 1);
  case '=':
    return pair('=', TokenKind::EqualEqual, TokenKind::Equal);
  case '!':
    return following == '=' ? make(TokenKind::NotEqual, 2) : unknown();
  case '<':
    return pair('=', TokenKind::LessEqual, TokenKind::Less);
  case '>':
    return pair('=', TokenKind::GreaterEqual, TokenKind::Greater);
  case '+':
    return make(TokenKind::Plus, 1);
  case '-':
    return make(TokenKind::Minus, 1);
  case '*':
    if (following == '*')
      return instead(TokenKind::Caret, "^", 2,
                     "'**' is not an operator; a power is written '^'");
    return make(TokenKind::Star, 1);
  case '/':
    if (following == '/') {
      fail(std::min(text.find('\n', at), text.size()) - at,
           "'//' is not an operator; '/' divides, and a comment starts with "
           "'#'");
      return next();
    }
    return make(TokenKind::Slash, 1);
  case '%':
    return make(TokenKind::Percent, 1);
  case '^':
    return make(TokenKind::Caret, 1);
  case '?':
    return make(TokenKind::Question, 1);
  case '.':
    if (llvm::isDigit(following))
      return fail(1 + text.substr(at + 1).take_while(llvm::isDigit).size(),
                  "a number starts with a digit; write '0.…'");
    return make(TokenKind::Dot, 1);
  default:
    return unknown();
  }
}
