//===- Implementation.h - state and steps of the importer of games --------===//
//
// Split over ImportItems, ImportStatements, ImportExpressions, ImportLists,
// ImportFunctions, ImportArrangements, ImportLosses and ImportApplications;
// nobody else includes this.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_IMPLEMENTATION_H
#define FRONTENDS_GAME_IMPLEMENTATION_H

#include "dialects/game/IR/GameOps.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "frontends/game/DrawSites.h"
#include "frontends/game/GameChecks.h"
#include "frontends/game/GameImporter.h"
#include "frontends/game/ImportedValue.h"
#include "frontends/game/ScalarBuilder.h"

#include "mlir/IR/Builders.h"

namespace gan::gamelang {

/// A block of the language, which owns draws. Its values stand in `block`,
/// before `statement` while that is being imported.
struct DrawBlock {
  DrawBlock *parent = nullptr;
  mlir::Block *block = nullptr;
  mlir::Operation *statement = nullptr;
  llvm::StringMap<mlir::Value> draws;
};

/// Names of lets, `where` bindings and parameters of defs.
struct NameScope {
  NameScope *parent = nullptr;
  llvm::StringMap<ImportedValue> names;
};

class GameImporter {
public:
  GameImporter(const Game &game, const Overrides &overrides,
               const NetworkSource &networks, mlir::MLIRContext *context,
               Diagnostics &diagnostics);
  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  using Value = mlir::Value;

  /// Whether a state is read as a tensor or as a number of the host.
  enum class Place { Device, Host };

  // Items (ImportItems.cpp).
  void importItem(const Item &item);
  void importOption(const OptionItem &option);
  void importNetwork(const NetworkItem &network);
  game::ParametrisationAttr
  parametrisationOf(const NetworkAttribute &attribute);
  void importData(const DataItem &data);
  void importSample(const SampleItem &sample);
  void importState(const StateItem &state);
  void importVariable(const VariableItem &variable);
  void importPlayer(const PlayerItem &player);
  void importEma(const EmaItem &ema);
  void importShow(const ShowItem &show);
  mlir::RankedTensorType typeOf(const TypeExpression &type,
                                const DataItem *stream);
  std::optional<int64_t> batchOf(const DataItem &data);
  const DataItem *onlyStream() const;
  int64_t lazyInterval(const PlayerItem &player);
  void yieldNumbers(const std::vector<std::pair<SourceRange, ImportedValue>> &);
  double constantOr(const Argument *argument, double otherwise);

  // Statements (ImportStatements.cpp).
  void importStep(const StepItem &step);
  void importBlock(llvm::ArrayRef<StatementPtr> statements, mlir::Block *into);
  void importStatement(const Statement &statement);
  void importBody(const Statement &body, mlir::Block *into);
  void importLet(const Identifier &name, const Expression &value);
  void importAssign(const AssignStatement &assign);
  void importDraw(const DrawStatement &draw);
  void importUpdate(const UpdateStatement &update);
  void importReport(const Identifier &name, const Expression &value);
  void importRepeat(const RepeatStatement &repeat);
  void importTogether(const TogetherStatement &together);
  void importEvery(const EveryStatement &every);
  void importWhen(const WhenStatement &when);
  void importAccumulate(const AccumulateStatement &accumulate);

  // Lists (ImportLists.cpp).
  ImportedValue evaluateArgument(const Argument &argument, Place place);
  ImportedValue evaluateList(const ListExpression &list, Place place);
  ImportedValue evaluateIndex(const IndexExpression &index, Place place);
  ImportedValue evaluateMember(const MemberExpression &member, Place place);
  ImportedValue zip(const CallExpression &call,
                    llvm::ArrayRef<ImportedValue> arguments,
                    llvm::ArrayRef<SourceRange> ranges);
  ImportedValue listReduction(const CallExpression &call, llvm::StringRef name,
                              const BoundArguments &bound,
                              const ImportedValue &list);
  ImportedValue named(ImportedValue value, SourceRange range,
                      const llvm::Twine &label);

  // Expressions (ImportExpressions.cpp).
  ImportedValue evaluate(const Expression &expression, Place place);
  ImportedValue evaluateName(const NameExpression &name, Place place);
  ImportedValue evaluateUnary(const UnaryExpression &unary, Place place);
  ImportedValue evaluateBinary(const BinaryExpression &binary, Place place);
  ImportedValue evaluateConditional(const ConditionalExpression &conditional,
                                    Place place);
  ImportedValue evaluateCall(const CallExpression &call, Place place);
  ImportedValue evaluateDef(const CallExpression &call, const DefItem &def,
                            Place place);
  ImportedValue arithmetic(const BinaryExpression &binary,
                           const ImportedValue &left,
                           const ImportedValue &right);
  ImportedValue power(const BinaryExpression &binary, const ImportedValue &base,
                      const ImportedValue &exponent);
  ImportedValue readState(const TypeExpression &type, const llvm::Twine &name,
                          SourceRange range);

  // Draws (ImportDraws.cpp).
  Value drawValue(const Item &item, SourceRange range);
  Value newDraw(const Item &item, SourceRange range, DrawBlock &block,
                gan::Scope scope);
  Value hiddenDraw(SourceRange range, const llvm::Twine &name,
                   gan::Distribution distribution, double a, double b,
                   mlir::RankedTensorType type);
  gan::Scope scopeOf(const Item &item) const;
  mlir::RankedTensorType drawnType(const SampleItem &sample,
                                   mlir::RankedTensorType type);
  Value valueOf(const SampleItem &sample, Value drawn,
                mlir::RankedTensorType type);
  std::optional<llvm::SmallVector<double>> numbersOf(const SampleItem &sample);
  int32_t siteOf(const Item &item);
  bool limitLabels(Value labels, int64_t classes, SourceRange range);
  ImportedValue chooseRows(const IndexExpression &index,
                           const ImportedValue &base,
                           const ImportedValue &labels);

  // Pools and augmentations (ImportPools.cpp, ImportAugmentations.cpp).
  ImportedValue swap(const CallExpression &call, const PoolItem &pool,
                     Place place);
  ImportedValue augment(const CallExpression &call, const AugmentItem &item,
                        Place place);

  // Built-in functions (ImportFunctions.cpp, ImportLosses.cpp).
  ImportedValue evaluateFunction(const CallExpression &call,
                                 llvm::StringRef name, Place place);
  ImportedValue elementwise(const CallExpression &call, llvm::StringRef name,
                            const ImportedValue &operand);
  ImportedValue reduction(const CallExpression &call, llvm::StringRef name,
                          const BoundArguments &bound,
                          const ImportedValue &operand);
  ImportedValue extremum(const CallExpression &call, bool isMax,
                         const ImportedValue &a, const ImportedValue &b);
  ImportedValue clip(const CallExpression &call,
                     llvm::ArrayRef<ImportedValue> arguments);
  ImportedValue choose(SourceRange range, llvm::StringRef what,
                       const ImportedValue &test, SourceRange testRange,
                       const ImportedValue &whenTrue,
                       const ImportedValue &whenFalse);
  ImportedValue lerp(const CallExpression &call,
                     llvm::ArrayRef<ImportedValue> arguments);
  ImportedValue loss(const CallExpression &call, llvm::StringRef name,
                     llvm::ArrayRef<ImportedValue> arguments);
  ImportedValue crossEntropy(const CallExpression &call,
                             const ImportedValue &logits,
                             const ImportedValue &labels);
  ImportedValue oneHot(SourceRange range, Value labels, int64_t classes);
  ImportedValue dot(const CallExpression &call, const ImportedValue &a,
                    const ImportedValue &b);
  ImportedValue gradient(const CallExpression &call, const ImportedValue &y,
                         const ImportedValue &u);
  ImportedValue reverseGradient(const CallExpression &call,
                                const ImportedValue &v,
                                const ImportedValue &lambda);
  ImportedValue concatenate(const CallExpression &call,
                            const BoundArguments &bound,
                            llvm::ArrayRef<ImportedValue> arguments,
                            llvm::ArrayRef<SourceRange> ranges);
  ImportedValue split(const CallExpression &call, const ImportedValue &operand,
                      int64_t parts);
  ImportedValue reshape(const CallExpression &call,
                        const ImportedValue &operand, const Expression &shape);
  ImportedValue transpose(const CallExpression &call,
                          const ImportedValue &operand, const Expression &axes);
  ImportedValue softmaxLike(const CallExpression &call, llvm::StringRef name,
                            const BoundArguments &bound,
                            const ImportedValue &operand);
  /// Functions that move, choose or mix elements (ImportArrangements.cpp).
  ImportedValue arrange(const CallExpression &call, llvm::StringRef name,
                        const BoundArguments &bound,
                        const ImportedValue &operand);
  ImportedValue interpolate(const CallExpression &call, Value v, int64_t height,
                            int64_t width);
  Value drawPermutation(int64_t length, SourceRange range);
  std::optional<llvm::SmallVector<int64_t>>
  axesOf(const Argument *argument, int64_t rank, SourceRange range);
  std::optional<int64_t> axisOf(const Argument *argument, int64_t rank,
                                int64_t otherwise, SourceRange range);

  // Applications (ImportApplications.cpp).
  ImportedValue apply(const CallExpression &call, const Item &callee,
                      Place place);
  const std::optional<std::vector<std::string>> &
  inputsOf(const NetworkItem &network);
  bool bindInputs(const CallExpression &call, const NetworkItem &network,
                  Place place, llvm::SmallVectorImpl<Value> &operands);
  bool checkTaps(const NetworkItem &network);
  bool isTrained(llvm::StringRef network) const;

  // Conversions; each reports why it can't.
  /// The operands as tensors of one shape, by rule 8.
  bool unify(SourceRange range, llvm::StringRef what,
             llvm::ArrayRef<ImportedValue> operands,
             llvm::SmallVectorImpl<Value> &unified);
  /// Their common shape, to which axes of length 1 stretch.
  std::optional<llvm::SmallVector<int64_t>>
  commonShape(SourceRange range, llvm::StringRef what,
              llvm::ArrayRef<ImportedValue> operands);
  /// Their common element type: f32 where there are only numbers.
  mlir::Type commonElement(SourceRange range, llvm::StringRef what,
                           llvm::ArrayRef<ImportedValue> operands);
  Value stretch(Value value, llvm::ArrayRef<int64_t> shape);
  bool requireFinite(const ImportedValue &value, SourceRange range,
                     const llvm::Twine &what);
  bool requireHeld(const ImportedValue &value, SourceRange range,
                   mlir::Type elementType);
  Value materialise(const ImportedValue &value, SourceRange range,
                    mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  /// A single tensor of floats; numbers become tensors without axes.
  Value floatTensor(const ImportedValue &value, SourceRange range,
                    const llvm::Twine &what);
  Value hostNumber(const ImportedValue &value, SourceRange range);
  bool requireValue(const ImportedValue &value, SourceRange range);

  ImportedValue fail(SourceRange range, const llvm::Twine &text) {
    diagnostics.error(range, text);
    return {};
  }
  mlir::Location locationOf(SourceRange range) const;
  mlir::Location locationOf(const Identifier &name) const;
  gan::TensorBuilder tensors(SourceRange range) {
    return {builder, locationOf(range)};
  }
  ScalarBuilder scalars(SourceRange range) {
    return {builder, locationOf(range)};
  }
  /// Remembers where an operation stands in the text, for the later checks.
  template <typename OpTy> OpTy at(SourceRange range, OpTy op) {
    record.places[op.getOperation()] = range;
    return op;
  }
  const Item *findItem(llvm::StringRef name) const {
    return items.lookup(name);
  }

  const Game &game;
  const Overrides &overrides;
  const NetworkSource &networks;
  mlir::MLIRContext *context;
  Diagnostics &diagnostics;
  Constants constants;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  SourceRecord record;

  llvm::StringMap<const Item *> items;
  const StepItem *step = nullptr;
  DrawSites sites;
  /// Values that choose one of so many categories, and whose they are.
  llvm::DenseMap<Value, std::pair<int64_t, std::string>> categories;
  /// Of the names that are drawn once per run.
  llvm::StringMap<int32_t> runSites;
  /// How often each pool and augmentation was used.
  llvm::StringMap<unsigned> uses;
  DrawBlock *drawBlock = nullptr;
  DrawBlock *stepBlock = nullptr;
  NameScope *nameScope = nullptr;
  /// Outside of the step all is in inference mode and draws last for the run.
  bool isInStep = false;
  /// Whether the first step comes to the statement, as far as is known.
  bool isInFirstStep = false;
  /// What each player's optimiser is given: name, place and number.
  struct Rate {
    llvm::StringRef name;
    SourceRange range;
    ImportedValue number;
  };
  llvm::StringMap<std::vector<Rate>> rates;
  /// `every k gain g` around the statement; null otherwise.
  const Expression *gain = nullptr;
  int64_t applications = 0;
  unsigned depth = 0;
  unsigned expansions = 0;
  unsigned listValues = 0;
  llvm::StringMap<std::optional<std::vector<std::string>>> inputNames;
  /// Types that were reported where they were first needed.
  llvm::DenseSet<const TypeExpression *> refusedTypes;
  /// By network, once its taps were checked.
  llvm::StringMap<bool> goodTaps;
  /// Applications that no instance was given for.
  llvm::StringSet<> refused;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_IMPLEMENTATION_H
