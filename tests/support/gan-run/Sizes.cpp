//===- Sizes.cpp - one file, many shapes ----------------------------------===//

#include "tests/support/gan-run/Sizes.h"
#include "llvm/ADT/StringExtras.h"

using namespace gan::testing;
using llvm::StringRef;

namespace {
/// sum := term (('+'|'-') term)*   term := factor (('*'|'/') factor)*
/// factor := NUMBER | 'N' | '(' sum ')'
class Expression {
public:
  Expression(StringRef text, int64_t size) : rest(text), size(size) {}

  std::optional<int64_t> evaluate() {
    int64_t value = sum();
    if (!rest.empty())
      isBroken = true;
    return isBroken ? std::nullopt : std::optional(value);
  }

private:
  int64_t sum() {
    int64_t value = term();
    while (rest.starts_with("+") || rest.starts_with("-"))
      value += take() == '+' ? term() : -term();
    return value;
  }
  int64_t term() {
    int64_t value = factor();
    while (rest.starts_with("*") || rest.starts_with("/")) {
      bool isProduct = take() == '*';
      int64_t other = factor();
      isBroken |= !isProduct && other <= 0;
      value = isProduct ? value * other : isBroken ? 0 : value / other;
    }
    return value;
  }
  int64_t factor() {
    if (rest.consume_front("N"))
      return size;
    int64_t value = 0;
    if (rest.consume_front("(")) {
      value = sum();
      isBroken |= !rest.consume_front(")");
    } else {
      isBroken |= rest.consumeInteger(10, value);
    }
    return value;
  }
  char take() {
    char first = rest.front();
    rest = rest.drop_front();
    return first;
  }

  StringRef rest;
  int64_t size;
  bool isBroken = false;
};
} // namespace

std::optional<std::string>
gan::testing::substituteSize(StringRef text, int64_t size, std::string &error) {
  std::string result;
  while (true) {
    auto [before, after] = text.split("${");
    result += before;
    if (before.size() == text.size())
      return result;
    auto [expression, rest] = after.split('}');
    auto value = Expression(expression, size).evaluate();
    if (!value) {
      error = expression.str();
      return std::nullopt;
    }
    result += std::to_string(*value);
    text = rest;
  }
}
