//===- CommandLine.cpp - verbs, flags and help of ganc --------------------===//

#include "compiler/driver/Options.h"
#include "frontends/onnx/OnnxModel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace gan;
using llvm::ArrayRef;
using llvm::StringRef;

static constexpr llvm::StringLiteral kHelp =
    R"(usage: ganc FILE -o OUTPUT [flags]
       ganc inspect FILE [flags]

FILE is a network (.onnx), a game (.game, or the name of a library game), or a
dump (.mlir) to go on from. The output is a program that generates or trains.

  ganc generator.onnx -o generator && ./generator --seeds=0-63 --outdir=out
  ganc dcgan -o train && ./train --data=/usr/share/datasets/fashion-mnist --outdir=runs
  ganc wgan_gp.game --dump-dir=dumps && ganc dumps/05-fuse.mlir -o train

  -o FILE                 where the output goes; .so, .a and .o are libraries with a C
                          header beside them, everything else is a program
  --emit=FORM             exe, so, a, o or header, whatever the suffix  (-c: o)
  --name=NAME             of symbols and header  [default: the output's]
  -D NAME=VALUE           override a const of the game
  --batch=N               batch of an inference program  [default: 1]
  --batch=STREAM:N        batch of a data stream of a game
  --shape=NAME:1x3x64x64  shape of an input with free dimensions
  --numerics=CLASS        exact, fast or portable  [default: fast]
  -march=LEVEL[,LEVEL]    x86-64-v3, x86-64-v4 or native: levels that the output
                          has code for  [default: x86-64-v3,x86-64-v4]
  --backend=NAME          auto or llvm  [default: auto]
  --stop-after=PHASE      write the IR after import, link, grad, simplify, fuse or plan
  --dump-dir=DIR          write the IR after every phase
  --print-supported-ops[=json]   what is read of ONNX
  --version, --help

Exit status: 0 done, 1 wrong or unsupported input, 65 numeric check failed,
70 internal error, 74 disk failed.
)";

static int refuse(const llvm::Twine &message) {
  llvm::errs() << "ganc: error: " << message << "\n";
  return kExitWrongInput;
}

static bool parseShape(StringRef text, llvm::SmallVector<int64_t> &shape) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t size;
    if (part.getAsInteger(10, size) || size < 1)
      return false;
    shape.push_back(size);
  }
  return true;
}

/// The flag that is spelled most like `name`.
static std::string nearestFlag(StringRef name) {
  StringRef best;
  unsigned least = 4;
  for (StringRef flag :
       {"--batch", "--shape", "--numerics", "--backend", "--emit", "--name",
        "-c", "--stop-after", "--dump-dir", "--print-supported-ops",
        "--version", "--help", "-march", "-o", "-D"}) {
    unsigned distance = name.edit_distance(flag);
    if (distance < least) {
      least = distance;
      best = flag;
    }
  }
  return best.empty() ? "" : "; did you mean '" + best.str() + "'";
}

/// The form that `--emit` calls `name`.
static std::optional<Form> formOf(StringRef name) {
  return llvm::StringSwitch<std::optional<Form>>(name)
      .Case("exe", Form::Executable)
      .Case("so", Form::Shared)
      .Case("a", Form::Archive)
      .Case("o", Form::Object)
      .Case("header", Form::Header)
      .Default(std::nullopt);
}

Form gan::formOf(const Options &options) {
  if (options.form)
    return *options.form;
  return llvm::StringSwitch<Form>(llvm::sys::path::extension(options.output))
      .Case(".so", Form::Shared)
      .Case(".a", Form::Archive)
      .Case(".o", Form::Object)
      .Case(".h", Form::Header)
      .Default(Form::Executable);
}

std::string gan::nameOf(const Options &options) {
  if (!options.name.empty())
    return options.name;
  StringRef name = llvm::sys::path::filename(options.output);
  if (formOf(options) != Form::Executable) {
    name = llvm::sys::path::stem(name);
    name.consume_front("lib");
  }
  return name.str();
}

static int parseBatch(StringRef value, Options &options) {
  auto [stream, size] = value.split(':');
  int64_t number;
  if (size.empty()) {
    if (value.getAsInteger(10, number) || number < 1)
      return refuse("--batch expected a positive number, got '" + value + "'");
    options.batch = number;
    return kExitDone;
  }
  if (size.getAsInteger(10, number) || number < 1)
    return refuse("--batch expected STREAM:N, got '" + value + "'");
  options.batches[stream] = number;
  return kExitDone;
}

static int parseFlag(StringRef name, StringRef value, Options &options) {
  if (name == "--batch")
    return parseBatch(value, options);
  if (name == "--shape") {
    llvm::SmallVector<StringRef> entries;
    value.split(entries, ',');
    for (StringRef entry : entries) {
      auto [input, shape] = entry.split(':');
      if (!parseShape(shape, options.shapes[input]))
        return refuse("--shape expected NAME:1x3x64x64, got '" + entry + "'");
    }
    return kExitDone;
  }
  if (name == "--emit") {
    options.form = formOf(value);
    if (!options.form)
      return refuse("--emit expected exe, so, a, o or header, got '" + value +
                    "'");
    return kExitDone;
  }
  if (name == "-c") {
    options.form = Form::Object;
    return kExitDone;
  }
  if (name == "--name") {
    if (value.empty())
      return refuse("--name expected a name");
    options.name = value.str();
    return kExitDone;
  }
  if (name == "--numerics") {
    if (value == "exact")
      options.numerics = Numerics::Exact;
    else if (value == "fast")
      options.numerics = Numerics::Fast;
    else if (value == "portable")
      options.numerics = Numerics::Portable;
    else
      return refuse("--numerics expected exact, fast or portable, got '" +
                    value + "'");
    return kExitDone;
  }
  if (name == "-march") {
    options.levels = value.str();
    return kExitDone;
  }
  if (name == "--backend") {
    if (value != "auto" && value != "llvm")
      return refuse("--backend expected auto or llvm, got '" + value + "'");
    // One backend is built: both names mean it.
    return kExitDone;
  }
  if (name == "--stop-after") {
    options.stopAfter = phaseOf(value);
    if (!options.stopAfter || *options.stopAfter > Phase::Plan)
      return refuse(
          "--stop-after expected import, link, grad, simplify, fuse or "
          "plan, got '" +
          value + "'");
    return kExitDone;
  }
  if (name == "--dump-dir") {
    options.dumpDirectory = value.str();
    return kExitDone;
  }
  return refuse("unknown flag '" + name + "'" + nearestFlag(name));
}

static int parseConstant(StringRef text, Options &options) {
  auto [name, value] = text.split('=');
  double number;
  if (name.empty() || value.empty() || value.getAsDouble(number))
    return refuse("-D expected NAME=NUMBER, got '" + text + "'");
  options.constants[name] = number;
  return kExitDone;
}

int gan::runGanc(int argc, char **argv) {
  Options options;
  options.executable = llvm::sys::fs::getMainExecutable(
      argv[0], reinterpret_cast<void *>(&runGanc));
  llvm::SmallVector<StringRef> arguments(argv + 1, argv + argc);
  bool isInspect = !arguments.empty() && arguments.front() == "inspect";
  if (isInspect || (!arguments.empty() && arguments.front() == "compile"))
    arguments.erase(arguments.begin());
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      llvm::outs() << kHelp;
      return kExitDone;
    }
    if (argument == "--version") {
      llvm::outs() << "ganc " GANC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
      return kExitDone;
    }
    if (argument == "--print-supported-ops" ||
        argument == "--print-supported-ops=json") {
      printSupportedOnnxOperators(llvm::outs(), argument.ends_with("json"));
      return kExitDone;
    }
    int status = kExitDone;
    if (argument == "-o" || argument == "-D") {
      if (++i == arguments.size())
        return refuse(argument + " expected a value");
      if (argument == "-o")
        options.output = arguments[i].str();
      else
        status = parseConstant(arguments[i], options);
    } else if (argument.size() > 2 && argument.starts_with("-D")) {
      status = parseConstant(argument.drop_front(2), options);
    } else if (argument.starts_with("-") && argument != "-") {
      auto [name, value] = argument.split('=');
      status = parseFlag(name, value, options);
    } else if (options.input.empty()) {
      options.input = argument.str();
    } else {
      status = refuse("expected one input, got '" + llvm::Twine(options.input) +
                      "' and '" + argument + "'");
    }
    if (status)
      return status;
  }
  if (options.input.empty())
    return refuse("no input file; 'ganc --help' shows how to use it");
  return isInspect ? inspect(options) : compile(options);
}
