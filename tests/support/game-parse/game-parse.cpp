//===- game-parse.cpp - run the front end of .game files alone ------------===//

#include "frontends/game/AstPrinter.h"
#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"
#include "tests/support/game-parse/DiagnosticVerifier.h"
#include "tests/support/game-parse/TestNetworks.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace gan::gamelang;
namespace cl = llvm::cl;

static cl::opt<std::string> input(cl::Positional, cl::init("-"));
static cl::opt<bool> dumpAst("dump-ast", cl::desc("print the syntax tree"));
static cl::opt<bool> ranges("ranges", cl::desc("with the range of each node"));
static cl::opt<bool> verify("verify-diagnostics",
                            cl::desc("compare with 'expected-…' comments"));
static cl::opt<bool> split("split-input-file",
                           cl::desc("several games, divided by '# -----'"));
static cl::opt<bool> noCheck("no-check", cl::desc("parse only"));
static cl::list<std::string> defines("D", cl::Prefix,
                                     cl::desc("value of a const"));

static cl::opt<std::string>
    networks("networks", cl::desc("import, with the networks of this file"));

static cl::opt<bool> locations("locations",
                               cl::desc("print where operations stand"));

/// The lines of one part keep their numbers in the whole file.
static bool runOn(llvm::StringRef name, std::string text) {
  SourceFile file(name.str(), std::move(text));
  Diagnostics diagnostics(file);
  Overrides overrides;
  for (llvm::StringRef define : defines) {
    auto [constant, value] = define.split('=');
    double number = 0;
    value.getAsDouble(number);
    overrides.constants[constant] = number;
  }
  std::unique_ptr<Game> game = parseGame(file, diagnostics);
  if (game && !noCheck && !diagnostics.hasErrors() &&
      checkGame(*game, overrides, diagnostics) && !networks.empty()) {
    mlir::MLIRContext context;
    TestNetworks files;
    if (!files.load(networks, &context))
      return false;
    auto module =
        importGame(*game, overrides, files.source(), &context, diagnostics);
    if (module && !verify)
      module->print(llvm::outs(),
                    mlir::OpPrintingFlags().enableDebugInfo(locations));
  }
  if (verify)
    return verifyDiagnostics(diagnostics, llvm::errs());
  diagnostics.print(llvm::errs());
  if (game && dumpAst)
    printAst(llvm::outs(), *game, ranges ? &file : nullptr);
  return !diagnostics.hasErrors();
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv);
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer) {
    llvm::errs() << input << ": " << buffer.getError().message() << '\n';
    return 1;
  }
  llvm::StringRef rest = (*buffer)->getBuffer(), name = input.getValue();
  name = name.substr(name.rfind('/') + 1);
  bool good = true;
  unsigned lines = 0;
  while (true) {
    llvm::StringRef part = rest, tail;
    if (split)
      std::tie(part, tail) = rest.split("\n# -----\n");
    good &= runOn(name, std::string(lines, '\n') + part.str());
    if (tail.empty())
      return good ? 0 : 1;
    lines += part.count('\n') + 2;
    rest = tail;
  }
}
