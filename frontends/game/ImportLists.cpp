//===- ImportLists.cpp - lists and records of values ----------------------===//
//
// A record holds the outputs of a network, the parts of a tensor, or the values
// of `[a, b]` and `e for v in list`. All are known when compiling: `for` writes
// its expression once for each value.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/StringExtras.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

/// Values that the lists of one game may have in all.
static constexpr unsigned kMostValues = 10000;

ImportedValue GameImporter::evaluateList(const ListExpression &list,
                                         Place place) {
  std::vector<ImportedValue> fields;
  fields.reserve(list.elements.size());
  for (const ExpressionPtr &element : list.elements)
    fields.push_back(evaluate(*element, place));
  if (!llvm::all_of(fields, [](const auto &field) { return bool(field); }))
    return {};
  return ImportedValue::record(std::move(fields));
}

/// A value, or the list that `e for v in list` makes.
ImportedValue GameImporter::evaluateArgument(const Argument &argument,
                                             Place place) {
  if (!argument.list)
    return evaluate(*argument.value, place);
  ImportedValue list = evaluate(*argument.list, place);
  if (!list)
    return {};
  if (!list.isRecord())
    return fail(argument.list->range,
                "'for' runs over a list or the outputs of a network, got " +
                    describeValue(list));
  listValues += list.fields.size();
  if (listValues > kMostValues)
    return fail(argument.range, "'for' makes more than " + Twine(kMostValues) +
                                    " values (limit)");
  std::vector<ImportedValue> fields;
  NameScope ours;
  ours.parent = nameScope;
  nameScope = &ours;
  for (ImportedValue &value : list.fields) {
    ours.names[argument.variable.text] = value;
    fields.push_back(evaluate(*argument.value, place));
    // What is wrong for one is wrong for all.
    if (!fields.back())
      break;
  }
  nameScope = ours.parent;
  if (!fields.back())
    return {};
  return ImportedValue::record(std::move(fields));
}

ImportedValue GameImporter::evaluateIndex(const IndexExpression &index,
                                          Place place) {
  ImportedValue base = evaluate(*index.base, place);
  ImportedValue which = evaluate(*index.index, place);
  if (!base || !which)
    return {};
  if (which.isTensor())
    return chooseRows(index, base, which);
  if (!base.isRecord())
    return fail(index.range, "'[…]' chooses one of several outputs; this is " +
                                 describeValue(base));
  if (!which.isConstant() || which.number != std::floor(which.number))
    return fail(index.index->range,
                "an index is a whole number that is known when compiling");
  if (which.number < 0 || which.number >= double(base.fields.size()))
    return fail(index.index->range,
                "there are " + Twine(base.fields.size()) +
                    (base.names.empty() ? " values" : " outputs") +
                    ", counted from 0");
  return base.fields[static_cast<size_t>(which.number)];
}

ImportedValue GameImporter::evaluateMember(const MemberExpression &member,
                                           Place place) {
  ImportedValue base = evaluate(*member.base, place);
  if (!base)
    return {};
  auto found = llvm::find(base.names, member.member.text);
  if (found != base.names.end())
    return base.isRecord() ? base.fields[found - base.names.begin()]
                           : ImportedValue::tensor(base.value);
  for (const auto &[name, tensor] : base.taps)
    if (name == member.member.text)
      return ImportedValue::tensor(tensor);
  if (base.names.empty())
    return fail(member.member.range, "this is " + describeValue(base) +
                                         " and has no outputs" +
                                         whyNotHere(member.member.text));
  std::vector<StringRef> names(base.names.begin(), base.names.end());
  for (const auto &[name, tensor] : base.taps)
    names.push_back(name);
  return fail(member.member.range,
              "there is no output " + quoted(member.member.text) +
                  "; outputs are '" + llvm::join(names, "', '") + "'" +
                  didYouMean(member.member.text, names));
}

/// Gives the tensors of a value operations that carry its name; numbers are
/// their own.
ImportedValue GameImporter::named(ImportedValue value, SourceRange range,
                                  const Twine &label) {
  std::string name = label.str();
  auto let = [&](Value tensor, const std::string &text) -> Value {
    Location loc =
        NameLoc::get(builder.getStringAttr(StringRef(text).split('.').first),
                     locationOf(range));
    return at(range, game::LetOp::create(builder, loc, tensor.getType(), text,
                                         tensor));
  };
  if (value.isTensor())
    value.value = let(value.value, name);
  for (auto &[tap, tensor] : value.taps)
    tensor = let(tensor, name + "." + tap);
  if (value.isRecord())
    for (auto [index, field] : llvm::enumerate(value.fields))
      field = named(std::move(field), range,
                    name + "." +
                        (value.names.empty() ? std::to_string(index)
                                             : value.names[index]));
  return value;
}

/// The first values of all lists as a list, then the second ones, and so on.
ImportedValue GameImporter::zip(const CallExpression &call,
                                ArrayRef<ImportedValue> arguments,
                                ArrayRef<SourceRange> ranges) {
  for (auto [argument, range] : llvm::zip(arguments, ranges)) {
    if (!argument.isRecord())
      return fail(range, "'zip' needs lists or the outputs of networks, got " +
                             describeValue(argument));
    if (argument.fields.size() != arguments.front().fields.size())
      return fail(call.range, "'zip' needs lists of one length, got " +
                                  Twine(arguments.front().fields.size()) +
                                  " and " + Twine(argument.fields.size()) +
                                  " values");
  }
  std::vector<ImportedValue> rows;
  for (size_t i = 0; i < arguments.front().fields.size(); ++i) {
    std::vector<ImportedValue> row;
    for (const ImportedValue &argument : arguments)
      row.push_back(argument.fields[i]);
    rows.push_back(ImportedValue::record(std::move(row)));
  }
  return ImportedValue::record(std::move(rows));
}

/// `sum`, `mean`, `max` and `min` of each value, and then of these numbers.
ImportedValue GameImporter::listReduction(const CallExpression &call,
                                          StringRef name,
                                          const BoundArguments &bound,
                                          const ImportedValue &list) {
  if (bound.options[0] || bound.options[1])
    return fail(call.range,
                "'" + name + "' of a list gives one number and takes no axes");
  SmallVector<Value> numbers;
  for (const ImportedValue &field : list.fields) {
    ImportedValue reduced = field.isRecord()
                                ? listReduction(call, name, bound, field)
                                : reduction(call, name, bound, field);
    if (!reduced)
      return {};
    numbers.push_back(reduced.value);
  }
  gan::TensorBuilder make = tensors(call.range);
  for (Value &number : numbers)
    number = make.reshape(number, {1});
  Value all = make.concat(numbers, 0);
  return ImportedValue::tensor(name == "sum"    ? make.sum(all, {0})
                               : name == "mean" ? make.mean(all, {0})
                               : name == "max"  ? make.max(all, {0})
                                                : make.min(all, {0}));
}
