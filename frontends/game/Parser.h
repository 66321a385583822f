//===- Parser.h - .game text to syntax tree -------------------------------===//
//
// Recursive descent with two tokens of lookahead. After an error the parser
// goes on at the next statement or item, so one run reports several.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_PARSER_H
#define FRONTENDS_GAME_PARSER_H

#include "frontends/game/Ast.h"
#include "frontends/game/Lexer.h"
#include "frontends/game/Signatures.h"

namespace gan::gamelang {

/// Parses one game. A tree comes back even after errors (the parts that could
/// be read), nothing only if no game was begun.
std::unique_ptr<Game> parseGame(const SourceFile &file,
                                Diagnostics &diagnostics,
                                const Limits &limits = {});

/// The implementation; each method parses one production and returns null or
/// false after it has reported why it can't.
class Parser {
public:
  Parser(const SourceFile &file, Diagnostics &diagnostics,
         const Limits &limits);

  std::unique_ptr<Game> game();

private:
  // Tokens.
  const Token &peek(unsigned ahead = 0) const { return lookahead[ahead]; }
  bool at(TokenKind kind) const { return peek().is(kind); }
  bool atWord(llvm::StringRef word) const { return peek().isWord(word); }
  Token take();
  bool takeIf(TokenKind kind);
  bool takeWord(llvm::StringRef word);
  bool isDone() const { return stopped || at(TokenKind::End); }

  // Errors.
  bool fail(const Token &token, const llvm::Twine &message);
  bool failExpected(const llvm::Twine &what, const llvm::Twine &where);
  SourceRange missingPlace() const;
  bool stop(SourceRange range, const llvm::Twine &message);
  bool expect(TokenKind kind, llvm::StringRef spelling,
              const llvm::Twine &where);
  /// The bracket that ends what was begun at `opened`.
  bool expectClosing(TokenKind kind, llvm::StringRef spelling,
                     const llvm::Twine &where, SourceRange opened);
  bool expectWord(llvm::StringRef word, const llvm::Twine &where);
  bool expectName(Identifier &into, const llvm::Twine &what);
  bool expectString(Identifier &into, const llvm::Twine &what);
  bool enter();
  SourceRange since(uint32_t begin) const { return {begin, previousEnd}; }

  // Items (ParseItems.cpp).
  bool items(std::vector<ItemPtr> &into);
  ItemPtr item();
  void unexpectedAfterItem(const std::vector<ItemPtr> &before);
  void skipToItem();
  ItemPtr constItem();
  ItemPtr optionItem();
  ItemPtr networkItem();
  bool optionsBehind(std::vector<Argument> &into);
  bool networkAttribute(NetworkItem &network, NetworkAttribute::Kind kind);
  ItemPtr dataItem();
  ItemPtr sampleItem();
  template <typename T> ItemPtr typedItem(llvm::StringRef what);
  ItemPtr playerItem();
  bool postprocess(PlayerItem &player);
  ItemPtr poolItem();
  ItemPtr augmentItem();
  ItemPtr defItem();
  ItemPtr emaItem();
  ItemPtr stepItem();
  template <typename T> ItemPtr namedValueItem(llvm::StringRef what);
  ItemPtr exportItem();
  ItemPtr allowItem();
  ItemPtr stageItem();
  bool path(Path &into, const llvm::Twine &where);
  bool type(TypeExpression &into);
  bool dimension(Dimension &into);
  bool interval(std::optional<Interval> &into, const llvm::Twine &where);
  bool scope(Identifier &into);
  ExpressionPtr number(const llvm::Twine &what);

  // Statements (ParseStatements.cpp).
  std::unique_ptr<BlockStatement> block();
  StatementPtr statement();
  StatementPtr body(llvm::StringRef opener);
  StatementPtr letStatement();
  StatementPtr assignStatement();
  StatementPtr drawStatement();
  std::unique_ptr<UpdateStatement> updateStatement();
  StatementPtr reportStatement();
  StatementPtr repeatStatement();
  StatementPtr togetherStatement();
  StatementPtr everyStatement();
  StatementPtr whenStatement();
  StatementPtr accumulateStatement();
  bool startsUpdate() const;
  bool unexpectedStatement();
  bool failMethod();
  bool missingComma();
  void skipToStatement();
  void skipToEndOfBlock();

  // Expressions (ParseExpressions.cpp).
  ExpressionPtr expression();
  ExpressionPtr disjunction();
  ExpressionPtr conjunction();
  ExpressionPtr negation();
  ExpressionPtr comparison();
  ExpressionPtr sum();
  ExpressionPtr term();
  ExpressionPtr unary();
  ExpressionPtr postfix();
  ExpressionPtr primary();
  ExpressionPtr numberLiteral();
  ExpressionPtr list(SourceRange opened, ExpressionPtr first, bool isTuple);
  ExpressionPtr binary(BinaryOperator op, SourceRange operatorRange,
                       ExpressionPtr left, ExpressionPtr right);
  template <typename Operand>
  ExpressionPtr leftAssociative(
      llvm::ArrayRef<std::pair<TokenKind, BinaryOperator>> operators,
      Operand operand);
  bool argumentsOf(const Identifier &name, SignatureKind kind,
                   std::vector<Argument> &into);
  bool arguments(std::vector<Argument> &into,
                 std::vector<ModeSetting> *settings);
  bool argument(Argument &into);
  ExpressionPtr call(ExpressionPtr callee);
  ExpressionPtr index(ExpressionPtr base);
  ExpressionPtr member(ExpressionPtr base);
  /// Computes the height of a node from its children and bounds it.
  bool grow(Expression &node,
            std::initializer_list<const Expression *> children);

  const SourceFile &file;
  Diagnostics &diagnostics;
  const Limits &limits;
  Lexer lexer;
  Token lookahead[2];
  uint32_t previousEnd = 0;
  unsigned nesting = 0;
  unsigned stageDepth = 0;
  /// Set when going on would only repeat one mistake.
  bool stopped = false;
  /// Reserved words that were taken for names: their uses are the same mistake.
  llvm::StringSet<> misused;

  struct NestingScope {
    Parser &parser;
    ~NestingScope() { --parser.nesting; }
  };
};

/// How a diagnostic names a token.
std::string describe(const Token &token);

/// `text` in quotes, cut where it is too long to read.
std::string quoted(llvm::StringRef text);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_PARSER_H
