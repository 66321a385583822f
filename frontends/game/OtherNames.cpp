//===- OtherNames.cpp - what users of other libraries would type ----------===//
//
// A function a user would expect is either there, or the error names the
// nearest one.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/Signatures.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using llvm::StringRef;

static StringRef functionHere(StringRef name) {
  return llvm::StringSwitch<StringRef>(name)
      .Cases({"ln", "log_e"}, "log(v)")
      .Case("log1p", "log(1 + v)")
      .Case("expm1", "exp(v) - 1")
      .Case("E", "E[v]")
      .Cases({"average", "avg", "reduce_mean", "expectation"}, "mean(v)")
      .Cases({"reduce_sum", "total"}, "sum(v)")
      .Cases({"maximum", "amax", "reduce_max"}, "max(a, b)")
      .Cases({"minimum", "amin", "reduce_min"}, "min(a, b)")
      .Cases({"stddev", "std_dev", "standard_deviation"}, "std(v)")
      .Case("variance", "var(v)")
      .Cases({"clamp", "clip_by_value"}, "clip(v, low, high)")
      .Cases({"detach", "stop_gradient", "sg", "no_grad"}, "stop(e)")
      .Cases({"gradient", "gradients", "nabla", "autograd"}, "grad(y, u)")
      .Cases({"gradient_penalty", "grad_penalty"},
             "mean((norm(grad(y, u)) - 1)^2)")
      .Cases({"gradient_reversal", "grad_reverse", "reverse_gradient", "grl"},
             "reverse_grad(v, lambda)")
      .Cases({"concat", "concatenate", "stack"}, "cat(a, b, axis = 0)")
      .Cases({"chunk", "tensor_split"}, "split(v, n)")
      .Cases({"matmul", "mm", "bmm", "gemm"}, "dot(a, b)")
      .Cases({"binary_cross_entropy", "BCE", "BCELoss", "bce_loss",
              "bce_with_logits"},
             "bce(t, a)")
      .Cases({"binary_cross_entropy_with_logits", "BCEWithLogitsLoss",
              "sigmoid_cross_entropy", "sigmoid_cross_entropy_with_logits"},
             "bce(t, a)")
      .Cases({"softmax_cross_entropy", "softmax_cross_entropy_with_logits",
              "CrossEntropyLoss", "CE", "ce"},
             "cross_entropy(l, y)")
      .Cases({"nll", "nll_loss", "categorical_crossentropy",
              "sparse_categorical_crossentropy"},
             "cross_entropy(l, y)")
      .Cases({"mse_loss", "MSELoss", "mean_squared_error", "l2", "l2_loss"},
             "mse(a, b)")
      .Cases({"mae", "l1_loss", "L1Loss", "mean_absolute_error"}, "l1(a, b)")
      .Cases({"hinge", "hinge_loss"}, "relu(1 - v)")
      .Cases({"kl", "kl_div", "kl_divergence"}, "kl_normal(m, logvar)")
      .Cases({"square", "sqr"}, "v^2")
      .Cases({"sum_squares", "sum_of_squares", "squared_norm"}, "sum(v^2)")
      .Cases({"cosine_decay", "cosine_annealing", "CosineAnnealingLR"},
             "cosine(a, b)")
      .Cases({"warmup", "linear_warmup", "linear_decay", "LinearLR"},
             "ramp(a, b)")
      .Cases({"pow", "power"}, "a^b")
      .Case("rsqrt", "1 / sqrt(v)")
      .Case("reciprocal", "1 / v")
      .Cases({"mod", "fmod", "remainder"}, "a % b")
      .Case("ceil", "-floor(-v)")
      .Case("round", "floor(v + 0.5)")
      .Cases({"logical_and", "logical_or", "logical_not"},
             "a and b, a or b, not a")
      .Cases({"sp", "log1pexp"}, "softplus(v)")
      .Cases({"logistic", "sigma", "expit"}, "sigmoid(v)")
      .Cases({"logsigmoid", "log_sigmoid", "LogSigmoid"}, "-softplus(-v)")
      .Cases({"leaky_relu", "LeakyReLU", "lrelu"}, "max(v, 0.2 * v)")
      .Cases({"view", "flatten", "squeeze", "unsqueeze", "expand_dims"},
             "reshape(v, [...])")
      .Cases({"permute", "swapaxes"}, "transpose(v, [...])")
      .Cases({"one_hot", "to_categorical"}, "onehot(y, n)")
      .Cases({"norm2", "l2_norm", "linalg_norm", "vector_norm"}, "norm(v)")
      .Cases({"cast", "float", "to_float"}, "f32(e)")
      .Cases({"mix", "interp"}, "lerp(a, b, t)")
      .Cases({"upsample", "resize"}, "interpolate(v, h, w)")
      .Cases({"randperm", "permutation"}, "shuffle(v)")
      .Cases({"ones", "ones_like"}, "1")
      .Cases({"zeros", "zeros_like"}, "0")
      .Default("");
}

StringRef gan::gamelang::nameHere(SignatureKind kind, StringRef name) {
  switch (kind) {
  case SignatureKind::Function:
    return functionHere(name);
  case SignatureKind::Distribution:
    return llvm::StringSwitch<StringRef>(name)
        .Cases({"N", "gaussian", "randn", "randn_like"}, "normal(0, 1)")
        .Cases({"U", "rand", "rand_like"}, "uniform(0, 1)")
        .Cases({"randint", "random_integers"}, "integer(n)")
        .Default("");
  case SignatureKind::Initializer:
    return llvm::StringSwitch<StringRef>(name)
        .Cases({"he", "he_normal", "msra", "kaiming_normal", "kaiming_uniform"},
               "kaiming()")
        .Cases({"glorot", "glorot_uniform", "glorot_normal", "xavier_uniform",
                "xavier_normal"},
               "xavier()")
        .Cases({"gaussian", "randn", "truncated_normal"}, "normal(0, 0.02)")
        .Cases({"zeros", "zero"}, "constant(0)")
        .Cases({"ones", "one"}, "constant(1)")
        .Default("");
  case SignatureKind::Optimiser:
    return llvm::StringSwitch<StringRef>(name)
        .Cases({"gradient_descent", "gd"}, "sgd(lr = 0.1)")
        .Cases({"RMSProp", "rms_prop"}, "rmsprop(lr = 1e-4)")
        .Cases({"nesterov", "heavy_ball"}, "momentum(lr = 0.1)")
        .Default("");
  case SignatureKind::Augmentation:
    return llvm::StringSwitch<StringRef>(name)
        .Cases({"color", "color_jitter", "jitter"}, "colour()")
        .Cases({"translation", "shift", "crop"}, "translate()")
        .Cases({"mirror", "hflip"}, "flip()")
        .Cases({"erase", "random_erasing"}, "cutout()")
        .Default("");
  case SignatureKind::Parametrisation:
    return llvm::StringSwitch<StringRef>(name)
        .Cases({"sn", "spectral_normalization", "spectralnorm"},
               "spectral_norm(\"*\")")
        .Cases({"wn", "weight_normalization", "weightnorm"},
               "weight_norm(\"*\")")
        .Cases({"equalized", "equalized_lr", "equal_lr", "ScaledWS"},
               "equalised(\"*\")")
        .Default("");
  }
  return "";
}

std::string gan::gamelang::hereItIs(SignatureKind kind, StringRef name,
                                    llvm::ArrayRef<StringRef> others) {
  if (StringRef here = nameHere(kind, name); !here.empty())
    return ("; here it is '" + here + "'").str();
  if (StringRef why = whyNotHere(name);
      kind == SignatureKind::Function && !why.empty())
    return why.str();
  std::vector<StringRef> known = signatureNames(kind);
  known.insert(known.end(), others.begin(), others.end());
  std::string nearest = didYouMean(name, known);
  if (kind == SignatureKind::Function || !nearest.empty())
    return nearest;
  return "; there are: " + llvm::join(known, ", ");
}

std::string gan::gamelang::argumentHere(const Signature &signature,
                                        StringRef name) {
  StringRef here = llvm::StringSwitch<StringRef>(name)
                       .Cases({"dim", "dims", "axis"}, "axes = [1]")
                       .Cases({"keepdim", "keepdims"}, "keep = 1")
                       .Cases({"betas"}, "beta1 = 0.5, beta2 = 0.999")
                       .Cases({"learning_rate", "rate", "eta"}, "lr = 1e-4")
                       .Cases({"eps"}, "epsilon = 1e-8")
                       .Cases({"weight_decay"}, "then decay 1e-4")
                       .Cases({"mu", "rho", "beta"}, "momentum = 0.9")
                       .Case("loc", "mean = 0")
                       .Cases({"stddev", "sigma", "scale"}, "std = 1")
                       .Case("outputs", "y = …")
                       .Case("inputs", "u = …")
                       .Default("");
  if (signature.name == "grad" &&
      llvm::is_contained({"create_graph", "retain_graph"}, name))
    return "; a gradient can be differentiated again: leave it out";
  StringRef meant = here.take_until([](char c) { return c == ' '; });
  if (llvm::is_contained(signature.parameters, meant) ||
      llvm::is_contained(signature.options, meant) || meant == "then")
    return ("; here it is '" + here + "'").str();
  std::vector<StringRef> names(signature.parameters.begin(),
                               signature.parameters.end());
  names.insert(names.end(), signature.options.begin(), signature.options.end());
  return didYouMean(name, names);
}

StringRef gan::gamelang::whyNotHere(StringRef name) {
  return llvm::StringSwitch<StringRef>(name)
      .Cases({"shape", "size", "len", "numel", "dim"},
             "; the batch is the number 'B', and 'mean(…)' divides by the "
             "number of elements")
      .Cases({"gelu", "elu", "selu", "silu", "swish", "mish", "dropout"},
             "; a layer belongs to the network's file")
      .Cases({"conv2d", "Linear", "Conv2d", "batch_norm", "layer_norm",
              "embedding"},
             "; a layer belongs to the network's file")
      .Case("linear", "; a layer belongs to the network's file, and a straight "
                      "schedule is 'ramp(a, b)'")
      .Cases({"spectral_norm", "weight_norm"},
             "; it belongs to a network: 'network D = onnx \"…\" with "
             "spectral_norm(\"*\")'")
      .Cases({"cuda", "cpu", "to", "item", "numpy", "clone", "contiguous",
              "requires_grad_", "retain_grad"},
             "; values need no such care here: leave it out")
      .Cases({"sort", "argsort", "argmax", "argmin", "cumsum", "cumprod"},
             "; it is not part of the language; put it into a network's file")
      .Default("");
}
