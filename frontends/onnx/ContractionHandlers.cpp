//===- ContractionHandlers.cpp - Gemm, MatMul, Einsum ---------------------===//

#include "frontends/onnx/OpTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static void importGemm(OnnxNode &node) {
  double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  bool transA = node.flag("transA", false), transB = node.flag("transB", false);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.reject("expected two matrices, got ranks " +
                       Twine(node.rank(0)) + " and " + Twine(node.rank(1)));
  int64_t inner = transA ? 0 : 1, innerB = transB ? 1 : 0;
  if (node.shape(0)[inner] != node.shape(1)[innerB])
    return node.reject("the inner sizes " + Twine(node.shape(0)[inner]) +
                       " and " + Twine(node.shape(1)[innerB]) + " differ");
  SmallVector<int64_t> shape = {node.shape(0)[1 - inner],
                                node.shape(1)[1 - innerB]};
  if (!node.fits(shape))
    return;
  Value y = build.dot(node.parameter(0, "weight"), node.parameter(1, "weight"),
                      {}, {}, {inner}, {innerB});
  if (alpha != 1)
    y = build.scale(y, alpha);
  if (node.hasInput(2) && beta != 0) {
    auto both = node.broadcastShape(node.shape(2), shape);
    if (!both || *both != shape)
      return node.failed() ? void()
                           : node.reject("input 2 is larger than the result");
    Value c = node.stretch(node.parameter(2, "bias"), shape);
    y = build.add(y, beta == 1 ? c : build.scale(c, beta));
  }
  node.set(0, y);
}

// numpy's rules: vectors are promoted to matrices, leading axes are broadcast.
static void importMatMul(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  SmallVector<int64_t> a(node.shape(0)), b(node.shape(1));
  if (a.empty() || b.empty())
    return node.reject("expected operands of rank 1 or more");
  bool isRow = a.size() == 1, isColumn = b.size() == 1;
  if (isRow)
    a.insert(a.begin(), 1);
  if (isColumn)
    b.push_back(1);
  int64_t rows = a[a.size() - 2], inner = a.back();
  int64_t innerB = b[b.size() - 2], columns = b.back();
  if (inner != innerB)
    return node.reject("the inner sizes " + Twine(inner) + " and " +
                       Twine(innerB) + " differ");
  ArrayRef<int64_t> leadA = ArrayRef(a).drop_back(2);
  ArrayRef<int64_t> leadB = ArrayRef(b).drop_back(2);
  auto lead = node.broadcastShape(leadA, leadB);
  if (!lead)
    return;
  SmallVector<int64_t> shape(*lead);
  shape.append({rows, columns});
  int64_t batch = lead->size();
  if (!node.fits(shape))
    return;

  Value x = build.reshape(node.parameter(0, "weight"), a);
  Value w = build.reshape(node.parameter(1, "weight"), b);
  Value y;
  if (leadB.empty()) {
    y = build.dot(x, w, {}, {}, {batch + 1}, {0});
  } else {
    SmallVector<int64_t> shapeA(*lead), shapeB(*lead), dims;
    shapeA.append({rows, inner});
    shapeB.append({inner, columns});
    if (!node.fits(shapeA) || !node.fits(shapeB))
      return;
    for (int64_t i = 0; i < batch; ++i)
      dims.push_back(i);
    y = build.dot(node.stretch(x, shapeA), node.stretch(w, shapeB), dims, dims,
                  {batch + 1}, {batch});
  }
  if (isColumn)
    shape.pop_back();
  if (isRow)
    shape.erase(shape.begin() + batch);
  node.set(0, build.reshape(y, shape));
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

/// The letters of an equation: one text for each operand, and the result's.
struct Equation {
  SmallVector<std::string> operands;
  std::string result;
};

static std::optional<Equation> parseEquation(OnnxNode &node, StringRef text) {
  std::string dense;
  for (char c : text)
    if (c != ' ')
      dense += c;
  auto [left, right] = StringRef(dense).split("->");
  Equation equation;
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  for (StringRef part : parts)
    equation.operands.push_back(part.str());
  equation.result = right.str();
  // Without an arrow: what occurs once, in the order of the alphabet.
  if (!StringRef(dense).contains("->"))
    for (char c = 'A'; c <= 'z'; ++c)
      if (llvm::isAlpha(c) && left.count(c) == 1)
        equation.result += c;
  bool isPlain = true;
  auto check = [&](StringRef letters) {
    for (char c : letters)
      isPlain &= llvm::isAlpha(c) && letters.count(c) == 1;
  };
  for (const std::string &letters : equation.operands)
    check(letters);
  check(equation.result);
  for (char c : equation.result)
    isPlain &= left.contains(c);
  if (isPlain)
    return equation;
  node.reject("equation " + quoted(text) + " is not supported",
              {"supported: letters, each once in an operand"});
  return std::nullopt;
}

/// A tensor whose axes have letters.
struct Lettered {
  Value value;
  std::string letters;
};

/// Without the axes that nothing later needs.
static Lettered sumOut(TensorBuilder &build, const Lettered &x,
                       StringRef needed) {
  SmallVector<int64_t> dims;
  std::string rest;
  for (auto [dim, letter] : llvm::enumerate(x.letters))
    if (needed.contains(letter))
      rest += letter;
    else
      dims.push_back(dim);
  return {dims.empty() ? x.value : build.sum(x.value, dims), rest};
}

/// Both in one; letters that are in both and not needed later are contracted.
static Lettered contract(TensorBuilder &build, Lettered a, Lettered b,
                         StringRef needed) {
  a = sumOut(build, a, needed.str() + b.letters);
  b = sumOut(build, b, needed.str() + a.letters);
  SmallVector<int64_t> batch[2], contracted[2];
  std::string shared, free;
  for (auto [dim, letter] : llvm::enumerate(a.letters)) {
    size_t other = b.letters.find(letter);
    if (other == std::string::npos) {
      free += letter;
      continue;
    }
    auto &pair = needed.contains(letter) ? batch : contracted;
    pair[0].push_back(dim);
    pair[1].push_back(other);
    if (needed.contains(letter))
      shared += letter;
  }
  for (char letter : b.letters)
    if (!StringRef(a.letters).contains(letter))
      free += letter;
  return {build.dot(a.value, b.value, batch[0], batch[1], contracted[0],
                    contracted[1]),
          shared + free};
}

// Pair by pair from the left.
static void importEinsum(OnnxNode &node) {
  node.require("equation");
  std::string text = node.text("equation");
  if (!node.ready())
    return;
  auto equation = parseEquation(node, text);
  if (!equation)
    return;
  size_t count = equation->operands.size();
  bool fits = count == node.inputs();
  llvm::DenseMap<char, int64_t> sizes;
  for (size_t i = 0; fits && i < count; ++i) {
    const std::string &letters = equation->operands[i];
    fits = node.hasInput(i) &&
           node.rank(i) == static_cast<int64_t>(letters.size());
    for (size_t dim = 0; fits && dim < letters.size(); ++dim) {
      int64_t size = node.shape(i)[dim];
      fits = sizes.try_emplace(letters[dim], size).first->second == size;
    }
  }
  if (!fits)
    return node.reject("equation " + quoted(text) +
                       " does not fit the shapes of the inputs");
  SmallVector<int64_t> shape;
  for (char letter : equation->result)
    shape.push_back(sizes[letter]);
  if (!node.fits(shape))
    return;
  TensorBuilder &build = node.build;
  auto operand = [&](size_t i) -> Lettered {
    return {node.parameter(i, "weight"), equation->operands[i]};
  };
  Lettered all = operand(0);
  for (size_t i = 1; i < count; ++i) {
    std::string needed = equation->result;
    for (size_t k = i + 1; k < count; ++k)
      needed += equation->operands[k];
    all = contract(build, all, operand(i), needed);
  }
  all = sumOut(build, all, equation->result);
  SmallVector<int64_t> permutation;
  for (char letter : equation->result)
    permutation.push_back(all.letters.find(letter));
  node.set(0, build.transpose(all.value, permutation));
}

void onnximport::addContractionOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Einsum",
       {12},
       1,
       kVariadic,
       kFloat,
       importEinsum,
       "ellipsis, and letters twice in an operand"},
      {"Gemm", {11, 13}, 2, 3, kFloat, importGemm},
      {"MatMul", {9, 13}, 2, 2, kFloat, importMatMul},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
