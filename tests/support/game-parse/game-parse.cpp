//===- game-parse.cpp - run the front end of .game files alone ------------===//

#include "frontends/game/AstPrinter.h"
#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"
#include "tests/support/Damage.h"
#include "tests/support/game-parse/DiagnosticVerifier.h"
#include "tests/support/game-parse/TestNetworks.h"

#include "llvm/ADT/StringExtras.h"
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
static cl::opt<bool> quiet("quiet", cl::desc("print diagnostics only"));
static cl::list<std::string> defines("D", cl::Prefix,
                                     cl::desc("value of a const"));

static cl::opt<std::string>
    networks("networks", cl::desc("import, with the networks of this file"));

static cl::opt<bool> locations("locations",
                               cl::desc("print where operations stand"));

static cl::opt<bool> words("words", cl::desc("print the words the language "
                                             "knows, one kind a line"));

static cl::opt<uint64_t>
    damage("damage", cl::desc("take every beginning of the game and so many "
                              "damaged versions"));

static Overrides readOverrides() {
  Overrides overrides;
  for (llvm::StringRef define : defines) {
    auto [constant, value] = define.split('=');
    double number = 0;
    value.getAsDouble(number);
    overrides.constants[constant] = number;
  }
  return overrides;
}

/// Checks and imports as far as the flags say. False if a file of networks
/// can't be read; what else is wrong is in `diagnostics`.
static bool continueWith(const Game &game, Diagnostics &diagnostics) {
  Overrides overrides = readOverrides();
  if (noCheck || diagnostics.hasErrors() ||
      !checkGame(game, overrides, diagnostics) || networks.empty())
    return true;
  mlir::MLIRContext context;
  TestNetworks files;
  if (!files.load(networks, &context))
    return false;
  auto module =
      importGame(game, overrides, files.source(), &context, diagnostics);
  if (module && !verify && !damage && !quiet)
    module->print(llvm::outs(),
                  mlir::OpPrintingFlags().enableDebugInfo(locations));
  return true;
}

/// The lines of one part keep their numbers in the whole file.
static bool runOn(llvm::StringRef name, std::string text) {
  SourceFile file(name.str(), std::move(text));
  Diagnostics diagnostics(file);
  std::unique_ptr<Game> game = parseGame(file, diagnostics);
  if (game && !continueWith(*game, diagnostics))
    return false;
  if (verify)
    return verifyDiagnostics(diagnostics, llvm::errs());
  diagnostics.print(llvm::errs());
  if (game && dumpAst)
    printAst(llvm::outs(), *game, ranges ? &file : nullptr);
  return !diagnostics.hasErrors();
}

/// A damaged game is refused with a sentence that has a place in it, or it is
/// read without one.
static bool runDamaged(llvm::StringRef name, llvm::StringRef text) {
  unsigned accepted = 0;
  auto take = [&](const std::string &bytes, bool mustFail,
                  const std::string &what) {
    SourceFile file(name.str(), bytes);
    Diagnostics diagnostics(file);
    std::unique_ptr<Game> game = parseGame(file, diagnostics);
    bool isRead = game && continueWith(*game, diagnostics);
    bool isRight = diagnostics.hasErrors() ? true : isRead && !mustFail;
    for (const Diagnostic &diagnostic : diagnostics.all())
      isRight &= !diagnostic.text.empty() &&
                 diagnostic.range.begin <= diagnostic.range.end &&
                 diagnostic.range.end <= bytes.size();
    diagnostics.print(llvm::nulls());
    accepted += !diagnostics.hasErrors();
    if (!isRight)
      llvm::errs() << what << ": "
                   << (diagnostics.hasErrors() ? "no place" : "no error")
                   << '\n';
    return isRight;
  };
  unsigned failures = gan::forEachDamage(text, damage, take);
  llvm::outs() << text.size() << " beginnings and " << damage
               << " damaged versions, " << accepted << " accepted, " << failures
               << " failures\n";
  return failures == 0;
}

static void printWords() {
  auto print = [](llvm::StringRef kind, llvm::ArrayRef<llvm::StringRef> list) {
    llvm::outs() << kind << ": " << llvm::join(list, " ") << '\n';
  };
  print("item", itemWords());
  print("statement", statementWords());
  print("expression", expressionWords());
  print("distribution", signatureNames(SignatureKind::Distribution));
  print("initializer", signatureNames(SignatureKind::Initializer));
  print("optimiser", signatureNames(SignatureKind::Optimiser));
  print("function", signatureNames(SignatureKind::Function));
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv);
  if (words) {
    printWords();
    return 0;
  }
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer) {
    llvm::errs() << input << ": " << buffer.getError().message() << '\n';
    return 1;
  }
  llvm::StringRef rest = (*buffer)->getBuffer(), name = input.getValue();
  name = name.substr(name.rfind('/') + 1);
  if (damage)
    return runDamaged(name, rest.rtrim()) ? 0 : 1;
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
