//===- Checker.h - what must hold before networks are looked at -----------===//
//
// Names, visibility, arguments, statement rules and constants of a game. What
// needs the types of networks is checked while importing.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_CHECKER_H
#define FRONTENDS_GAME_CHECKER_H

#include "frontends/game/Constants.h"
#include "frontends/game/Signatures.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace gan::gamelang {

/// Checks a whole game and reports everything it finds; true if there is no
/// error, counting those reported before.
bool checkGame(const Game &game, const Overrides &overrides,
               Diagnostics &diagnostics);

/// Names of all warnings, for `allow` and `-Wno-…`.
llvm::ArrayRef<llvm::StringRef> warningNames();

class Checker {
public:
  Checker(const Game &game, const Overrides &overrides,
          Diagnostics &diagnostics);
  void run();

private:
  /// What a name stands for.
  struct Symbol {
    /// What was refused is known as that, and its uses are silent: which of two
    /// things of one name is meant can't be told.
    enum class Kind { Item, Let, Where, Parameter, Loop, Refused };
    Kind kind = Kind::Item;
    const Item *item = nullptr;
    SourceRange range;
    bool isUsed = false;
    /// Draws a def makes at each use, with those of the defs it uses.
    llvm::MapVector<llvm::StringRef, SourceRange> draws;
    enum class Visit { None, Active, Done } visit = Visit::None;
  };

  /// Where an expression stands, and so what it may read.
  enum class Place {
    Schedule, // numbers, consts, options, state, step, images, epoch
    Item,     // show and report: everything but lets
    Def,      // as Item, and its parameters
    Step,     // everything
  };

  enum class BlockKind { Step, Plain, When, Every, Repeat, Accumulate };
  struct Block {
    Block *parent = nullptr;
    BlockKind kind = BlockKind::Plain;
    llvm::StringMap<Symbol> names;
    llvm::MapVector<llvm::StringRef, SourceRange> draws;
    /// Names that `draw` renewed here on purpose.
    llvm::StringSet<> renewed;
    /// Where this block binds its lets, for "not defined before this line".
    llvm::StringMap<SourceRange> later;
  };

  // The game as a whole (Checker.cpp).
  void declareItems();
  void declare(const Item &item);
  void checkAllow(const AllowItem &allow);
  void checkOutputName(const Identifier &name);
  void checkPaths();
  void useAveraged();
  void warnUntrained();
  void warnUnused();
  void notYet(SourceRange range, const llvm::Twine &what);

  // Items (CheckItems.cpp).
  const Signature *known(SignatureKind kind, llvm::StringRef what,
                         const Identifier &name);
  void checkItem(const Item &item);
  void checkOption(const OptionItem &option);
  void checkNetwork(const NetworkItem &network);
  void checkParametrisation(const NetworkAttribute &attribute);
  void checkShare(const NetworkItem &network,
                  const NetworkAttribute &attribute);
  void checkData(const DataItem &data);
  void checkPairs(const DataItem &data);
  void checkSample(const SampleItem &sample);
  void checkState(const StateItem &state);
  void checkVariable(const VariableItem &variable);
  void checkPlayer(const PlayerItem &player);
  void checkEma(const EmaItem &ema);
  void checkPool(const PoolItem &pool);
  void checkAugment(const AugmentItem &augment);
  void checkExport(const ExportItem &item);
  void checkExportedFile(const Identifier &file);
  /// Streams with a batch size of their own.
  llvm::SmallVector<llvm::StringRef> streamNames() const;
  void checkBatch(llvm::StringRef stream);
  void checkInterval(const Interval &interval, llvm::StringRef what);
  void checkType(const TypeExpression &type, bool isData);

  // Statements (CheckStatements.cpp).
  void checkStep(const StepItem &step);
  void checkBlock(llvm::ArrayRef<StatementPtr> statements, BlockKind kind);
  void checkStatement(const Statement &statement);
  void checkBody(const Statement &body, BlockKind kind);
  void checkLet(const Identifier &name, const Expression &value,
                Symbol::Kind kind);
  void checkAssign(const AssignStatement &assign);
  void checkDraw(const DrawStatement &draw);
  void checkUpdate(const UpdateStatement &update);
  void checkRepeat(const RepeatStatement &repeat);
  void checkTogether(const TogetherStatement &together);
  void checkEvery(const EveryStatement &every);
  void checkAccumulate(const AccumulateStatement &accumulate);
  void warnDrawScopes();
  void noteMissingGains();
  bool mayDeclare(const Identifier &name);
  bool isNameless(llvm::ArrayRef<Item::Kind> kinds) const;
  Symbol declared(const Identifier &name, Symbol::Kind kind);

  // Expressions (CheckExpressions.cpp).
  void checkExpression(const Expression &expression, Place place);
  void checkName(const NameExpression &name, Place place);
  void checkCall(const CallExpression &call, Place place);
  void checkFunction(const CallExpression &call, llvm::StringRef name,
                     Place place);
  void checkApplication(const CallExpression &call, const Item &network,
                        Place place);
  void checkDefUse(const CallExpression &call, Symbol &def, Place place);
  void checkSwap(const CallExpression &call, const MemberExpression &member,
                 const Item &pool, Place place);
  void checkOneValue(const CallExpression &call, const llvm::Twine &what,
                     Place place);
  void checkDef(Symbol &def);
  void checkArguments(const CallExpression &call, Place place);
  void checkArgument(const Argument &argument, Place place);
  void checkGradTarget(const Expression &value, const Expression &target);
  void checkIntegers(const Argument *argument, llvm::StringRef what,
                     bool isList);
  void undefinedName(const NameExpression &name, Place place);
  void unknownFunction(llvm::StringRef name, SourceRange range);
  void methodCall(const MemberExpression &member, llvm::StringRef module);
  void noPool(const NameExpression &name);
  void recordDraw(llvm::StringRef name, SourceRange range);
  Symbol *find(llvm::StringRef name);
  std::vector<llvm::StringRef> namesInSight(Place place);
  std::string namesLike(llvm::StringRef name, Place place);

  const Game &game;
  const Overrides &overrides;
  Diagnostics &diagnostics;
  Constants constants;
  llvm::StringMap<Symbol> items;
  std::vector<const DataItem *> streams;
  bool hasData = false;
  /// Items whose name was taken, and which are meant by a name that is not
  /// declared, perhaps.
  llvm::SmallVector<Item::Kind> nameless;
  const StepItem *step = nullptr;
  llvm::StringMap<SourceRange> outputNames, exportedFiles;

  std::deque<Block> blocks;
  Block *current = nullptr;
  /// Parameters of the def that is being checked, and the def itself.
  llvm::StringMap<Symbol> *parameters = nullptr;
  Symbol *currentDef = nullptr;
  /// Variables of `for … in` around the expression, innermost last.
  std::deque<std::pair<llvm::StringRef, Symbol>> loops;
  unsigned defDepth = 0;
  /// Names that are not there or could not be declared, each reported once.
  llvm::StringSet<> reported;
  /// The `together` or `accumulate` around the statement: its updates apply as
  /// one, so that each player has one there.
  struct Joint {
    llvm::StringRef word;
    SourceRange range;
    llvm::StringMap<SourceRange> players;
  };
  Joint *joint = nullptr;
  /// Lets whose block has ended, for "bound in another block".
  llvm::StringMap<SourceRange> ended;
  std::vector<SourceRange> unusedLets;
  /// Updates of declared players in the order of the text.
  std::vector<const UpdateStatement *> updates;
  /// An `every` without gain, and the updates in it.
  struct LazyStatement {
    const EveryStatement *every;
    size_t firstUpdate, lastUpdate;
  };
  std::vector<LazyStatement> withoutGain;
};

/// How diagnostics call an item: "a network", "a sample".
llvm::StringRef describeItem(Item::Kind kind);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_CHECKER_H
