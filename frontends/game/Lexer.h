//===- Lexer.h - words of the .game language ------------------------------===//

#ifndef FRONTENDS_GAME_LEXER_H
#define FRONTENDS_GAME_LEXER_H

#include "frontends/game/Diagnostics.h"

namespace gan::gamelang {

/// Bounds on hostile text; every diagnostic about one names it.
struct Limits {
  size_t fileBytes = 16u << 20;
  size_t tokenBytes = 4096;
  /// Brackets, braces and prefix operators inside one another.
  unsigned nesting = 200;
  /// Height of one expression tree; also bounds chains such as a + b + c + …
  unsigned expressionDepth = 500;
};

enum class TokenKind {
  End,
  Error,    // already reported
  Name,     // not reserved; may still mean something where the grammar says so
  Reserved, // opens an item or a statement, or is a word of expressions
  Number,
  String,
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Comma,
  Semicolon,
  Colon,
  Assign, // :=
  Tilde,
  Equal,
  EqualEqual,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Caret,
  Question,
  Dot,
};

struct Token {
  TokenKind kind = TokenKind::End;
  SourceRange range;
  /// Spelling in the file.
  llvm::StringRef text;

  bool is(TokenKind other) const { return kind == other; }
  /// A word, reserved or not, of this spelling.
  bool isWord(llvm::StringRef word) const {
    return (kind == TokenKind::Name || kind == TokenKind::Reserved) &&
           text == word;
  }
};

/// Words that open an item of a game, in the order of the grammar.
llvm::ArrayRef<llvm::StringRef> itemWords();
/// Words that open a statement of a block.
llvm::ArrayRef<llvm::StringRef> statementWords();
/// Words inside of statements and expressions.
llvm::ArrayRef<llvm::StringRef> expressionWords();
/// Whether a word is one of these three kinds.
bool isReserved(llvm::StringRef word);

/// Makes tokens one after another. A character that belongs nowhere is
/// reported once, with what was probably meant, and yields an Error token.
class Lexer {
public:
  Lexer(const SourceFile &file, Diagnostics &diagnostics, const Limits &limits);

  Token next();

private:
  void skipBlanks();
  Token make(TokenKind kind, size_t length);
  Token word();
  Token number();
  Token string();
  Token unknown();
  Token fail(size_t length, const llvm::Twine &message);
  /// Reports, and goes on with the token that was meant.
  Token instead(TokenKind kind, llvm::StringRef spelling, size_t length,
                const llvm::Twine &message);

  llvm::StringRef text;
  Diagnostics &diagnostics;
  const Limits &limits;
  size_t at = 0;
  std::optional<size_t> lastError;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_LEXER_H
