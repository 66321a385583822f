//===- CommandLine.cpp - verbs, flags and help of ganc --------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/Devices.h"
#include "compiler/backends/Numerics.h"
#include "compiler/driver/Import.h"
#include "compiler/driver/Options.h"
#include "frontends/game/Checker.h"
#include "frontends/onnx/OnnxModel.h"
#include "ganrt/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

using namespace gan;
using llvm::ArrayRef;
using llvm::StringRef;

static constexpr llvm::StringLiteral kUsage =
    R"(usage: ganc FILE -o OUTPUT [flags]
       ganc inspect FILE [flags]      ganc bench PROGRAM [its flags]

FILE is a network (.onnx), a game (.game, or the name of a library game), or a
dump to go on from. The suffix of OUTPUT says what it becomes: a program, or a
library (.so, .a, .o) with a C header beside it.
)";

static constexpr llvm::StringLiteral kExamples = R"(
  ganc generator.onnx -o generator && ./generator --seeds=0-63 --outdir=out
  ganc dcgan -o train && ./train --data=/usr/share/datasets/fashion-mnist

)";

static constexpr llvm::StringLiteral kExitStatus =
    R"(
exit status: 0 done, 1 wrong or unsupported input, 65 a numeric check failed,
             70 internal error, 74 the disk failed
)";

namespace {
/// What a flag is called, and what --help says about it.
struct Flag {
  StringRef name, value, help;
  bool isHidden = false;
};
} // namespace

static constexpr Flag kFlags[] = {
    {"-o", " FILE", "where the output goes; - is the standard output"},
    {"--name", "=NAME", "of a library's symbols and header", true},
    {"-D", " NAME=VALUE", "override a const of the game"},
    {"--batch", "=[STREAM:]N", "images of a plan, or batch of a game's stream"},
    {"--shape", "=NAME:1x3x8x8", "shape of an input with free dimensions"},
    {"--numerics", "=CLASS", "exact, fast (default), tf32, bf16, portable"},
    {"-march", "=LEVEL[,LEVEL]",
     "x86-64-v3, x86-64-v4 (default: both) or native", true},
    {"--device", "=cpu,NAME", "also for opencl, vulkan, cuda[:sm_80]"},
    {"--device-block", "=SIZE", "blocks of device memory, as in 128m (default)",
     true},
    {"--cubin", "", "cubins instead of PTX, by ptxas", true},
    {"--stop-after", "=PHASE", "write what there is after this phase"},
    {"--dump-dir", "=DIR", "write what there is after every phase"},
    {"--print-supported-ops", "", "what is read of ONNX"},
    {"--list-games", "", "the games of the library"},
    {"--help-hidden", "", "all flags"},
    {"--emit", "=FORM", "exe, so, a, o, asm, llvm or header", true},
    {"-c", "", "--emit=o", true},
    {"-S", "", "--emit=asm; with -emit-llvm --emit=llvm", true},
    {"-emit-llvm", "", "see -S", true},
    {"-Wno-", "NAME", "accept a warning, as 'allow NAME' in the game", true},
    {"-Werror", "", "refuse a game with warnings", true},
    {"--json", "", "of inspect: for machines", true},
    {"--backend", "=NAME", "auto (default), or who writes what it can", true},
    {"--no-chains", "", "filters behind one another stay kernels", true},
    {"--tune", "=FILE", "measure what kernels can be made of, write it", true},
    {"--tuned", "=FILE", "choose by what --tune has written", true},
    {"--print-supported-ops", "=json", "the same for machines", true},
    {"--mlir-print-ir-after-all", "", "the IR after every pass, to stderr",
     true},
    {"--version", "", "versions of ganc and LLVM", true},
    {"--help", "", "the flags that matter most", true},
};

static void printHelp(bool all) {
  llvm::outs() << kUsage << kExamples;
  for (const Flag &flag : kFlags) {
    if (flag.isHidden && !all)
      continue;
    std::string text = (flag.name + flag.value).str();
    llvm::outs() << "  " << llvm::left_justify(text, 27) << flag.help << "\n";
  }
  llvm::outs() << kExitStatus;
}

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

/// 500, 500k, 64m, 2g; powers of 1024.
static bool parseSize(StringRef text, uint64_t &size) {
  constexpr uint64_t most = uint64_t(1) << 40;
  size_t unit = text.empty()
                    ? StringRef::npos
                    : StringRef("kmgt").find(llvm::toLower(text.back()));
  unsigned shift = unit == StringRef::npos ? 0 : 10 * (unit + 1);
  uint64_t number;
  if (shift)
    text = text.drop_back();
  if (text.getAsInteger(10, number) || number == 0 || number > most >> shift)
    return false;
  size = number << shift;
  return true;
}

/// The flag that is spelled most like `name`.
static std::string nearestFlag(StringRef name) {
  StringRef best;
  unsigned least = 4;
  for (const Flag &flag : kFlags) {
    unsigned distance = name.edit_distance(flag.name);
    if (distance < least) {
      least = distance;
      best = flag.name;
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
      .Case("asm", Form::Assembly)
      .Case("llvm", Form::LLVM)
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
      .Case(".s", Form::Assembly)
      .Case(".ll", Form::LLVM)
      .Case(".h", Form::Header)
      .Default(Form::Executable);
}

std::string gan::nameOf(const Options &options) {
  if (!options.name.empty())
    return options.name;
  StringRef name = llvm::sys::path::filename(
      options.output == "-" ? options.input : options.output);
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
      return refuse(
          "--emit expected exe, so, a, o, asm, llvm or header, got '" + value +
          "'");
    return kExitDone;
  }
  if (name == "-S" || name == "-emit-llvm") {
    bool isLLVM = name != "-S" || options.form == Form::LLVM;
    options.form = isLLVM ? Form::LLVM : Form::Assembly;
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
    auto numerics = findNumerics(value);
    if (!numerics)
      return refuse("--numerics expected exact, fast, tf32, bf16 or portable, "
                    "got '" +
                    value + "'");
    options.numerics = *numerics;
    return kExitDone;
  }
  if (name == "-march") {
    options.levels = value.str();
    return kExitDone;
  }
  if (name == "--backend") {
    if (value == "auto") {
      options.backend.clear();
      return kExitDone;
    }
    if (!llvm::is_contained(backendNames(), value))
      return refuse("--backend expected auto, " +
                    llvm::join(backendNames(), " or ") + ", got '" + value +
                    "'");
    options.backend = value.str();
    return kExitDone;
  }
  if (name == "--device") {
    auto devices = parseDevices(value);
    if (!devices)
      return refuse(llvm::toString(devices.takeError()));
    options.devices = *devices;
    return kExitDone;
  }
  if (name == "--device-block") {
    if (!parseSize(value, options.deviceBlock) ||
        options.deviceBlock % GANRT_DEVICE_ALIGNMENT)
      return refuse("--device-block expected a size as 128m, a multiple of 256 "
                    "bytes, got '" +
                    value + "'");
    return kExitDone;
  }
  if (name == "--cubin") {
    options.cubin = true;
    return kExitDone;
  }
  if (name == "--tune" || name == "--tuned") {
    if (value.empty())
      return refuse(name + " expected a file");
    (name == "--tune" ? options.tune : options.tuned) = value.str();
    return kExitDone;
  }
  if (name == "--stop-after") {
    options.stopAfter = phaseOf(value);
    if (!options.stopAfter)
      return refuse("--stop-after expected " +
                    llvm::join(phaseNames().drop_back(), ", ") + " or " +
                    phaseNames().back() + ", got '" + value + "'");
    return kExitDone;
  }
  if (name == "-Werror") {
    options.warningsAreErrors = true;
    return kExitDone;
  }
  if (StringRef warning = name; warning.consume_front("-Wno-")) {
    if (!llvm::is_contained(gamelang::warningNames(), warning))
      return refuse("there is no warning '" + warning + "'" +
                    gamelang::didYouMean(warning, gamelang::warningNames()));
    options.acceptedWarnings.push_back(warning.str());
    return kExitDone;
  }
  if (name == "--no-chains") {
    options.chains = false;
    return kExitDone;
  }
  if (name == "--json") {
    options.json = true;
    return kExitDone;
  }
  if (name == "--mlir-print-ir-after-all") {
    options.printIr = true;
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

/// Runs a generated program with `--bench` and the arguments behind its name.
static int bench(ArrayRef<StringRef> arguments) {
  if (arguments.empty())
    return refuse("bench expected a program that ganc has written");
  StringRef program = arguments.front();
  if (!llvm::sys::fs::can_execute(program))
    return refuse("cannot run '" + program + "'");
  llvm::SmallVector<StringRef> command(arguments);
  command.insert(command.begin() + 1, "--bench");
  std::string problem;
  int status = llvm::sys::ExecuteAndWait(program, command, std::nullopt, {}, 0,
                                         0, &problem);
  if (!problem.empty())
    llvm::errs() << "ganc: error: '" << program << "': " << problem << "\n";
  return status < 0 ? kExitInternal : status;
}

/// A write past the limit of a file's size is an error like a full disk. The
/// signal is blocked, not ignored, since LLVM puts its own handler in place.
static void letLargeWritesFail() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

static int runVerb(int argc, char **argv, Options options) {
  options.executable = llvm::sys::fs::getMainExecutable(
      argv[0], reinterpret_cast<void *>(&runGanc));
  llvm::SmallVector<StringRef> arguments(argv + 1, argv + argc);
  StringRef verb = arguments.empty() ? "" : arguments.front();
  bool isInspect = verb == "inspect";
  if (verb == "bench")
    return bench(ArrayRef(arguments).drop_front());
  if (isInspect || verb == "compile")
    arguments.erase(arguments.begin());
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (argument == "--help" || argument == "-h" ||
        argument == "--help-hidden") {
      printHelp(argument == "--help-hidden");
      return kExitDone;
    }
    if (argument == "--version") {
      llvm::outs() << "ganc " GANC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
      return kExitDone;
    }
    if (argument == "--list-games") {
      for (StringRef name : libraryGames(options.executable))
        llvm::outs() << llvm::left_justify(name, 26)
                     << libraryTitle(options.executable, name) << "\n";
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

int gan::runGanc(int argc, char **argv, Options options) {
  letLargeWritesFail();
  int status = runVerb(argc, argv, std::move(options));
  llvm::raw_fd_ostream &out = llvm::outs();
  out.flush();
  if (!out.has_error())
    return status;
  llvm::errs() << "ganc: error: cannot write the standard output: "
               << out.error().message() << "\n";
  out.clear_error(); // what is left there ends the process
  return status ? status : int(kExitDisk);
}
