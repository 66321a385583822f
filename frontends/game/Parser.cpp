//===- Parser.cpp - tokens, errors and the outermost production -----------===//

#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

std::string gan::gamelang::quoted(StringRef text) {
  constexpr size_t kReadable = 60;
  if (text.size() <= kReadable)
    return ("'" + text + "'").str();
  return ("'" + text.take_front(kReadable) + "…'").str();
}

std::string gan::gamelang::describe(const Token &token) {
  if (token.is(TokenKind::End))
    return "the end of the file";
  if (token.is(TokenKind::String))
    return "string " + quoted(token.text);
  if (token.is(TokenKind::Reserved))
    return "reserved word " + quoted(token.text);
  return quoted(token.text);
}

Parser::Parser(const SourceFile &file, Diagnostics &diagnostics,
               const Limits &limits)
    : file(file), diagnostics(diagnostics), limits(limits),
      lexer(file, diagnostics, limits) {
  lookahead[0] = lexer.next();
  lookahead[1] = lexer.next();
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

Token Parser::take() {
  Token taken = lookahead[0];
  previousEnd = taken.range.end;
  lookahead[0] = lookahead[1];
  if (!lookahead[0].is(TokenKind::End))
    lookahead[1] = lexer.next();
  return taken;
}

bool Parser::takeIf(TokenKind kind) {
  if (!at(kind))
    return false;
  take();
  return true;
}

bool Parser::takeWord(StringRef word) {
  if (!atWord(word))
    return false;
  take();
  return true;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

bool Parser::fail(const Token &token, const Twine &message) {
  // The lexer has already spoken about a token that is none.
  if (!token.is(TokenKind::Error))
    diagnostics.error(token.range, message);
  stopped |= diagnostics.isFull();
  return false;
}

/// Where a missing token belongs: in front of the next one, or behind the last
/// one if that ended its line.
SourceRange Parser::missingPlace() const {
  StringRef between = file.text().slice(previousEnd, peek().range.begin);
  if (previousEnd == 0 || !between.contains('\n'))
    return peek().range;
  return {previousEnd, previousEnd};
}

bool Parser::failExpected(const Twine &what, const Twine &where) {
  Token missing = peek();
  missing.range = missingPlace();
  return fail(missing,
              "expected " + what + " " + where + ", got " + describe(peek()));
}

bool Parser::stop(SourceRange range, const Twine &message) {
  if (!stopped)
    diagnostics.error(range, message);
  stopped = true;
  return false;
}

bool Parser::expect(TokenKind kind, StringRef spelling, const Twine &where) {
  return takeIf(kind) || failExpected("'" + spelling + "'", where);
}

bool Parser::expectClosing(TokenKind kind, StringRef spelling,
                           const Twine &where, SourceRange opened) {
  if (takeIf(kind))
    return true;
  if (!at(TokenKind::Error))
    diagnostics
        .error(missingPlace(), "expected '" + spelling + "' " + where +
                                   ", got " + describe(peek()))
        .note(opened, "it was opened here");
  stopped |= diagnostics.isFull();
  return false;
}

bool Parser::expectWord(StringRef word, const Twine &where) {
  return takeWord(word) || failExpected("'" + word + "'", where);
}

bool Parser::expectName(Identifier &into, const Twine &what) {
  if (at(TokenKind::Reserved)) {
    misused.insert(peek().text);
    return fail(peek(), quoted(peek().text) +
                            " is a reserved word and can't be the name of " +
                            what);
  }
  if (!at(TokenKind::Name))
    return failExpected("the name of", what);
  Token token = take();
  into = {token.text.str(), token.range, false, true};
  return true;
}

bool Parser::expectString(Identifier &into, const Twine &what) {
  if (!at(TokenKind::String))
    return failExpected(what + " in double quotes", "here");
  Token token = take();
  std::string value;
  StringRef inside = token.text.drop_front().drop_back();
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size() &&
        (inside[i + 1] == '"' || inside[i + 1] == '\\'))
      ++i;
    value += inside[i];
  }
  into = {std::move(value), token.range, true, true};
  return true;
}

bool Parser::enter() {
  if (++nesting <= limits.nesting)
    return true;
  return stop(peek().range,
              "nested more than " + Twine(limits.nesting) + " deep (limit)");
}

//===----------------------------------------------------------------------===//
// file := 'game' NAME '{' item* '}'
//===----------------------------------------------------------------------===//

std::unique_ptr<Game> Parser::game() {
  if (!takeWord("game")) {
    failExpected("'game NAME {'", "at the start of the file");
    return nullptr;
  }
  auto parsed = std::make_unique<Game>();
  if (!expectName(parsed->name, "a game"))
    return parsed;
  SourceRange opened = peek().range;
  if (!expect(TokenKind::LeftBrace, "{", "after the name of the game"))
    return parsed;
  if (items(parsed->items) &&
      expectClosing(TokenKind::RightBrace, "}", "at the end of the game",
                    opened) &&
      !at(TokenKind::End))
    fail(peek(),
         "expected nothing after the '}' of the game, got " + describe(peek()));
  return parsed;
}

std::unique_ptr<Game> gan::gamelang::parseGame(const SourceFile &file,
                                               Diagnostics &diagnostics,
                                               const Limits &limits) {
  if (file.text().size() > limits.fileBytes) {
    diagnostics.error({0, 0}, "the file has " + Twine(file.text().size()) +
                                  " bytes (limit " + Twine(limits.fileBytes) +
                                  ")");
    return nullptr;
  }
  return Parser(file, diagnostics, limits).game();
}
