//===- NoiseHandlers.cpp - random numbers of a network's file -------------===//
//
// A network draws nothing: its noise is what it is given, behind the file's
// inputs. A game gives fresh draws to each application; a program that
// generates draws it from the seed of each image, or takes it like any other
// input. So a seed in the file would say nothing, and is refused.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

// What the attributes make of standard numbers.
static Value scaled(OnnxNode &node, Value noise, double factor, double term) {
  if (factor != 1)
    noise = node.build.scale(noise, factor);
  return term != 0 ? node.build.shift(noise, term) : noise;
}

using NoiseOf = llvm::function_ref<Value(Distribution)>;

static void importNormal(OnnxNode &node, NoiseOf noiseOf) {
  double mean = node.number("mean", 0), scale = node.number("scale", 1);
  node.elementType("dtype", ::onnx::TensorProto::FLOAT, kFloat);
  if (Value noise = noiseOf(Distribution::normal))
    node.set(0, scaled(node, noise, scale, mean));
}

static void importUniform(OnnxNode &node, NoiseOf noiseOf) {
  double low = node.number("low", 0), high = node.number("high", 1);
  node.elementType("dtype", ::onnx::TensorProto::FLOAT, kFloat);
  if (Value noise = noiseOf(Distribution::uniform))
    node.set(0, scaled(node, noise, high - low, low));
}

using Import = void (*)(OnnxNode &, NoiseOf);

template <Import import> static void importShaped(OnnxNode &node) {
  node.require("shape");
  SmallVector<int64_t> shape = node.integers("shape");
  import(node, [&](Distribution distribution) -> Value {
    return node.ready() && node.fits(shape) ? node.noise(shape, distribution)
                                            : Value();
  });
}

template <Import import> static void importLike(OnnxNode &node) {
  bool hasType = node.has("dtype");
  import(node, [&](Distribution distribution) -> Value {
    if (!node.ready())
      return {};
    if (hasType || node.type(0).getElementType().isF32())
      return node.noiseLike(0, distribution);
    node.reject("attribute 'dtype' is missing: the input is no float");
    return {};
  });
}

static void importBernoulli(OnnxNode &node) {
  Type element;
  if (node.has("dtype"))
    element = node.elementType("dtype", ::onnx::TensorProto::FLOAT, kAny);
  if (!node.ready())
    return;
  Value x = node.input(0);
  Value isBelow = node.build.compare(
      Comparison::lt, node.noiseLike(0, Distribution::uniform), x);
  node.set(0, node.build.cast(
                  isBelow, element ? element : tensorType(x).getElementType()));
}

void onnximport::addNoiseOperators(OnnxOperators &operators) {
  const StringRef seed = "seed";
  OnnxOperators rows = {
      {"Bernoulli", {15, 22}, 1, 1, kFloat, importBernoulli, seed},
      {"RandomNormal", {1, 22}, 0, 0, kAny, importShaped<importNormal>, seed},
      {"RandomNormalLike", {1, 22}, 1, 1, kAny, importLike<importNormal>, seed},
      {"RandomUniform", {1, 22}, 0, 0, kAny, importShaped<importUniform>, seed},
      {"RandomUniformLike",
       {1, 22},
       1,
       1,
       kAny,
       importLike<importUniform>,
       seed},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
