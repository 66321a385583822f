//===- ParseItems.cpp - the declarations of a game ------------------------===//

#include "frontends/game/Parser.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

bool Parser::items(std::vector<ItemPtr> &into) {
  while (!isDone() && !at(TokenKind::RightBrace) &&
         !(stageDepth > 0 && atWord("for"))) {
    if (!at(TokenKind::Reserved) ||
        !llvm::is_contained(itemWords(), peek().text)) {
      unexpectedAfterItem(into);
      take();
      skipToItem();
      continue;
    }
    if (ItemPtr parsed = item())
      into.push_back(std::move(parsed));
    else
      skipToItem();
  }
  return !stopped;
}

static llvm::ArrayRef<StringRef> postprocessWords() {
  static const StringRef words[] = {"clip_weights", "unit_norm",  "clip_norm",
                                    "replace_nan",  "clip_value", "decay",
                                    "orthogonal"};
  return words;
}

/// Optional parts of an item, for suggestions when something follows it.
static std::vector<StringRef> continuations(const Item *item) {
  if (!item)
    return {};
  switch (item->kind) {
  case Item::Kind::Option:
    return {"in"};
  case Item::Kind::Network:
    return {"frozen",    "init",     "for",   "with", "variance",
            "trainable", "constant", "share", "tap"};
  case Item::Kind::Data:
    return {"range", "batch", "pairs", "per"};
  case Item::Kind::Sample:
    return {"per"};
  case Item::Kind::Player:
    return {"with", "then", "shared"};
  case Item::Kind::Pool:
    return {"probability"};
  case Item::Kind::Augment:
    return {"then"};
  case Item::Kind::Ema:
    return {"from"};
  default:
    return {};
  }
}

void Parser::unexpectedAfterItem(const std::vector<ItemPtr> &before) {
  const Token &token = peek();
  StringRef word = token.text;
  if (token.is(TokenKind::Semicolon) || token.is(TokenKind::Comma)) {
    fail(token, "items need no '" + token.text + "' between them");
    return;
  }
  if (startsUpdate() || (token.is(TokenKind::Reserved) &&
                         llvm::is_contained(statementWords(), word))) {
    fail(token, (startsUpdate() ? Twine("an update") : Twine(quoted(word))) +
                    " stands inside of 'step { … }'");
    return;
  }
  const Item *last = before.empty() ? nullptr : before.back().get();
  const auto *player = llvm::dyn_cast_or_null<PlayerItem>(last);
  if (player && token.is(TokenKind::Number) && !player->postprocesses.empty()) {
    fail(token,
         "'" + player->postprocesses.back().name.text + "' takes no amount");
    return;
  }
  if (player && llvm::is_contained(postprocessWords(), word)) {
    fail(token, quoted(word) + " stands behind 'then': 'then " + word + "'");
    return;
  }
  std::vector<StringRef> candidates = continuations(last);
  std::string hint = didYouMean(word, candidates);
  if (hint.empty())
    hint = didYouMean(word, itemWords());
  if (hint.empty() && !candidates.empty())
    hint = "; the item before may go on with '" +
           llvm::join(candidates, "', '") + "'";
  fail(token, "expected an item such as 'network', 'data' or 'step', got " +
                  describe(token) + hint);
}

/// Goes on at the next item of this level, or at the '}' that ends it.
void Parser::skipToItem() {
  unsigned open = 0;
  while (!isDone()) {
    if (at(TokenKind::LeftBrace)) {
      ++open;
    } else if (at(TokenKind::RightBrace)) {
      if (open == 0)
        return;
      --open;
    } else if (open == 0 && at(TokenKind::Reserved) &&
               llvm::is_contained(itemWords(), peek().text) &&
               (atWord("step") ? peek(1).is(TokenKind::LeftBrace)
                               : peek(1).is(TokenKind::Name) ||
                                     peek(1).is(TokenKind::Reserved))) {
      return;
    }
    take();
  }
}

ItemPtr Parser::item() {
  using Production = ItemPtr (Parser::*)();
  Production production = llvm::StringSwitch<Production>(peek().text)
                              .Case("const", &Parser::constItem)
                              .Case("option", &Parser::optionItem)
                              .Case("network", &Parser::networkItem)
                              .Case("data", &Parser::dataItem)
                              .Case("sample", &Parser::sampleItem)
                              .Case("player", &Parser::playerItem)
                              .Case("pool", &Parser::poolItem)
                              .Case("augment", &Parser::augmentItem)
                              .Case("def", &Parser::defItem)
                              .Case("ema", &Parser::emaItem)
                              .Case("step", &Parser::stepItem)
                              .Case("export", &Parser::exportItem)
                              .Case("allow", &Parser::allowItem)
                              .Case("stage", &Parser::stageItem)
                              .Default(nullptr);
  uint32_t begin = peek().range.begin;
  StringRef word = peek().text;
  ItemPtr parsed;
  if (production)
    parsed = (this->*production)();
  else if (word == "variable")
    parsed = typedItem<VariableItem>("a variable");
  else if (word == "state")
    parsed = typedItem<StateItem>("a state");
  else if (word == "show")
    parsed = namedValueItem<ShowItem>("a show");
  else
    parsed = namedValueItem<ReportItem>("a report");
  if (parsed)
    parsed->range = since(begin);
  return parsed;
}

//===----------------------------------------------------------------------===//
// Shared parts
//===----------------------------------------------------------------------===//

/// num := ['-'] NUMBER | NAME
ExpressionPtr Parser::number(const Twine &what) {
  ExpressionPtr node;
  if (at(TokenKind::Name)) {
    auto name = std::make_unique<NameExpression>(peek().range);
    name->name = take().text.str();
    node = std::move(name);
  } else if (at(TokenKind::Minus) && peek(1).is(TokenKind::Number)) {
    SourceRange range = take().range;
    ExpressionPtr operand = numberLiteral();
    if (!operand)
      return nullptr;
    auto negated =
        std::make_unique<UnaryExpression>(range.through(operand->range));
    negated->operand = std::move(operand);
    negated->depth = 2;
    node = std::move(negated);
  } else if (at(TokenKind::Number)) {
    node = numberLiteral();
    if (!node)
      return nullptr;
  } else {
    fail(peek(), "expected a number or the name of a const as " + what +
                     ", got " + describe(peek()));
    return nullptr;
  }
  switch (peek().kind) {
  case TokenKind::Plus:
  case TokenKind::Minus:
  case TokenKind::Star:
  case TokenKind::Slash:
  case TokenKind::Percent:
  case TokenKind::Caret:
  case TokenKind::LeftParen:
    fail(peek(), what + " is one number or the name of a const; give the "
                        "expression a name: 'const NAME = …'");
    return nullptr;
  default:
    return node;
  }
}

/// path := NET | VARIABLE | NET '.' STRING
bool Parser::path(Path &into, const Twine &where) {
  into.range = peek().range;
  if (!expectName(into.base, "a network " + where))
    return false;
  if (at(TokenKind::Dot) && peek(1).isWord("parameters"))
    return fail(peek(1), "all parameters of a network are just '" +
                             into.base.text + "'; some are '" + into.base.text +
                             ".\"PATTERN\"'");
  if (takeIf(TokenKind::Dot) &&
      !expectString(into.pattern, "a pattern of parameter names"))
    return false;
  into.range = since(into.range.begin);
  return true;
}

bool Parser::dimension(Dimension &into) {
  into.range = peek().range;
  if (atWord("B")) {
    take();
    into.isBatch = true;
    if (takeIf(TokenKind::Dot) &&
        !expectName(into.stream, "a data stream after 'B.'"))
      return false;
  } else {
    into.size = number("a dimension");
    if (!into.size)
      return false;
  }
  into.range = since(into.range.begin);
  return true;
}

bool Parser::type(TypeExpression &into) {
  into.range = peek().range;
  static const StringRef elements[] = {"f32", "i32", "i64", "bool"};
  if (!at(TokenKind::Name) || !llvm::is_contained(elements, peek().text)) {
    StringRef meant = llvm::StringSwitch<StringRef>(peek().text)
                          .Cases({"float", "float32", "f64", "double"}, "f32")
                          .Cases({"u8", "uint8", "byte"}, "f32")
                          .Cases({"f16", "half", "bf16"}, "f32")
                          .Cases({"int", "int32"}, "i32")
                          .Cases({"int64", "long"}, "i64")
                          .Cases({"boolean", "i1"}, "bool")
                          .Case("[", "f32[…]")
                          .Default("");
    return fail(peek(), "expected a type ('f32', 'i32', 'i64' or 'bool'), "
                        "got " +
                            describe(peek()) +
                            (meant.empty() ? Twine("")
                                           : "; did you mean '" + meant + "'"));
  }
  expectName(into.element, "a type");
  if (takeIf(TokenKind::LeftBracket)) {
    do {
      if (!dimension(into.dimensions.emplace_back()))
        return false;
    } while (takeIf(TokenKind::Comma));
    if (!expect(TokenKind::RightBracket, "]", "after the dimensions"))
      return false;
  }
  into.range = since(into.range.begin);
  return true;
}

bool Parser::interval(std::optional<Interval> &into, const Twine &where) {
  Interval read;
  read.range = peek().range;
  if (!expect(TokenKind::LeftParen, "(", where))
    return false;
  read.low = number("the lower bound");
  if (!read.low || !expect(TokenKind::Comma, ",", "between the bounds"))
    return false;
  read.high = number("the upper bound");
  if (!read.high || !expect(TokenKind::RightParen, ")", "after the bounds"))
    return false;
  read.range = since(read.range.begin);
  into = std::move(read);
  return true;
}

/// scope := 'block' | 'step' | 'stage' | 'run', after 'per'
bool Parser::scope(Identifier &into) {
  static const StringRef scopes[] = {"block", "step", "stage", "run"};
  if (!llvm::is_contained(scopes, peek().text))
    return fail(peek(), "expected 'block', 'step', 'stage' or 'run' after "
                        "'per', got " +
                            describe(peek()));
  Token token = take();
  into = {token.text.str(), token.range, false, true};
  return true;
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

ItemPtr Parser::constItem() {
  auto node = std::make_unique<ConstItem>(take().range);
  if (!expectName(node->name, "a const") ||
      !expect(TokenKind::Equal, "=", "after the name of the const"))
    return nullptr;
  node->value = expression();
  if (!node->value)
    return nullptr;
  return node;
}

ItemPtr Parser::optionItem() {
  auto node = std::make_unique<OptionItem>(take().range);
  if (!expectName(node->name, "an option") ||
      !expect(TokenKind::Equal, "=", "after the name of the option"))
    return nullptr;
  node->value = number("the default of an option");
  if (!node->value)
    return nullptr;
  if (takeWord("in") && !interval(node->interval, "after 'in'"))
    return nullptr;
  if (at(TokenKind::String) && !expectString(node->help, "the help"))
    return nullptr;
  return node;
}

static std::optional<NetworkAttribute::Kind> attributeKind(const Token &token) {
  using Kind = NetworkAttribute::Kind;
  if (!token.is(TokenKind::Name))
    return std::nullopt;
  return llvm::StringSwitch<std::optional<Kind>>(token.text)
      .Case("frozen", Kind::Frozen)
      .Case("init", Kind::Init)
      .Case("with", Kind::With)
      .Case("variance", Kind::Variance)
      .Case("trainable", Kind::Trainable)
      .Case("constant", Kind::Constant)
      .Case("share", Kind::Share)
      .Case("tap", Kind::Tap)
      .Default(std::nullopt);
}

ItemPtr Parser::networkItem() {
  auto node = std::make_unique<NetworkItem>(take().range);
  if (!expectName(node->name, "a network") ||
      !expect(TokenKind::Equal, "=", "after the name of the network") ||
      !expectWord("onnx", "after '='") ||
      !expectString(node->file, "the name of an ONNX file"))
    return nullptr;
  while (std::optional<NetworkAttribute::Kind> kind = attributeKind(peek()))
    if (!networkAttribute(*node, *kind))
      return nullptr;
  return node;
}

/// [',' arg]* ')', behind the pattern of a parametrisation.
bool Parser::optionsBehind(std::vector<Argument> &into) {
  while (takeIf(TokenKind::Comma))
    if (!argument(into.emplace_back()))
      return false;
  return expect(TokenKind::RightParen, ")", "after the pattern");
}

bool Parser::networkAttribute(NetworkItem &network,
                              NetworkAttribute::Kind kind) {
  using Kind = NetworkAttribute::Kind;
  uint32_t begin = peek().range.begin;
  NetworkAttribute &made = network.attributes.emplace_back();
  made.kind = kind;
  take();
  auto read = [&]() -> bool {
    switch (kind) {
    case Kind::Frozen:
      return true;
    case Kind::Init:
      return expectName(made.name, "an initializer after 'init'") &&
             argumentsOf(made.name, SignatureKind::Initializer,
                         made.arguments) &&
             // In a stage, `for` without a string gives its duration.
             (!atWord("for") ||
              (stageDepth > 0 && !peek(1).is(TokenKind::String)) ||
              (takeWord("for") &&
               expectString(made.pattern, "a pattern of parameter names")));
    case Kind::With:
      return expectName(made.name, "a parametrisation after 'with'") &&
             expect(TokenKind::LeftParen, "(", "after the parametrisation") &&
             expectString(made.pattern, "a pattern of parameter names") &&
             optionsBehind(made.arguments);
    case Kind::Variance:
      return expectName(made.name,
                        "a kind of variance ('population' or 'unbiased')");
    case Kind::Trainable:
    case Kind::Constant:
      return expectString(made.pattern, "a pattern of parameter names");
    case Kind::Share:
      return path(made.from, "after 'share'") &&
             expectWord("as", "after the shared path") &&
             path(made.to, "after 'as'");
    case Kind::Tap:
      return expectName(made.name, "a tap") &&
             expect(TokenKind::Equal, "=", "after the name of the tap") &&
             expectString(made.pattern, "the ONNX name of a tensor");
    }
    return false;
  };
  if (!read())
    return false;
  made.range = since(begin);
  return true;
}

ItemPtr Parser::dataItem() {
  auto node = std::make_unique<DataItem>(take().range);
  if (!expectName(node->name, "a data stream") ||
      !expect(TokenKind::Colon, ":", "after the name of the data stream") ||
      !type(node->type))
    return nullptr;
  while (true) {
    Token word = peek();
    auto once = [&](bool present) {
      if (present)
        fail(word, quoted(word.text) + " was already given for this stream");
      else
        take();
      return !present;
    };
    if (atWord("range")) {
      if (!once(node->interval.has_value()) ||
          !interval(node->interval, "after 'range'"))
        return nullptr;
    } else if (atWord("batch")) {
      if (!once(node->batch != nullptr))
        return nullptr;
      node->batch = number("a batch size");
      if (!node->batch)
        return nullptr;
    } else if (atWord("pairs")) {
      if (!once(node->pairs.present) ||
          !expectName(node->pairs, "a data stream after 'pairs'"))
        return nullptr;
    } else if (atWord("per")) {
      if (!once(node->scope.present) || !scope(node->scope))
        return nullptr;
    } else {
      return node;
    }
  }
}

ItemPtr Parser::sampleItem() {
  auto node = std::make_unique<SampleItem>(take().range);
  if (!expectName(node->name, "a sample") ||
      !expect(TokenKind::Colon, ":", "after the name of the sample") ||
      !type(node->type) ||
      !expect(TokenKind::Tilde, "~", "after the type of the sample") ||
      !expectName(node->distribution, "a distribution after '~'") ||
      !argumentsOf(node->distribution, SignatureKind::Distribution,
                   node->arguments))
    return nullptr;
  if (takeWord("per") && !scope(node->scope))
    return nullptr;
  return node;
}

template <typename T> ItemPtr Parser::typedItem(StringRef what) {
  auto node = std::make_unique<T>(take().range);
  if (!expectName(node->name, what) ||
      !expect(TokenKind::Colon, ":", "after the name of " + what) ||
      !type(node->type) ||
      !expect(TokenKind::Equal, "=", "after the type of " + what))
    return nullptr;
  node->value = expression();
  if (!node->value)
    return nullptr;
  return node;
}

ItemPtr Parser::playerItem() {
  auto node = std::make_unique<PlayerItem>(take().range);
  if (!expectName(node->name, "a player") ||
      !expectWord("trains", "after the name of the player"))
    return nullptr;
  do {
    if (!path(node->paths.emplace_back(), "that the player trains"))
      return nullptr;
  } while (takeIf(TokenKind::Comma));
  if (at(TokenKind::LeftParen) &&
      node->paths.back().base.text == "parameters") {
    fail(peek(), "a player trains the parameters of networks; write "
                 "'trains NETWORK'");
    return nullptr;
  }
  if (!expectWord("with", "after what the player trains") ||
      !expectName(node->optimiser, "an optimiser after 'with'"))
    return nullptr;
  if (at(TokenKind::Dot)) {
    fail(peek(), "an optimiser is one word, such as 'adam(lr = 1e-4)'");
    return nullptr;
  }
  if (!argumentsOf(node->optimiser, SignatureKind::Optimiser, node->arguments))
    return nullptr;
  while (takeWord("then"))
    if (!postprocess(*node))
      return nullptr;
  if (atWord("shared")) {
    Token word = take();
    node->shared = {word.text.str(), word.range, false, true};
  }
  return node;
}

bool Parser::postprocess(PlayerItem &player) {
  llvm::ArrayRef<StringRef> names = postprocessWords();
  Postprocess &made = player.postprocesses.emplace_back();
  made.range = peek().range;
  if (!at(TokenKind::Name) || !llvm::is_contained(names, peek().text)) {
    StringRef meant =
        llvm::StringSwitch<StringRef>(peek().text)
            .Cases({"clip", "clamp", "weight_clip", "weight_clipping"},
                   "clip_weights 0.01")
            .Cases({"clip_grad_norm", "grad_clip", "gradient_clip"},
                   "clip_norm 1")
            .Case("clip_grad_value", "clip_value 1")
            .Cases({"weight_decay", "l2"}, "decay 1e-4")
            .Case("nan_to_num", "replace_nan")
            .Default("");
    return fail(peek(),
                "expected '" + llvm::join(names, "', '") +
                    "' after 'then', got " + describe(peek()) +
                    (meant.empty() ? didYouMean(peek().text, names)
                                   : ("; here it is '" + meant + "'").str()));
  }
  expectName(made.name, "a step of the optimiser");
  if (made.name.text != "unit_norm" && made.name.text != "replace_nan") {
    if (at(TokenKind::LeftParen))
      return fail(peek(), "the amount of '" + made.name.text +
                              "' stands without brackets: '" + made.name.text +
                              " 0.01'");
    made.amount = number("the amount of '" + made.name.text + "'");
    if (!made.amount)
      return false;
  }
  made.range = since(made.range.begin);
  return true;
}

ItemPtr Parser::poolItem() {
  auto node = std::make_unique<PoolItem>(take().range);
  if (!expectName(node->name, "a pool") ||
      !expectWord("of", "after the name of the pool"))
    return nullptr;
  node->size = number("the size of a pool");
  if (!node->size)
    return nullptr;
  if (takeWord("probability")) {
    node->probability = number("a probability");
    if (!node->probability)
      return nullptr;
  }
  return node;
}

ItemPtr Parser::augmentItem() {
  auto node = std::make_unique<AugmentItem>(take().range);
  if (!expectName(node->name, "an augment") ||
      !expect(TokenKind::Equal, "=", "after the name of the augment"))
    return nullptr;
  do {
    AugmentStep &made = node->steps.emplace_back();
    if (!expectName(made.name, "an augmentation") ||
        !arguments(made.arguments, nullptr))
      return nullptr;
  } while (takeWord("then"));
  return node;
}

ItemPtr Parser::defItem() {
  auto node = std::make_unique<DefItem>(take().range);
  if (!expectName(node->name, "a def") ||
      !expect(TokenKind::LeftParen, "(", "after the name of the def"))
    return nullptr;
  if (!at(TokenKind::RightParen)) {
    do {
      if (!expectName(node->parameters.emplace_back(), "a parameter"))
        return nullptr;
    } while (takeIf(TokenKind::Comma));
  }
  if (!expect(TokenKind::RightParen, ")", "after the parameters"))
    return nullptr;
  if (at(TokenKind::Colon) || at(TokenKind::LeftBrace)) {
    fail(peek(),
         "a def is one expression: 'def " + node->name.text + "(…) = …'");
    return nullptr;
  }
  if (!expect(TokenKind::Equal, "=", "after the parameters of the def"))
    return nullptr;
  node->body = expression();
  if (!node->body)
    return nullptr;
  return node;
}

ItemPtr Parser::emaItem() {
  auto node = std::make_unique<EmaItem>(take().range);
  if (!expectName(node->name, "an average") ||
      !expectWord("of", "after the name of the average") ||
      !expectName(node->source, "a network after 'of'") ||
      !expectWord("decay", "after the network of the average"))
    return nullptr;
  if (at(TokenKind::Equal)) {
    fail(peek(), "the decay of an average stands without '=': 'decay 0.999'");
    return nullptr;
  }
  node->decay = expression();
  if (!node->decay)
    return nullptr;
  if (!takeWord("from"))
    return node;
  node->from = expression();
  if (!node->from)
    return nullptr;
  return node;
}

ItemPtr Parser::stepItem() {
  auto node = std::make_unique<StepItem>(take().range);
  node->body = block();
  if (!node->body)
    return nullptr;
  return node;
}

template <typename T> ItemPtr Parser::namedValueItem(StringRef what) {
  auto node = std::make_unique<T>(take().range);
  if (!expectName(node->name, what) ||
      !expect(TokenKind::Equal, "=", "after the name of " + what))
    return nullptr;
  node->value = expression();
  if (!node->value)
    return nullptr;
  return node;
}

ItemPtr Parser::exportItem() {
  auto node = std::make_unique<ExportItem>(take().range);
  if (!expectName(node->name, "a network to export") ||
      !expectWord("as", "after the name of the network") ||
      !expectString(node->file, "the name of a file"))
    return nullptr;
  return node;
}

/// The names of warnings hold hyphens: `allow draw-scope`.
ItemPtr Parser::allowItem() {
  auto node = std::make_unique<AllowItem>(take().range);
  if (at(TokenKind::Reserved) && peek(1).is(TokenKind::Minus)) {
    Token first = take();
    node->name = {first.text.str(), first.range, false, true};
  } else if (!expectName(node->name, "a warning")) {
    return nullptr;
  }
  while (at(TokenKind::Minus)) {
    take();
    if (!at(TokenKind::Name) && !at(TokenKind::Reserved)) {
      failExpected("the rest of the name of a warning", "after '-'");
      return nullptr;
    }
    node->name.text += ("-" + take().text).str();
    node->name.range.end = previousEnd;
  }
  return node;
}

/// 'stage' NAME '{' item* 'for' expr '}'
ItemPtr Parser::stageItem() {
  auto node = std::make_unique<StageItem>(take().range);
  NestingScope scope{*this};
  if (!enter() || !expectName(node->name, "a stage") ||
      !expect(TokenKind::LeftBrace, "{", "after the name of the stage"))
    return nullptr;
  ++stageDepth;
  bool read = items(node->items);
  --stageDepth;
  if (!read || !expectWord("for", "at the end of the stage, with its duration"))
    return nullptr;
  node->duration = expression();
  if (!node->duration ||
      !expect(TokenKind::RightBrace, "}", "after the duration of the stage"))
    return nullptr;
  return node;
}
