//===- Signatures.cpp - names and arguments the language knows ------------===//

#include "frontends/game/Signatures.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using llvm::ArrayRef;
using llvm::StringRef;
using llvm::Twine;

namespace {
Signature scalar(StringRef name) {
  return {name, {"v"}, 1, {}, false, true, true};
}
Signature reduction(StringRef name) {
  return {name, {"v"}, 1, {"axes", "keep"}, false, false, true};
}
Signature tensor(StringRef name, llvm::SmallVector<StringRef, 4> parameters,
                 llvm::SmallVector<StringRef, 4> options = {}) {
  unsigned required = parameters.size();
  return {
      name, std::move(parameters), required, std::move(options), false, false,
      true};
}

ArrayRef<Signature> functions() {
  static const Signature table[] = {
      reduction("mean"),
      reduction("sum"),
      {"max", {"a", "b"}, 1, {"axes", "keep"}, false, true, true},
      {"min", {"a", "b"}, 1, {"axes", "keep"}, false, true, true},
      reduction("prod"),
      reduction("norm"),
      tensor("dot", {"a", "b"}),
      scalar("log"),
      scalar("exp"),
      scalar("sqrt"),
      scalar("abs"),
      scalar("sign"),
      scalar("tanh"),
      scalar("sigmoid"),
      scalar("logit"),
      scalar("softplus"),
      scalar("relu"),
      {"clip", {"v", "low", "high"}, 3, {}, false, true, true},
      scalar("floor"),
      tensor("softmax", {"l"}, {"axis"}),
      tensor("log_softmax", {"l"}, {"axis"}),
      tensor("logsumexp", {"l"}, {"axis"}),
      tensor("cross_entropy", {"l", "y"}),
      tensor("bce", {"t", "a"}),
      tensor("mse", {"a", "b"}),
      tensor("l1", {"a", "b"}),
      tensor("kl_normal", {"m", "logvar"}),
      tensor("onehot", {"y", "n"}),
      tensor("stop", {"e"}),
      tensor("grad", {"y", "u"}),
      {"cat", {"a"}, 1, {"axis"}, true, false, true},
      tensor("split", {"v", "n"}),
      tensor("roll", {"v", "k"}, {"axis"}),
      tensor("shuffle", {"v"}),
      tensor("half", {"v"}),
      tensor("reshape", {"v", "shape"}),
      tensor("transpose", {"v", "axes"}),
      tensor("select", {"m", "a", "b"}),
      reduction("std"),
      reduction("var"),
      tensor("topk", {"v", "k"}),
      {"lerp", {"a", "b", "t"}, 3, {}, false, true, true},
      tensor("interpolate", {"v", "h", "w"}),
      {"ramp", {"a", "b"}, 2, {}, false, true, true},
      {"cosine", {"a", "b"}, 2, {}, false, true, true},
      tensor("f32", {"e"}),
      tensor("reverse_grad", {"v", "lambda"}),
      {"zip", {"a", "b"}, 2, {}, true, false, true},
  };
  return table;
}

ArrayRef<Signature> distributions() {
  static const Signature table[] = {
      {"normal", {"mean", "std"}, 2, {}, false, true, true},
      {"uniform", {"low", "high"}, 2, {}, false, true, true},
      {"logistic", {"location", "scale"}, 2, {}, false, true, true},
      {"bernoulli", {"p"}, 1, {}, false, true, true},
      {"categorical", {"weight"}, 1, {}, true, true, true},
      {"one_hot", {}, 0, {}, false, true, true},
      {"integer", {"n"}, 1, {}, false, true, true},
      {"gumbel", {}, 0, {}, false, true, true},
      {"permutation", {}, 0, {}, false, true, true},
  };
  return table;
}

ArrayRef<Signature> initializers() {
  static const Signature table[] = {
      {"normal", {"mean", "std"}, 2, {}, false, true, true},
      {"uniform", {"low", "high"}, 2, {}, false, true, true},
      {"xavier", {"gain"}, 0, {}, false, true, true},
      {"kaiming", {"gain"}, 0, {}, false, true, true},
      {"orthogonal", {"gain"}, 0, {}, false, true, true},
      {"constant", {"value"}, 1, {}, false, true, true},
  };
  return table;
}

ArrayRef<Signature> optimisers() {
  static const Signature table[] = {
      {"sgd", {"lr"}, 1, {}, false, true, true},
      {"momentum", {"lr", "momentum"}, 1, {"nesterov"}, false, true, true},
      {"rmsprop",
       {"lr", "alpha", "epsilon"},
       1,
       {"root_epsilon"},
       false,
       true,
       true},
      {"adam",
       {"lr", "beta1", "beta2", "epsilon"},
       1,
       {"root_epsilon", "lazy", "bias_correction"},
       false,
       true,
       true},
      {"adamw",
       {"lr", "beta1", "beta2", "epsilon", "decay"},
       1,
       {"root_epsilon", "lazy", "bias_correction"},
       false,
       true,
       true},
  };
  return table;
}

ArrayRef<Signature> augmentations() {
  static const Signature table[] = {
      {"flip", {"probability"}, 0, {}, false, true, true},
      {"translate", {"ratio"}, 0, {}, false, true, true},
      {"cutout", {"ratio"}, 0, {}, false, true, true},
      {"colour",
       {"brightness", "saturation", "contrast"},
       0,
       {},
       false,
       true,
       true},
  };
  return table;
}

ArrayRef<Signature> parametrisations() {
  static const Signature table[] = {
      {"spectral_norm",
       {},
       0,
       {"advance", "iterations", "epsilon"},
       false,
       true,
       true},
      {"weight_norm", {}, 0, {}, false, true, true},
      {"equalised", {}, 0, {"gain"}, false, true, true},
  };
  return table;
}
} // namespace

ArrayRef<Signature> gan::gamelang::signatures(SignatureKind kind) {
  switch (kind) {
  case SignatureKind::Function:
    return functions();
  case SignatureKind::Distribution:
    return distributions();
  case SignatureKind::Initializer:
    return initializers();
  case SignatureKind::Optimiser:
    return optimisers();
  case SignatureKind::Augmentation:
    return augmentations();
  case SignatureKind::Parametrisation:
    return parametrisations();
  }
  return {};
}

const Signature *gan::gamelang::findSignature(SignatureKind kind,
                                              StringRef name) {
  for (const Signature &signature : signatures(kind))
    if (signature.name == name)
      return &signature;
  return nullptr;
}

std::vector<StringRef> gan::gamelang::signatureNames(SignatureKind kind) {
  std::vector<StringRef> names;
  for (const Signature &signature : signatures(kind))
    names.push_back(signature.name);
  return names;
}

const FixedOption *gan::gamelang::fixedOption(StringRef name) {
  static const FixedOption table[] = {
      {"lazy", 1, INT32_MAX}, {"nesterov", 0, 1}, {"bias_correction", 0, 1}};
  for (const FixedOption &option : table)
    if (option.name == name)
      return &option;
  return nullptr;
}

std::optional<BoundArguments>
gan::gamelang::bindArguments(const Signature &signature,
                             ArrayRef<Argument> arguments, SourceRange place,
                             Diagnostics &diagnostics) {
  BoundArguments bound;
  bound.parameters.assign(signature.parameters.size(), nullptr);
  bound.options.assign(signature.options.size(), nullptr);
  auto usage = [&]() {
    std::string text = (signature.name + "(").str();
    for (auto [index, name] : llvm::enumerate(signature.parameters)) {
      text += index ? ", " : "";
      text +=
          index < signature.required ? name.str() : ("[" + name + "]").str();
    }
    for (StringRef name : signature.options)
      text += (", [" + name + " = …]").str();
    return "arguments are '" + text + (signature.isVariadic ? ", …" : "") +
           ")'";
  };

  bool good = true, named = false;
  size_t position = 0;
  for (const Argument &given : arguments) {
    const Argument **slot = nullptr;
    if (!given.name) {
      if (named) {
        diagnostics.error(given.range,
                          "an argument without a name stands after one with "
                          "a name");
        return std::nullopt;
      }
      if (position < bound.parameters.size()) {
        slot = &bound.parameters[position++];
      } else if (signature.isVariadic) {
        bound.rest.push_back(&given);
        continue;
      } else {
        diagnostics
            .error(given.range, "'" + signature.name + "' takes at most " +
                                    Twine(signature.parameters.size()) +
                                    (signature.parameters.size() == 1
                                         ? " argument without a name"
                                         : " arguments without a name"))
            .note(usage());
        return std::nullopt;
      }
    } else {
      named = true;
      const auto *parameter = llvm::find(signature.parameters, given.name.text);
      const auto *option = llvm::find(signature.options, given.name.text);
      if (parameter != signature.parameters.end()) {
        slot = &bound.parameters[parameter - signature.parameters.begin()];
      } else if (option != signature.options.end()) {
        slot = &bound.options[option - signature.options.begin()];
      } else {
        diagnostics
            .error(given.name.range,
                   "'" + signature.name + "' has no argument " +
                       quoted(given.name.text) +
                       argumentHere(signature, given.name.text))
            .note(usage());
        good = false;
        continue;
      }
    }
    if (*slot) {
      diagnostics.error(given.range, "this argument of '" + signature.name +
                                         "' was already given");
      good = false;
      continue;
    }
    *slot = &given;
  }
  for (unsigned i = 0; good && i < signature.required; ++i)
    if (!bound.parameters[i]) {
      diagnostics
          .error(place, "'" + signature.name + "' needs the argument '" +
                            signature.parameters[i] + "'")
          .note(usage());
      good = false;
    }
  if (!good)
    return std::nullopt;
  return bound;
}
