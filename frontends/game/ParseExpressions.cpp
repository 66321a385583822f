//===- ParseExpressions.cpp - the expression productions ------------------===//

#include "frontends/game/Parser.h"
#include "frontends/game/Signatures.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

StringRef gan::gamelang::spelling(BinaryOperator op) {
  static const StringRef spellings[] = {"or", "and", "<", "<=", ">", ">=", "==",
                                        "!=", "+",   "-", "*",  "/", "%",  "^"};
  return spellings[static_cast<int>(op)];
}

bool Parser::grow(Expression &node,
                  std::initializer_list<const Expression *> children) {
  for (const Expression *child : children)
    if (child)
      node.depth = std::max(node.depth, child->depth + 1);
  if (node.depth <= limits.expressionDepth)
    return true;
  return stop({node.range.begin, node.range.begin},
              "expression of more than " + Twine(limits.expressionDepth) +
                  " operations in one another (limit); name its parts by "
                  "'let'");
}

ExpressionPtr Parser::binary(BinaryOperator op, SourceRange operatorRange,
                             ExpressionPtr left, ExpressionPtr right) {
  auto node =
      std::make_unique<BinaryExpression>(left->range.through(right->range));
  node->op = op;
  node->operatorRange = operatorRange;
  node->left = std::move(left);
  node->right = std::move(right);
  if (!grow(*node, {node->left.get(), node->right.get()}))
    return nullptr;
  return node;
}

/// expr := or ['?' expr ':' expr]
ExpressionPtr Parser::expression() {
  NestingScope scope{*this};
  if (!enter())
    return nullptr;
  ExpressionPtr condition = disjunction();
  if (!condition || !takeIf(TokenKind::Question))
    return condition;
  ExpressionPtr whenTrue = expression();
  if (!whenTrue || !expect(TokenKind::Colon, ":", "after 'condition ? value'"))
    return nullptr;
  ExpressionPtr whenFalse = expression();
  if (!whenFalse)
    return nullptr;
  auto node = std::make_unique<ConditionalExpression>(
      condition->range.through(whenFalse->range));
  node->condition = std::move(condition);
  node->whenTrue = std::move(whenTrue);
  node->whenFalse = std::move(whenFalse);
  if (!grow(*node, {node->condition.get(), node->whenTrue.get(),
                    node->whenFalse.get()}))
    return nullptr;
  return node;
}

ExpressionPtr Parser::disjunction() {
  ExpressionPtr left = conjunction();
  while (left && atWord("or")) {
    SourceRange range = take().range;
    ExpressionPtr right = conjunction();
    if (!right)
      return nullptr;
    left = binary(BinaryOperator::Or, range, std::move(left), std::move(right));
  }
  return left;
}

ExpressionPtr Parser::conjunction() {
  ExpressionPtr left = negation();
  while (left && atWord("and")) {
    SourceRange range = take().range;
    ExpressionPtr right = negation();
    if (!right)
      return nullptr;
    left =
        binary(BinaryOperator::And, range, std::move(left), std::move(right));
  }
  return left;
}

ExpressionPtr Parser::negation() {
  if (!atWord("not"))
    return comparison();
  NestingScope scope{*this};
  if (!enter())
    return nullptr;
  SourceRange range = take().range;
  ExpressionPtr operand = negation();
  if (!operand)
    return nullptr;
  auto node = std::make_unique<UnaryExpression>(range.through(operand->range));
  node->op = UnaryOperator::Not;
  node->operand = std::move(operand);
  if (!grow(*node, {node->operand.get()}))
    return nullptr;
  return node;
}

static std::optional<BinaryOperator> comparisonOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Less:
    return BinaryOperator::Less;
  case TokenKind::LessEqual:
    return BinaryOperator::LessEqual;
  case TokenKind::Greater:
    return BinaryOperator::Greater;
  case TokenKind::GreaterEqual:
    return BinaryOperator::GreaterEqual;
  case TokenKind::EqualEqual:
    return BinaryOperator::Equal;
  case TokenKind::NotEqual:
    return BinaryOperator::NotEqual;
  default:
    return std::nullopt;
  }
}

ExpressionPtr Parser::comparison() {
  ExpressionPtr left = sum();
  std::optional<BinaryOperator> op = comparisonOperator(peek().kind);
  if (!left || !op)
    return left;
  SourceRange range = take().range;
  ExpressionPtr right = sum();
  if (!right)
    return nullptr;
  if (comparisonOperator(peek().kind)) {
    fail(peek(), "comparisons do not chain; write 'a < b and b < c'");
    return nullptr;
  }
  return binary(*op, range, std::move(left), std::move(right));
}

template <typename Operand>
ExpressionPtr Parser::leftAssociative(
    llvm::ArrayRef<std::pair<TokenKind, BinaryOperator>> operators,
    Operand operand) {
  ExpressionPtr left = (this->*operand)();
  while (left) {
    auto found = llvm::find_if(
        operators, [&](const auto &entry) { return at(entry.first); });
    if (found == operators.end())
      break;
    SourceRange range = take().range;
    ExpressionPtr right = (this->*operand)();
    if (!right)
      return nullptr;
    left = binary(found->second, range, std::move(left), std::move(right));
  }
  return left;
}

ExpressionPtr Parser::sum() {
  return leftAssociative({{TokenKind::Plus, BinaryOperator::Add},
                          {TokenKind::Minus, BinaryOperator::Subtract}},
                         &Parser::term);
}

ExpressionPtr Parser::term() {
  return leftAssociative({{TokenKind::Star, BinaryOperator::Multiply},
                          {TokenKind::Slash, BinaryOperator::Divide},
                          {TokenKind::Percent, BinaryOperator::Remainder}},
                         &Parser::unary);
}

/// unary := '-' unary | postfix ['^' unary]
ExpressionPtr Parser::unary() {
  NestingScope scope{*this};
  if (!enter())
    return nullptr;
  if (at(TokenKind::Minus)) {
    SourceRange range = take().range;
    ExpressionPtr operand = unary();
    if (!operand)
      return nullptr;
    auto node =
        std::make_unique<UnaryExpression>(range.through(operand->range));
    node->operand = std::move(operand);
    if (!grow(*node, {node->operand.get()}))
      return nullptr;
    return node;
  }
  ExpressionPtr base = postfix();
  if (!base || !at(TokenKind::Caret))
    return base;
  SourceRange range = take().range;
  ExpressionPtr exponent = unary();
  if (!exponent)
    return nullptr;
  return binary(BinaryOperator::Power, range, std::move(base),
                std::move(exponent));
}

ExpressionPtr Parser::postfix() {
  ExpressionPtr base = primary();
  while (base) {
    if (at(TokenKind::LeftParen))
      base = call(std::move(base));
    else if (at(TokenKind::LeftBracket))
      base = index(std::move(base));
    else if (at(TokenKind::Dot))
      base = member(std::move(base));
    else
      break;
  }
  return base;
}

ExpressionPtr Parser::call(ExpressionPtr callee) {
  auto node = std::make_unique<CallExpression>(callee->range);
  node->callee = std::move(callee);
  if (!arguments(node->arguments, &node->settings))
    return nullptr;
  node->range.end = previousEnd;
  if (!grow(*node, {node->callee.get()}))
    return nullptr;
  for (const Argument &given : node->arguments)
    if (!grow(*node, {given.value.get(), given.list.get()}))
      return nullptr;
  return node;
}

ExpressionPtr Parser::index(ExpressionPtr base) {
  SourceRange opened = take().range;
  auto node = std::make_unique<IndexExpression>(base->range);
  node->base = std::move(base);
  node->index = expression();
  if (!node->index ||
      !expectClosing(TokenKind::RightBracket, "]", "after the index", opened))
    return nullptr;
  node->range.end = previousEnd;
  if (!grow(*node, {node->base.get(), node->index.get()}))
    return nullptr;
  return node;
}

ExpressionPtr Parser::member(ExpressionPtr base) {
  take();
  auto node = std::make_unique<MemberExpression>(base->range);
  node->base = std::move(base);
  if (at(TokenKind::String)) {
    if (!expectString(node->member, "the name of an output"))
      return nullptr;
  } else if (at(TokenKind::Reserved)) {
    fail(peek(), quoted(peek().text) +
                     " is a reserved word; quote the name "
                     "of the output: .\"" +
                     peek().text + "\"");
    return nullptr;
  } else if (!expectName(node->member, "an output after '.'")) {
    return nullptr;
  }
  node->range.end = previousEnd;
  if (!grow(*node, {node->base.get()}))
    return nullptr;
  return node;
}

/// The arguments of a word that makes sense with its brackets only. Without
/// them the next word would be blamed.
bool Parser::argumentsOf(const Identifier &name, SignatureKind kind,
                         std::vector<Argument> &into) {
  if (at(TokenKind::LeftParen) || at(TokenKind::Error))
    return arguments(into, nullptr);
  StringRef other =
      findSignature(kind, name.text) ? StringRef() : nameHere(kind, name.text);
  std::string call = other.empty() ? name.text + "(…)" : other.str();
  diagnostics.error(name.range, quoted(name.text) +
                                    " is written with its arguments: '" + call +
                                    "'");
  stopped |= diagnostics.isFull();
  return false;
}

/// call := '(' [arg (',' arg)*] [';' NAME '=' NAME (',' NAME '=' NAME)*] ')'
bool Parser::arguments(std::vector<Argument> &into,
                       std::vector<ModeSetting> *settings) {
  SourceRange opened = peek().range;
  if (!expect(TokenKind::LeftParen, "(", "before the arguments"))
    return false;
  if (!at(TokenKind::RightParen) && !at(TokenKind::Semicolon)) {
    do {
      if (!argument(into.emplace_back()))
        return false;
    } while (takeIf(TokenKind::Comma));
  }
  if (at(TokenKind::Semicolon)) {
    if (!settings)
      return fail(peek(), "';' and modes belong to the application of a "
                          "network only");
    take();
    do {
      ModeSetting &setting = settings->emplace_back();
      if (!expectName(setting.name, "a mode") ||
          !expect(TokenKind::Equal, "=", "after the name of the mode") ||
          !expectName(setting.value, "a mode's value"))
        return false;
    } while (takeIf(TokenKind::Comma));
  }
  return expectClosing(TokenKind::RightParen, ")", "after the arguments",
                       opened);
}

/// arg := [(NAME | STRING) '='] expr ['for' NAME 'in' expr]
bool Parser::argument(Argument &into) {
  uint32_t begin = peek().range.begin;
  if (peek(1).is(TokenKind::Equal)) {
    if (at(TokenKind::Reserved))
      return fail(peek(), quoted(peek().text) +
                              " is a reserved word; quote the name of the "
                              "input: \"" +
                              peek().text + "\" = …");
    if (at(TokenKind::String) ? !expectString(into.name, "an input")
                              : !expectName(into.name, "an argument"))
      return false;
    take();
  }
  into.value = expression();
  if (!into.value)
    return false;
  if (takeWord("for")) {
    if (!expectName(into.variable, "the variable of 'for'") ||
        !expectWord("in", "after the variable of 'for'"))
      return false;
    into.list = expression();
    if (!into.list)
      return false;
  }
  into.range = since(begin);
  return true;
}

ExpressionPtr Parser::numberLiteral() {
  Token token = take();
  auto node = std::make_unique<NumberExpression>(token.range);
  node->isInteger = token.text.find_first_of(".eE") == StringRef::npos;
  // A number too small becomes 0; only one too large has no meaning.
  token.text.getAsDouble(node->value, /*AllowInexact=*/true);
  if (!std::isfinite(node->value)) {
    fail(token, "number " + quoted(token.text) + " is out of range");
    return nullptr;
  }
  return node;
}

/// A list up to its bracket, behind its first element if there is one. `(a, b)`
/// is read as a list, so that the checker can say what was meant.
ExpressionPtr Parser::list(SourceRange opened, ExpressionPtr first,
                           bool isTuple) {
  auto node = std::make_unique<ListExpression>(opened);
  node->isTuple = isTuple;
  if (first)
    node->elements.push_back(std::move(first));
  do {
    ExpressionPtr element = expression();
    if (!element)
      return nullptr;
    node->elements.push_back(std::move(element));
  } while (takeIf(TokenKind::Comma));
  bool isClosed =
      isTuple ? expectClosing(TokenKind::RightParen, ")", "after '(…'", opened)
              : expectClosing(TokenKind::RightBracket, "]", "after the list",
                              opened);
  if (!isClosed)
    return nullptr;
  node->range.end = previousEnd;
  for (const ExpressionPtr &element : node->elements)
    if (!grow(*node, {element.get()}))
      return nullptr;
  return node;
}

ExpressionPtr Parser::primary() {
  SourceRange range = peek().range;
  if (at(TokenKind::Number))
    return numberLiteral();
  if (at(TokenKind::String)) {
    Identifier text;
    expectString(text, "a string");
    auto node = std::make_unique<StringExpression>(range);
    node->value = text.text;
    return node;
  }
  if (atWord("true") || atWord("false")) {
    auto node = std::make_unique<BooleanExpression>(range);
    node->value = take().text == "true";
    return node;
  }
  if (atWord("E") && peek(1).is(TokenKind::LeftBracket)) {
    take();
    take();
    auto node = std::make_unique<ExpectationExpression>(range);
    node->operand = expression();
    if (!node->operand || !expect(TokenKind::RightBracket, "]", "after 'E[…'"))
      return nullptr;
    node->range.end = previousEnd;
    if (!grow(*node, {node->operand.get()}))
      return nullptr;
    return node;
  }
  if (at(TokenKind::Name) || atWord("step")) {
    auto node = std::make_unique<NameExpression>(range);
    Token name = take();
    node->name = name.text.str();
    // `if (c) a`: the next expression would start a statement.
    if (name.text == "if") {
      fail(name, "'if' chooses no value; write 'condition ? a : b', or 'when "
                 "condition { … }' around statements");
      return nullptr;
    }
    // `log D(x)`: two expressions never stand side by side.
    if ((at(TokenKind::Name) || at(TokenKind::Number)) &&
        findSignature(SignatureKind::Function, name.text)) {
      fail(name,
           quoted(name.text) + " is a function; write '" + name.text + "(…)'");
      return nullptr;
    }
    return node;
  }
  if (takeIf(TokenKind::LeftParen)) {
    ExpressionPtr inner = expression();
    if (inner && takeIf(TokenKind::Comma))
      return list(range, std::move(inner), /*isTuple=*/true);
    if (!inner ||
        !expectClosing(TokenKind::RightParen, ")", "after '(…'", range))
      return nullptr;
    return inner;
  }
  if (takeIf(TokenKind::LeftBracket))
    return list(range, nullptr, /*isTuple=*/false);
  if (at(TokenKind::Reserved)) {
    if (atWord("where") && peek(1).is(TokenKind::LeftParen))
      fail(peek(), "a choice is written 'condition ? a : b', and element by "
                   "element 'select(m, a, b)'");
    else if (!misused.contains(peek().text))
      fail(peek(),
           "expected an expression, got reserved word " + quoted(peek().text));
    return nullptr;
  }
  if (at(TokenKind::Plus))
    fail(peek(), "'+' has no meaning in front of a value");
  else
    fail(peek(), "expected an expression, got " + describe(peek()));
  return nullptr;
}
