//===- ParseStatements.cpp - blocks, updates and what steers them ---------===//

#include "frontends/game/Parser.h"

#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using llvm::StringRef;

/// block := '{' stmt* '}'
std::unique_ptr<BlockStatement> Parser::block() {
  uint32_t begin = peek().range.begin;
  SourceRange brace = peek().range;
  if (!expect(TokenKind::LeftBrace, "{", "at the start of a block"))
    return nullptr;
  NestingScope scope{*this};
  if (!enter())
    return nullptr;
  auto node = std::make_unique<BlockStatement>(SourceRange{begin, begin});
  while (!isDone() && !at(TokenKind::RightBrace)) {
    if (StatementPtr parsed = statement())
      node->statements.push_back(std::move(parsed));
    else
      skipToStatement();
  }
  if (stopped)
    return nullptr;
  if (at(TokenKind::End)) {
    stop(brace, "this '{' is never closed");
    return nullptr;
  }
  take();
  node->range.end = previousEnd;
  return node;
}

bool Parser::startsUpdate() const {
  return at(TokenKind::Name) &&
         (peek(1).isWord("minimises") || peek(1).isWord("maximises"));
}

StatementPtr Parser::statement() {
  if (at(TokenKind::LeftBrace))
    return block();
  if (startsUpdate())
    return updateStatement();
  if (at(TokenKind::Name) && peek(1).is(TokenKind::Assign))
    return assignStatement();
  if (at(TokenKind::Reserved)) {
    using Production = StatementPtr (Parser::*)();
    Production production =
        llvm::StringSwitch<Production>(peek().text)
            .Case("let", &Parser::letStatement)
            .Case("draw", &Parser::drawStatement)
            .Case("report", &Parser::reportStatement)
            .Case("repeat", &Parser::repeatStatement)
            .Case("together", &Parser::togetherStatement)
            .Case("every", &Parser::everyStatement)
            .Case("when", &Parser::whenStatement)
            .Case("accumulate", &Parser::accumulateStatement)
            .Default(nullptr);
    if (production)
      return (this->*production)();
  }
  unexpectedStatement();
  return nullptr;
}

/// What there is here instead of a call of a training loop.
static StringRef insteadOfCall(StringRef name) {
  return llvm::StringSwitch<StringRef>(name)
      .Cases({"backward", "step", "zero_grad"},
             "; 'PLAYER minimises …' takes the gradients and moves the "
             "parameters")
      .Cases({"train", "eval"},
             "; the mode belongs to an application: 'G(z; mode = infer)'")
      .Cases({"requires_grad_", "requires_grad"},
             "; a player moves what it trains and nothing else")
      .Cases({"print", "log", "add_scalar"},
             "; 'report NAME = …' says a number once per tick")
      .Default("");
}

/// `loss.backward()` and other calls of a training loop.
bool Parser::failMethod() {
  Token object = take(), method = take();
  if (at(TokenKind::Name) || at(TokenKind::Reserved))
    method = take();
  StringRef meant = insteadOfCall(method.text);
  method.range.begin = object.range.begin;
  return fail(method,
              "'" + file.text(method.range) + "' is no statement" + meant);
}

/// Says what was probably meant by a token that starts no statement.
bool Parser::unexpectedStatement() {
  const Token &token = peek();
  const Token &following = peek(1);
  if (token.is(TokenKind::Semicolon) || token.is(TokenKind::Comma)) {
    fail(token, "statements need no '" + token.text + "' between them");
    take();
    return false;
  }
  if (token.is(TokenKind::Reserved) &&
      llvm::is_contained(itemWords(), token.text))
    return stop(token.range,
                quoted(token.text) +
                    " is declared outside of 'step'; move it there, or close "
                    "the block before it with '}'");
  StringRef word = token.text;
  if (token.is(TokenKind::Name)) {
    if (following.is(TokenKind::Equal))
      return fail(following, "'=' does not assign; write 'let " + word +
                                 " = …' for a new name or '" + word +
                                 " := …' for a state");
    static const StringRef verbs[] = {"minimises", "maximises"};
    // So close that `minimize` and `minimizing` are meant, too.
    auto meantVerb = [](StringRef spelled) {
      return spelled.starts_with_insensitive("minim")   ? verbs[0]
             : spelled.starts_with_insensitive("maxim") ? verbs[1]
                                                        : StringRef();
    };
    StringRef verb = following.is(TokenKind::Name) ? following.text : "";
    StringRef meant = meantVerb(verb);
    if (std::optional<StringRef> near = nearestName(verb, verbs))
      meant = *near;
    if (!meant.empty())
      return fail(following, quoted(verb) + " is written '" + meant + "'");
    if (!meantVerb(word).empty())
      return fail(token, "the player stands first: 'PLAYER " + meantVerb(word) +
                             " …'");
    if (word == "if")
      return fail(token, "'if' is written 'when'");
    if (word == "else" || word == "elif")
      return fail(token, "'when' has no 'else'; write another 'when not "
                         "(…)'");
    if (word == "while" || word == "loop")
      return fail(token, quoted(word) + " does not exist; 'repeat n { … }' "
                                        "runs a block n times");
    if (following.is(TokenKind::Dot))
      return failMethod();
    if (following.is(TokenKind::LeftParen)) {
      StringRef meant = insteadOfCall(word);
      return fail(token, "'" + word + "(…)' starts no statement" +
                             (meant.empty() ? "; a product is written with '*'"
                                            : meant));
    }
    if (!following.is(TokenKind::Name) && !following.is(TokenKind::Number) &&
        !following.is(TokenKind::LeftBrace))
      return fail(following,
                  "expected 'minimises', 'maximises' or ':=' after " +
                      quoted(word) + ", got " + describe(following) +
                      didYouMean(word, statementWords()));
    return fail(token, "expected a statement, got " + quoted(word) +
                           didYouMean(word, statementWords()));
  }
  if (token.isWord("for"))
    return fail(token, "'for' starts no statement; 'repeat n { … }' runs a "
                       "block n times");
  return fail(token, "expected a statement, got " + describe(token));
}

/// Goes on at what can only be the start of a statement, or at the end of the
/// block.
void Parser::skipToStatement() {
  while (!isDone()) {
    if (at(TokenKind::LeftBrace) || at(TokenKind::RightBrace) ||
        startsUpdate() ||
        (at(TokenKind::Name) && peek(1).is(TokenKind::Assign)))
      return;
    if (at(TokenKind::Reserved) &&
        (llvm::is_contained(statementWords(), peek().text) ||
         (llvm::is_contained(itemWords(), peek().text) &&
          peek(1).is(TokenKind::Name))))
      return;
    take();
  }
}

/// Goes on behind the '}' of the block that is open.
void Parser::skipToEndOfBlock() {
  for (unsigned open = 1; !isDone(); take()) {
    open += at(TokenKind::LeftBrace);
    open -= at(TokenKind::RightBrace);
    if (open == 0) {
      take();
      return;
    }
  }
}

/// body := stmt, but not let or draw
StatementPtr Parser::body(StringRef opener) {
  if (atWord("let") || atWord("draw")) {
    fail(peek(), quoted(peek().text) + " directly after '" + opener +
                     "' would be seen by nothing; put what belongs together "
                     "into '{ … }'");
    return nullptr;
  }
  if (at(TokenKind::Equal)) {
    fail(peek(), "'=' does not compare; write '=='");
    return nullptr;
  }
  NestingScope scope{*this};
  if (!enter())
    return nullptr;
  return statement();
}

StatementPtr Parser::letStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<LetStatement>(since(begin));
  if (at(TokenKind::LeftParen) || peek(1).is(TokenKind::Comma)) {
    fail(peek(), "a let has one name; several outputs are 'NAME.OUTPUT' or "
                 "'NAME[0]' behind it");
    return nullptr;
  }
  if (!expectName(node->name, "a let"))
    return nullptr;
  if (at(TokenKind::Assign)) {
    fail(peek(), "a let is written with '='; ':=' assigns to a state");
    return nullptr;
  }
  if (!expect(TokenKind::Equal, "=", "after the name of the let"))
    return nullptr;
  node->value = expression();
  if (!node->value)
    return nullptr;
  node->range = since(begin);
  return node;
}

StatementPtr Parser::assignStatement() {
  auto node = std::make_unique<AssignStatement>(peek().range);
  expectName(node->name, "a state");
  take();
  node->value = expression();
  if (!node->value)
    return nullptr;
  node->range = since(node->range.begin);
  return node;
}

StatementPtr Parser::drawStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<DrawStatement>(since(begin));
  do {
    if (!expectName(node->names.emplace_back(), "a data stream or sample"))
      return nullptr;
  } while (takeIf(TokenKind::Comma));
  node->range = since(begin);
  return node;
}

/// Whether another binding of 'where' follows though nothing says so: no
/// statement starts with `NAME =`.
bool Parser::missingComma() {
  if (!at(TokenKind::Name) || !peek(1).is(TokenKind::Equal))
    return false;
  failExpected("','", "between two bindings of 'where'");
  return true;
}

/// update := NAME ('minimises'|'maximises') expr ['track' 'all']
///           ['where' NAME '=' expr (',' NAME '=' expr)*]
std::unique_ptr<UpdateStatement> Parser::updateStatement() {
  auto node = std::make_unique<UpdateStatement>(peek().range);
  expectName(node->player, "a player");
  node->maximises = take().text == "maximises";
  node->objective = expression();
  if (!node->objective)
    return nullptr;
  if (atWord("track") && peek(1).isWord("all")) {
    take();
    take();
    node->trackAll = true;
  }
  if (takeWord("where")) {
    do {
      if (atWord("let"))
        fail(take(), "bindings of 'where' are written without 'let'");
      WhereBinding &binding = node->bindings.emplace_back();
      if (!expectName(binding.name, "a binding of 'where'") ||
          !expect(TokenKind::Equal, "=", "after the name"))
        return nullptr;
      binding.value = expression();
      if (!binding.value)
        return nullptr;
    } while (takeIf(TokenKind::Comma) || missingComma());
    if (atWord("track") && peek(1).isWord("all")) {
      fail(peek(), "'track all' stands before 'where'");
      return nullptr;
    }
  }
  node->range = since(node->range.begin);
  return node;
}

StatementPtr Parser::reportStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<ReportStatement>(since(begin));
  if (!expectName(node->name, "a report") ||
      !expect(TokenKind::Equal, "=", "after the name of the report"))
    return nullptr;
  node->value = expression();
  if (!node->value)
    return nullptr;
  node->range = since(begin);
  return node;
}

StatementPtr Parser::repeatStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<RepeatStatement>(since(begin));
  if (at(TokenKind::LeftBrace)) {
    fail(peek(), "expected the number of iterations after 'repeat', got '{'");
    return nullptr;
  }
  node->count = expression();
  if (!node->count)
    return nullptr;
  node->body = body("repeat");
  if (!node->body)
    return nullptr;
  node->range = since(begin);
  return node;
}

/// 'together' '{' update* '}'
StatementPtr Parser::togetherStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<TogetherStatement>(since(begin));
  SourceRange brace = peek().range;
  if (!expect(TokenKind::LeftBrace, "{", "after 'together'"))
    return nullptr;
  while (!isDone() && !at(TokenKind::RightBrace)) {
    if (!startsUpdate()) {
      if (at(TokenKind::Name))
        unexpectedStatement();
      else
        fail(peek(), "'together' holds updates only, got " + describe(peek()) +
                         "; a let they share stands before it");
      skipToEndOfBlock();
      return nullptr;
    }
    std::unique_ptr<UpdateStatement> update = updateStatement();
    if (!update) {
      skipToEndOfBlock();
      return nullptr;
    }
    node->updates.push_back(std::move(update));
  }
  if (at(TokenKind::End)) {
    stop(brace, "this '{' is never closed");
    return nullptr;
  }
  if (stopped)
    return nullptr;
  take();
  node->range = since(begin);
  return node;
}

StatementPtr Parser::everyStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<EveryStatement>(since(begin));
  node->interval = number("the interval of 'every'");
  if (!node->interval)
    return nullptr;
  // `gain minimises …` would be an update of a player of that name.
  if (atWord("gain") && !startsUpdate() && !peek(1).is(TokenKind::Assign)) {
    take();
    node->gain = expression();
    if (!node->gain)
      return nullptr;
  }
  node->body = body("every");
  if (!node->body)
    return nullptr;
  node->range = since(begin);
  return node;
}

StatementPtr Parser::whenStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<WhenStatement>(since(begin));
  node->condition = expression();
  if (!node->condition)
    return nullptr;
  node->body = body("when");
  if (!node->body)
    return nullptr;
  node->range = since(begin);
  return node;
}

StatementPtr Parser::accumulateStatement() {
  uint32_t begin = take().range.begin;
  auto node = std::make_unique<AccumulateStatement>(since(begin));
  node->passes = number("the number of passes of 'accumulate'");
  if (!node->passes)
    return nullptr;
  node->body = body("accumulate");
  if (!node->body)
    return nullptr;
  node->range = since(begin);
  return node;
}
