//===- Ast.h - a .game file as it was written -----------------------------===//
//
// One class per production of the grammar, each with its source range. Nothing
// is resolved here: names are texts, numbers are what was typed.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_AST_H
#define FRONTENDS_GAME_AST_H

#include "frontends/game/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Casting.h"

#include <memory>

namespace gan::gamelang {

/// A name or quoted string at its place; empty where an optional part is
/// absent.
struct Identifier {
  std::string text;
  SourceRange range;
  bool quoted = false;
  bool present = false;

  explicit operator bool() const { return present; }
};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

struct Expression {
  enum class Kind {
    Number,
    String,
    Boolean,
    Name,
    List,
    Expectation,
    Unary,
    Binary,
    Conditional,
    Call,
    Index,
    Member,
  };

  Expression(Kind kind, SourceRange range) : kind(kind), range(range) {}
  virtual ~Expression() = default;

  const Kind kind;
  SourceRange range;
  /// Height of the tree below and with this node.
  unsigned depth = 1;
};
using ExpressionPtr = std::unique_ptr<Expression>;

/// Gives a node its kind and the test that `llvm::dyn_cast` needs.
template <Expression::Kind K> struct ExpressionOf : Expression {
  explicit ExpressionOf(SourceRange range) : Expression(K, range) {}
  static bool classof(const Expression *e) { return e->kind == K; }
};

struct NumberExpression : ExpressionOf<Expression::Kind::Number> {
  using ExpressionOf::ExpressionOf;
  double value = 0;
  /// Spelling without point or exponent.
  bool isInteger = false;
};

struct StringExpression : ExpressionOf<Expression::Kind::String> {
  using ExpressionOf::ExpressionOf;
  std::string value;
};

struct BooleanExpression : ExpressionOf<Expression::Kind::Boolean> {
  using ExpressionOf::ExpressionOf;
  bool value = false;
};

struct NameExpression : ExpressionOf<Expression::Kind::Name> {
  using ExpressionOf::ExpressionOf;
  std::string name;
};

struct ListExpression : ExpressionOf<Expression::Kind::List> {
  using ExpressionOf::ExpressionOf;
  std::vector<ExpressionPtr> elements;
  /// Written `(a, b)`, which is no list of this language.
  bool isTuple = false;
};

/// `E[ e ]`, the mean.
struct ExpectationExpression : ExpressionOf<Expression::Kind::Expectation> {
  using ExpressionOf::ExpressionOf;
  ExpressionPtr operand;
};

enum class UnaryOperator { Negate, Not };

struct UnaryExpression : ExpressionOf<Expression::Kind::Unary> {
  using ExpressionOf::ExpressionOf;
  UnaryOperator op = UnaryOperator::Negate;
  ExpressionPtr operand;
};

enum class BinaryOperator {
  Or,
  And,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  Power,
};
llvm::StringRef spelling(BinaryOperator op);

struct BinaryExpression : ExpressionOf<Expression::Kind::Binary> {
  using ExpressionOf::ExpressionOf;
  BinaryOperator op = BinaryOperator::Add;
  SourceRange operatorRange;
  ExpressionPtr left, right;
};

struct ConditionalExpression : ExpressionOf<Expression::Kind::Conditional> {
  using ExpressionOf::ExpressionOf;
  ExpressionPtr condition, whenTrue, whenFalse;
};

struct Argument {
  SourceRange range;
  Identifier name;
  ExpressionPtr value;
  /// `for VARIABLE in LIST`
  Identifier variable;
  ExpressionPtr list;
};

/// `; mode = infer`
struct ModeSetting {
  Identifier name, value;
};

struct CallExpression : ExpressionOf<Expression::Kind::Call> {
  using ExpressionOf::ExpressionOf;
  ExpressionPtr callee;
  std::vector<Argument> arguments;
  std::vector<ModeSetting> settings;
};

struct IndexExpression : ExpressionOf<Expression::Kind::Index> {
  using ExpressionOf::ExpressionOf;
  ExpressionPtr base, index;
};

struct MemberExpression : ExpressionOf<Expression::Kind::Member> {
  using ExpressionOf::ExpressionOf;
  ExpressionPtr base;
  Identifier member;
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

struct Statement {
  enum class Kind {
    Let,
    Assign,
    Draw,
    Update,
    Block,
    Report,
    Repeat,
    Together,
    Every,
    When,
    Accumulate,
  };

  Statement(Kind kind, SourceRange range) : kind(kind), range(range) {}
  virtual ~Statement() = default;

  const Kind kind;
  SourceRange range;
};
using StatementPtr = std::unique_ptr<Statement>;

template <Statement::Kind K> struct StatementOf : Statement {
  explicit StatementOf(SourceRange range) : Statement(K, range) {}
  static bool classof(const Statement *s) { return s->kind == K; }
};

struct BlockStatement : StatementOf<Statement::Kind::Block> {
  using StatementOf::StatementOf;
  std::vector<StatementPtr> statements;
};

struct LetStatement : StatementOf<Statement::Kind::Let> {
  using StatementOf::StatementOf;
  Identifier name;
  ExpressionPtr value;
};

struct AssignStatement : StatementOf<Statement::Kind::Assign> {
  using StatementOf::StatementOf;
  Identifier name;
  ExpressionPtr value;
};

struct DrawStatement : StatementOf<Statement::Kind::Draw> {
  using StatementOf::StatementOf;
  std::vector<Identifier> names;
};

struct WhereBinding {
  Identifier name;
  ExpressionPtr value;
};

struct UpdateStatement : StatementOf<Statement::Kind::Update> {
  using StatementOf::StatementOf;
  Identifier player;
  bool maximises = false;
  bool trackAll = false;
  ExpressionPtr objective;
  std::vector<WhereBinding> bindings;
};

struct ReportStatement : StatementOf<Statement::Kind::Report> {
  using StatementOf::StatementOf;
  Identifier name;
  ExpressionPtr value;
};

struct RepeatStatement : StatementOf<Statement::Kind::Repeat> {
  using StatementOf::StatementOf;
  ExpressionPtr count;
  StatementPtr body;
};

struct TogetherStatement : StatementOf<Statement::Kind::Together> {
  using StatementOf::StatementOf;
  std::vector<std::unique_ptr<UpdateStatement>> updates;
};

struct EveryStatement : StatementOf<Statement::Kind::Every> {
  using StatementOf::StatementOf;
  ExpressionPtr interval, gain;
  StatementPtr body;
};

struct WhenStatement : StatementOf<Statement::Kind::When> {
  using StatementOf::StatementOf;
  ExpressionPtr condition;
  StatementPtr body;
};

struct AccumulateStatement : StatementOf<Statement::Kind::Accumulate> {
  using StatementOf::StatementOf;
  ExpressionPtr passes;
  StatementPtr body;
};

/// Those in the braces of a body, or the one statement without braces.
inline llvm::ArrayRef<StatementPtr> statementsOf(const StatementPtr &body) {
  const auto *block = llvm::dyn_cast<BlockStatement>(body.get());
  return block ? llvm::ArrayRef(block->statements) : llvm::ArrayRef(body);
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

/// `B`, `B.NAME`, or a number.
struct Dimension {
  SourceRange range;
  bool isBatch = false;
  Identifier stream;
  ExpressionPtr size;
};

struct TypeExpression {
  SourceRange range;
  Identifier element;
  std::vector<Dimension> dimensions;
};

/// `NET`, `VARIABLE` or `NET."pattern"`.
struct Path {
  SourceRange range;
  Identifier base, pattern;
};

/// `range(-1, 1)` and `in (0, 1)`.
struct Interval {
  SourceRange range;
  ExpressionPtr low, high;
};

struct Item {
  enum class Kind {
    Const,
    Option,
    Network,
    Data,
    Sample,
    Variable,
    State,
    Player,
    Pool,
    Augment,
    Def,
    Ema,
    Step,
    Show,
    Report,
    Export,
    Allow,
    Stage,
  };

  Item(Kind kind, SourceRange range) : kind(kind), range(range) {}
  virtual ~Item() = default;

  const Kind kind;
  SourceRange range;
  /// Empty for `step`.
  Identifier name;
};
using ItemPtr = std::unique_ptr<Item>;

template <Item::Kind K> struct ItemOf : Item {
  explicit ItemOf(SourceRange range) : Item(K, range) {}
  static bool classof(const Item *item) { return item->kind == K; }
};

struct ConstItem : ItemOf<Item::Kind::Const> {
  using ItemOf::ItemOf;
  ExpressionPtr value;
};

struct OptionItem : ItemOf<Item::Kind::Option> {
  using ItemOf::ItemOf;
  ExpressionPtr value;
  std::optional<Interval> interval;
  Identifier help;
};

struct NetworkAttribute {
  enum class Kind {
    Frozen,
    Init,
    With,
    Variance,
    Trainable,
    Constant,
    Share,
    Tap,
  };
  Kind kind;
  SourceRange range;
  /// Initializer, parametrisation, kind of variance, or name of a tap.
  Identifier name;
  std::vector<Argument> arguments;
  /// Glob of parameter names; for `tap` the ONNX name.
  Identifier pattern;
  Path from, to;
};

struct NetworkItem : ItemOf<Item::Kind::Network> {
  using ItemOf::ItemOf;
  Identifier file;
  std::vector<NetworkAttribute> attributes;

  bool isFrozen() const {
    return llvm::any_of(attributes, [](const NetworkAttribute &attribute) {
      return attribute.kind == NetworkAttribute::Kind::Frozen;
    });
  }
};

struct DataItem : ItemOf<Item::Kind::Data> {
  using ItemOf::ItemOf;
  TypeExpression type;
  std::optional<Interval> interval;
  ExpressionPtr batch;
  Identifier pairs, scope;
};

struct SampleItem : ItemOf<Item::Kind::Sample> {
  using ItemOf::ItemOf;
  TypeExpression type;
  Identifier distribution;
  std::vector<Argument> arguments;
  Identifier scope;
};

struct VariableItem : ItemOf<Item::Kind::Variable> {
  using ItemOf::ItemOf;
  TypeExpression type;
  ExpressionPtr value;
};

struct StateItem : ItemOf<Item::Kind::State> {
  using ItemOf::ItemOf;
  TypeExpression type;
  ExpressionPtr value;
};

/// What `then` adds to an optimiser.
struct Postprocess {
  SourceRange range;
  Identifier name;
  ExpressionPtr amount;
};

struct PlayerItem : ItemOf<Item::Kind::Player> {
  using ItemOf::ItemOf;
  std::vector<Path> paths;
  Identifier optimiser;
  std::vector<Argument> arguments;
  std::vector<Postprocess> postprocesses;
  Identifier shared;
};

struct PoolItem : ItemOf<Item::Kind::Pool> {
  using ItemOf::ItemOf;
  ExpressionPtr size, probability;
};

struct AugmentStep {
  Identifier name;
  std::vector<Argument> arguments;
};

struct AugmentItem : ItemOf<Item::Kind::Augment> {
  using ItemOf::ItemOf;
  std::vector<AugmentStep> steps;
};

struct DefItem : ItemOf<Item::Kind::Def> {
  using ItemOf::ItemOf;
  std::vector<Identifier> parameters;
  ExpressionPtr body;
};

struct EmaItem : ItemOf<Item::Kind::Ema> {
  using ItemOf::ItemOf;
  Identifier source;
  ExpressionPtr decay, from;
};

struct StepItem : ItemOf<Item::Kind::Step> {
  using ItemOf::ItemOf;
  std::unique_ptr<BlockStatement> body;
};

struct ShowItem : ItemOf<Item::Kind::Show> {
  using ItemOf::ItemOf;
  ExpressionPtr value;
};

struct ReportItem : ItemOf<Item::Kind::Report> {
  using ItemOf::ItemOf;
  ExpressionPtr value;
};

struct ExportItem : ItemOf<Item::Kind::Export> {
  using ItemOf::ItemOf;
  Identifier file;
};

struct AllowItem : ItemOf<Item::Kind::Allow> {
  using ItemOf::ItemOf;
};

struct StageItem : ItemOf<Item::Kind::Stage> {
  using ItemOf::ItemOf;
  std::vector<ItemPtr> items;
  ExpressionPtr duration;
};

struct Game {
  Identifier name;
  std::vector<ItemPtr> items;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_AST_H
