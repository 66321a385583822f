//===- CheckExpressions.cpp - names and calls inside expressions ----------===//

#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

static bool isCounter(StringRef name) {
  return name == "step" || name == "images" || name == "epoch";
}

Checker::Symbol *Checker::find(StringRef name) {
  for (auto &[variable, symbol] : llvm::reverse(loops))
    if (variable == name)
      return &symbol;
  if (parameters)
    if (auto found = parameters->find(name); found != parameters->end())
      return &found->second;
  // The body of a def sees items only.
  for (Block *block = currentDef ? nullptr : current; block;
       block = block->parent)
    if (auto found = block->names.find(name); found != block->names.end())
      return &found->second;
  auto found = items.find(name);
  return found == items.end() ? nullptr : &found->second;
}

std::vector<StringRef> Checker::namesInSight(Place place) {
  std::vector<StringRef> names = {"step", "images", "epoch"};
  for (const auto &entry : loops)
    names.push_back(entry.first);
  if (parameters)
    for (const auto &entry : *parameters)
      names.push_back(entry.getKey());
  for (Block *block = currentDef ? nullptr : current; block;
       block = block->parent)
    for (const auto &entry : block->names)
      names.push_back(entry.getKey());
  for (const auto &entry : items)
    if (!llvm::isa<PlayerItem>(entry.second.item))
      names.push_back(entry.getKey());
  llvm::sort(names);
  return names;
}

static bool isNetwork(const Item &item) {
  return llvm::isa<NetworkItem>(item) || llvm::isa<EmaItem>(item);
}

/// Whether each block draws its own value; else one lasts for the step or run.
static bool drawsInBlock(const Item &item) {
  const auto *data = llvm::dyn_cast<DataItem>(&item);
  const auto *sample = llvm::dyn_cast<SampleItem>(&item);
  if (!data && !sample)
    return false;
  const Identifier &scope = data ? data->scope : sample->scope;
  return !scope || scope.text == "block";
}

/// `; did you mean 'x'`, of all that may be read here.
std::string Checker::namesLike(StringRef name, Place place) {
  return didYouMean(name, namesInSight(place));
}

void Checker::undefinedName(const NameExpression &name, Place place) {
  using Kind = Item::Kind;
  // Its other uses are the same mistake.
  if (!reported.insert(name.name).second ||
      isNameless({Kind::Const, Kind::Option, Kind::Data, Kind::Sample,
                  Kind::Variable, Kind::State}))
    return;
  auto report = [&](const Twine &text) -> Diagnostic & {
    return diagnostics.error(name.range, quoted(name.name) + text);
  };
  if (findSignature(SignatureKind::Function, name.name)) {
    report(" is a function; write '" + name.name + "(…)'");
    return;
  }
  if (name.name == "B" && !streams.empty()) {
    diagnostics.error(name.range, manyBatches(streams.size()));
    return;
  }
  if (name.name == "pi" || name.name == "e") {
    report(" is not defined; declare it: 'const " + name.name +
           (name.name == "pi" ? " = 3.141592653589793'"
                              : " = 2.718281828459045'"));
    return;
  }
  StringRef number = nameHere(SignatureKind::Function, name.name);
  if (number == "0" || number == "1") {
    report(" is not defined; a number stretches to any shape, write '" +
           number + "'");
    return;
  }
  if (place == Place::Schedule && namesLike(name.name, place).empty()) {
    report(" is not defined")
        .note("a number of the game is declared outside of 'step': 'option " +
              name.name + " = 5'");
    return;
  }
  bool isStep = place == Place::Step && !currentDef;
  auto elsewhere = ended.find(name.name);
  if (place == Place::Item && elsewhere != ended.end()) {
    report(" is not defined outside of 'step'")
        .note(elsewhere->second,
              quoted(name.name) +
                  " is bound here; a 'report' may stand in its block, and a "
                  "'show' applies the networks itself");
    return;
  }
  if (isStep && elsewhere != ended.end()) {
    report(" is not defined in this block")
        .note(elsewhere->second,
              quoted(name.name) + " is bound in another block here; a 'state' "
                                  "carries a value out of a block");
    return;
  }
  for (Block *block = isStep ? current : nullptr; block; block = block->parent)
    if (auto later = block->later.find(name.name);
        later != block->later.end()) {
      report(" is not defined before this line")
          .note(later->second, quoted(name.name) + " is bound here; a let is "
                                                   "seen from its line on");
      return;
    }
  std::string like = namesLike(name.name, place);
  Diagnostic &error = report(" is not defined" + like);
  if (currentDef && like.empty())
    error.note("a def sees items and its own parameters; what it shall use of "
               "the step is given to it as an argument");
}

void Checker::recordDraw(StringRef name, SourceRange range) {
  if (currentDef)
    currentDef->draws.insert({name, range});
  else if (current)
    current->draws.insert({name, range});
}

void Checker::checkName(const NameExpression &name, Place place) {
  Symbol *symbol = find(name.name);
  // Without a stream, what is wrong with the data was said.
  bool isBatch =
      name.name == "B" && (streams.size() == 1 || (streams.empty() && hasData));
  if (!symbol && (isCounter(name.name) || isBatch))
    return;
  if (!symbol) {
    undefinedName(name, place);
    return;
  }
  symbol->isUsed = true;
  if (symbol->kind == Symbol::Kind::Refused)
    return;
  if (symbol->kind != Symbol::Kind::Item) {
    if (place == Place::Schedule)
      diagnostics.error(name.range,
                        quoted(name.name) +
                            " is computed on the device; a schedule is made "
                            "of numbers, options, state, step, images and "
                            "epoch");
    return;
  }
  const Item &item = *symbol->item;
  switch (item.kind) {
  case Item::Kind::Const:
  case Item::Kind::Option:
  case Item::Kind::State:
    return;
  case Item::Kind::Data:
  case Item::Kind::Sample:
  case Item::Kind::Variable:
    if (place == Place::Schedule)
      diagnostics
          .error(name.range, quoted(name.name) + " is " +
                                 describeItem(item.kind) +
                                 "; a schedule is made of numbers, options, "
                                 "state, step, images and epoch")
          .note(symbol->range, quoted(name.name) + " is declared here");
    else if (drawsInBlock(item))
      recordDraw(item.name.text, name.range);
    return;
  case Item::Kind::Network:
  case Item::Kind::Ema:
    diagnostics.error(name.range,
                      quoted(name.name) +
                          " is a network and no value; apply it: '" +
                          name.name + "(…)'");
    return;
  case Item::Kind::Def:
    diagnostics.error(name.range, quoted(name.name) +
                                      " is a def and no value; use it: '" +
                                      name.name + "(…)'");
    return;
  default:
    diagnostics
        .error(name.range, quoted(name.name) + " is " +
                               describeItem(item.kind) + " and no value")
        .note(symbol->range, quoted(name.name) + " is declared here");
  }
}

void Checker::checkArguments(const CallExpression &call, Place place) {
  for (const Argument &argument : call.arguments)
    checkArgument(argument, place);
}

/// A value, or `e for v in list`, where e sees v.
void Checker::checkArgument(const Argument &argument, Place place) {
  if (!argument.list) {
    checkExpression(*argument.value, place);
    return;
  }
  checkExpression(*argument.list, place);
  loops.emplace_back(argument.variable.text,
                     declared(argument.variable, Symbol::Kind::Loop));
  checkExpression(*argument.value, place);
  loops.pop_back();
}

/// `v.mean()`, or `torch.mean(v)` with the name of a module.
void Checker::methodCall(const MemberExpression &member, StringRef module) {
  StringRef method = member.member.text;
  std::string text = module.empty() ? "values have no methods"
                                    : "there is no module " + quoted(module);
  std::string here = hereItIs(SignatureKind::Function, method);
  if (findSignature(SignatureKind::Function, method))
    here = ("; write '" + method + "(…)'").str();
  Diagnostic &error = diagnostics.error(
      module.empty() ? member.member.range : member.range, text + here);
  if (method == "detach")
    error.note("an update moves the parameters of its own player only; nothing "
               "has to be detached for it");
}

/// `P.swap(v)` of a pool that is not declared.
void Checker::noPool(const NameExpression &name) {
  // Its other uses are the same mistake.
  if (!reported.insert(name.name).second || isNameless(Item::Kind::Pool))
    return;
  std::vector<StringRef> pools;
  for (const auto &entry : items)
    if (llvm::isa<PoolItem>(entry.second.item))
      pools.push_back(entry.getKey());
  diagnostics
      .error(name.range, "pool " + quoted(name.name) + " is not declared" +
                             didYouMean(name.name, pools))
      .note("declare it outside of 'step': 'pool " + name.name + " of 50'");
}

void Checker::checkCall(const CallExpression &call, Place place) {
  const auto *name = llvm::dyn_cast<NameExpression>(call.callee.get());
  if (!name) {
    // `POOL.swap(v)` and nothing else.
    const auto *member = llvm::dyn_cast<MemberExpression>(call.callee.get());
    const auto *base =
        member ? llvm::dyn_cast<NameExpression>(member->base.get()) : nullptr;
    Symbol *symbol = base ? find(base->name) : nullptr;
    if (symbol && symbol->kind == Symbol::Kind::Refused) {
      checkArguments(call, place);
      return;
    }
    if (symbol && symbol->item && llvm::isa<PoolItem>(symbol->item)) {
      symbol->isUsed = true;
      checkSwap(call, *member, *symbol->item, place);
      return;
    }
    if (symbol && symbol->item && isNetwork(*symbol->item))
      diagnostics.error(member->range, "a network has no methods; apply it: '" +
                                           base->name + "(…)'");
    else if (base && !symbol && member->member.text == "swap")
      noPool(*base);
    else if (member)
      methodCall(*member, base && !symbol ? StringRef(base->name) : "");
    else
      diagnostics.error(call.callee->range,
                        "only networks, defs and functions can be applied; a "
                        "product is written with '*'");
    return;
  }
  Symbol *symbol = find(name->name);
  if (!symbol) {
    checkFunction(call, name->name, place);
    return;
  }
  symbol->isUsed = true;
  if (symbol->kind == Symbol::Kind::Refused) {
    checkArguments(call, place);
    return;
  }
  if (symbol->kind == Symbol::Kind::Item) {
    switch (symbol->item->kind) {
    case Item::Kind::Network:
    case Item::Kind::Ema:
      checkApplication(call, *symbol->item, place);
      return;
    case Item::Kind::Def:
      checkDefUse(call, *symbol, place);
      return;
    case Item::Kind::Augment:
      if (place == Place::Schedule)
        diagnostics.error(call.range, "a schedule can't augment");
      checkOneValue(call, quoted(name->name), place);
      return;
    default:
      break;
    }
  }
  diagnostics
      .error(name->range,
             quoted(name->name) + " is " +
                 (symbol->kind == Symbol::Kind::Item
                      ? describeItem(symbol->item->kind)
                      : StringRef("a value")) +
                 " and can't be applied; a product is written with '*'")
      .note(symbol->range, quoted(name->name) + " is declared here");
}

/// Pools and augmentations take one value and nothing else.
void Checker::checkOneValue(const CallExpression &call, const Twine &what,
                            Place place) {
  checkArguments(call, place);
  bool isOne = call.arguments.size() == 1 && !call.arguments.front().name &&
               !call.arguments.front().list && call.settings.empty();
  if (!isOne)
    diagnostics.error(call.range, what + " takes one value and nothing else");
}

void Checker::checkSwap(const CallExpression &call,
                        const MemberExpression &member, const Item &pool,
                        Place place) {
  std::string name = quoted(pool.name.text);
  if (member.member.text != "swap")
    diagnostics.error(member.member.range,
                      "a pool has no " + quoted(member.member.text) +
                          "; write '" + pool.name.text + ".swap(…)'");
  else if (place == Place::Schedule || place == Place::Item)
    diagnostics
        .error(call.range, "a pool changes with each use, and only 'step' may "
                           "change what the game keeps")
        .note(pool.name.range, name + " is declared here");
  checkOneValue(call, name + ".swap", place);
}

/// All arguments of these functions but the first are fixed when compiling.
static bool isSizedFunction(StringRef name) {
  return name == "reshape" || name == "transpose" || name == "split" ||
         name == "onehot" || name == "roll" || name == "topk" ||
         name == "interpolate";
}

void Checker::unknownFunction(StringRef name, SourceRange range) {
  using Kind = Item::Kind;
  // Its other uses are the same mistake.
  if (!reported.insert(name).second ||
      isNameless({Kind::Network, Kind::Ema, Kind::Def, Kind::Augment}))
    return;
  std::string drawn = nameHere(SignatureKind::Distribution, name).str();
  if (findSignature(SignatureKind::Distribution, name))
    drawn = (name + "(…)").str();
  if (!drawn.empty() && nameHere(SignatureKind::Function, name).empty()) {
    diagnostics.error(range, quoted(name) +
                                 " is a distribution; declare a sample: "
                                 "'sample NAME : f32[B, …] ~ " +
                                 drawn + "'");
    return;
  }
  std::vector<StringRef> ours;
  for (const auto &entry : items)
    if (llvm::isa<NetworkItem, EmaItem, DefItem>(entry.second.item))
      ours.push_back(entry.getKey());
  diagnostics.error(range, "unknown function " + quoted(name) +
                               hereItIs(SignatureKind::Function, name, ours));
}

void Checker::checkFunction(const CallExpression &call, StringRef name,
                            Place place) {
  const Signature *signature = findSignature(SignatureKind::Function, name);
  SourceRange range = call.callee->range;
  if (!signature) {
    unknownFunction(name, range);
    checkArguments(call, place);
    return;
  }
  if (!call.settings.empty())
    diagnostics.error(call.settings.front().name.range,
                      "modes belong to the application of a network; '" + name +
                          "' is a function");
  if (place == Place::Schedule && !signature->isScalar) {
    diagnostics.error(range, "function '" + name +
                                 "' works on tensors; a schedule is made of "
                                 "numbers");
    return;
  }
  std::optional<BoundArguments> bound =
      bindArguments(*signature, call.arguments, call.range, diagnostics);
  bool isExtremum = name == "max" || name == "min";
  if (bound && isExtremum && place == Place::Schedule &&
      !bound->parameters[1]) {
    diagnostics.error(range, "'" + name +
                                 "' of one value works on tensors; a schedule "
                                 "is made of numbers");
    return;
  }
  // Axes, sizes and counts are fixed when compiling; all else is a value.
  llvm::SmallPtrSet<const Argument *, 4> fixed;
  if (bound) {
    fixed.insert(bound->options.begin(), bound->options.end());
    if (isSizedFunction(name))
      fixed.insert(bound->parameters.begin() + 1, bound->parameters.end());
  }
  for (const Argument &argument : call.arguments)
    if (!fixed.contains(&argument) && signature->has(argument))
      checkArgument(argument, place);
  if (!bound)
    return;
  for (auto [option, argument] : llvm::zip(signature->options, bound->options))
    checkIntegers(argument, option, option == "axes");
  if (isSizedFunction(name))
    for (auto [argument, what] :
         llvm::drop_begin(llvm::zip(bound->parameters, signature->parameters)))
      checkIntegers(argument, what, name == "reshape" || name == "transpose");
  if (name == "grad")
    checkGradTarget(*bound->parameters[0]->value, *bound->parameters[1]->value);
  if (isExtremum && bound->parameters[1] &&
      (bound->options[0] || bound->options[1]))
    diagnostics.error(call.range, "'" + name +
                                      "' of two values is element-wise and "
                                      "takes no axes");
}

/// Axes, sizes and counts: whole numbers known when compiling.
void Checker::checkIntegers(const Argument *argument, StringRef what,
                            bool isList) {
  if (!argument)
    return;
  constexpr int64_t kLargest = (int64_t(1) << 31) - 1;
  const auto *list = llvm::dyn_cast<ListExpression>(argument->value.get());
  if (list ? list->isTuple : isList) {
    diagnostics.error(argument->value->range,
                      "expected a list such as [1] as '" + what + "'");
    return;
  }
  auto check = [&](const Expression &number) {
    int64_t smallest = what == "shape" ? -1 : what == "k" ? -kLargest : -16;
    constants.integer(number, smallest, kLargest, "'" + what + "'");
  };
  if (list)
    for (const ExpressionPtr &element : list->elements)
      check(*element);
  else
    check(*argument->value);
}

/// grad(y, u): u is a leaf or a let; only a name says which value is meant.
void Checker::checkGradTarget(const Expression &value,
                              const Expression &target) {
  const auto *name = llvm::dyn_cast<NameExpression>(&target);
  if (!name) {
    bool isSwapped = llvm::isa<NameExpression>(value);
    diagnostics
        .error(target.range, "the second argument of 'grad' must be the name "
                             "of a value")
        .note(isSwapped ? "what is differentiated stands first: 'grad(y, u)' "
                          "is the gradient of y by u"
                        : "bind the value by 'let', use the name in the first "
                          "argument and here");
    return;
  }
  Symbol *symbol = find(name->name);
  // Of all other items the name itself was refused.
  if (symbol && symbol->kind == Symbol::Kind::Item &&
      llvm::isa<ConstItem, OptionItem, StateItem>(symbol->item))
    diagnostics
        .error(target.range, "'grad' can't be taken with respect to " +
                                 quoted(name->name) + ", which is " +
                                 describeItem(symbol->item->kind))
        .note("possible are data, samples and lets");
}

void Checker::checkApplication(const CallExpression &call, const Item &network,
                               Place place) {
  if (place == Place::Schedule)
    diagnostics.error(call.range, "a schedule can't apply a network");
  for (const Argument &argument : call.arguments) {
    static const StringRef modes[] = {"infer", "train", "running",
                                      "batch", "off",   "on"};
    const auto *value = llvm::dyn_cast<NameExpression>(argument.value.get());
    if (!argument.name || !value || find(value->name) ||
        !llvm::is_contained(modes, value->name))
      continue;
    diagnostics.error(argument.range, "modes stand behind a ';': '…; " +
                                          argument.name.text + " = " +
                                          value->name + "'");
    return;
  }
  checkArguments(call, place);
  bool named = false;
  llvm::StringSet<> seen;
  for (const Argument &argument : call.arguments) {
    if (argument.name && !seen.insert(argument.name.text).second)
      diagnostics.error(argument.name.range, "input " +
                                                 quoted(argument.name.text) +
                                                 " was already given");
    if (named && !argument.name)
      diagnostics.error(argument.range, "an input without a name stands after "
                                        "one with a name");
    named |= bool(argument.name);
  }
  llvm::StringSet<> set;
  for (const ModeSetting &setting : call.settings) {
    static const StringRef names[] = {"mode", "statistics", "dropout"};
    StringRef value = setting.value.text;
    bool good = llvm::StringSwitch<bool>(setting.name.text)
                    .Case("mode", value == "infer" || value == "train")
                    .Case("statistics", value == "running" || value == "batch")
                    .Case("dropout", value == "off" || value == "on")
                    .Default(false);
    if (!llvm::is_contained(names, setting.name.text))
      diagnostics.error(setting.name.range,
                        "unknown mode " + quoted(setting.name.text) +
                            "; known are 'mode', 'statistics' and 'dropout'" +
                            didYouMean(setting.name.text, names));
    else if (!good)
      diagnostics.error(setting.value.range,
                        "unknown value " + quoted(value) + " of '" +
                            setting.name.text +
                            "'; possible are 'mode = infer', 'mode = train', "
                            "'statistics = running', 'statistics = batch', "
                            "'dropout = off' and 'dropout = on'");
    if (!set.insert(setting.name.text).second)
      diagnostics.error(setting.name.range,
                        "'" + setting.name.text + "' was already given");
  }
}

void Checker::checkDefUse(const CallExpression &call, Symbol &def,
                          Place place) {
  const auto &item = llvm::cast<DefItem>(*def.item);
  checkDef(def);
  checkArguments(call, place);
  if (!call.settings.empty())
    diagnostics.error(call.settings.front().name.range,
                      "modes belong to the application of a network; " +
                          quoted(item.name.text) + " is a def");
  for (const auto &[name, range] : def.draws)
    recordDraw(name, call.range);
  for (const Argument &argument : call.arguments)
    if (argument.name)
      diagnostics.error(argument.name.range,
                        "arguments of a def are given without names");
  if (call.arguments.size() != item.parameters.size())
    diagnostics
        .error(call.range, "def " + quoted(item.name.text) + " takes " +
                               Twine(item.parameters.size()) +
                               " arguments, got " +
                               Twine(call.arguments.size()))
        .note(item.name.range, quoted(item.name.text) + " is declared here");
}

/// Checks the body of a def once, before its first use, so that its draws are
/// known there.
void Checker::checkDef(Symbol &def) {
  const auto &item = llvm::cast<DefItem>(*def.item);
  if (def.visit == Symbol::Visit::Done)
    return;
  if (def.visit == Symbol::Visit::Active) {
    diagnostics.error(item.name.range,
                      "def " + quoted(item.name.text) + " uses itself");
    return;
  }
  constexpr unsigned kDeepest = 200;
  if (++defDepth > kDeepest) {
    diagnostics.error(item.name.range, "defs use one another more than " +
                                           Twine(kDeepest) + " deep (limit)");
    --defDepth;
    return;
  }
  def.visit = Symbol::Visit::Active;
  llvm::StringMap<Symbol> ours;
  llvm::StringMap<Symbol> *outerParameters = std::exchange(parameters, &ours);
  Symbol *outerDef = std::exchange(currentDef, &def);
  auto outerLoops = std::exchange(loops, {});
  for (const Identifier &parameter : item.parameters)
    ours[parameter.text] = declared(parameter, Symbol::Kind::Parameter);
  checkExpression(*item.body, Place::Def);
  parameters = outerParameters;
  currentDef = outerDef;
  loops = std::move(outerLoops);
  def.visit = Symbol::Visit::Done;
  --defDepth;
}

void Checker::checkExpression(const Expression &expression, Place place) {
  using Kind = Expression::Kind;
  switch (expression.kind) {
  case Kind::Number:
  case Kind::Boolean:
    return;
  case Kind::String:
    diagnostics.error(expression.range, "a string is no value here");
    return;
  case Kind::Name:
    checkName(llvm::cast<NameExpression>(expression), place);
    return;
  case Kind::List:
    if (llvm::cast<ListExpression>(expression).isTuple)
      diagnostics.error(expression.range,
                        "'(a, b)' is no value; a list is written '[a, b]'");
    else if (place == Place::Schedule)
      diagnostics.error(expression.range,
                        "a list is no number; a schedule is made of numbers");
    for (const ExpressionPtr &element :
         llvm::cast<ListExpression>(expression).elements)
      checkExpression(*element, place);
    return;
  case Kind::Expectation:
    if (place == Place::Schedule)
      diagnostics.error(expression.range,
                        "'E[…]' works on tensors; a schedule is made of "
                        "numbers");
    checkExpression(*llvm::cast<ExpectationExpression>(expression).operand,
                    place);
    return;
  case Kind::Unary:
    checkExpression(*llvm::cast<UnaryExpression>(expression).operand, place);
    return;
  case Kind::Binary: {
    const auto &binary = llvm::cast<BinaryExpression>(expression);
    checkExpression(*binary.left, place);
    checkExpression(*binary.right, place);
    return;
  }
  case Kind::Conditional: {
    const auto &conditional = llvm::cast<ConditionalExpression>(expression);
    checkExpression(*conditional.condition, place);
    checkExpression(*conditional.whenTrue, place);
    checkExpression(*conditional.whenFalse, place);
    return;
  }
  case Kind::Call:
    checkCall(llvm::cast<CallExpression>(expression), place);
    return;
  case Kind::Index: {
    const auto &index = llvm::cast<IndexExpression>(expression);
    const auto *base = llvm::dyn_cast<NameExpression>(index.base.get());
    if (base && !find(base->name) && StringRef(base->name).starts_with("E_")) {
      diagnostics.error(base->range, "the mean is written 'E[…]', whatever it "
                                     "runs over");
      return;
    }
    checkExpression(*index.base, place);
    // Others are seen when their value is known.
    if (llvm::isa<NumberExpression, UnaryExpression>(index.index.get()))
      constants.integer(*index.index, 0, (int64_t(1) << 31) - 1, "an index");
    else
      checkExpression(*index.index, place);
    return;
  }
  case Kind::Member:
    checkExpression(*llvm::cast<MemberExpression>(expression).base, place);
    return;
  }
}
