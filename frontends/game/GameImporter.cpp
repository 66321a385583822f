//===- GameImporter.cpp - a checked game becomes a game module ------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Verifier.h"

using namespace gan::gamelang;
using namespace mlir;

GameImporter::GameImporter(const Game &game, const Overrides &overrides,
                           const NetworkSource &networks, MLIRContext *context,
                           Diagnostics &diagnostics)
    : game(game), overrides(overrides), networks(networks), context(context),
      diagnostics(diagnostics), constants(overrides, diagnostics),
      builder(context) {}

Location GameImporter::locationOf(SourceRange range) const {
  SourcePosition position = diagnostics.source().position(range.begin);
  return FileLineColLoc::get(context, diagnostics.source().name(),
                             position.line, position.column);
}

OwningOpRef<ModuleOp> GameImporter::run() {
  module = ModuleOp::create(locationOf(game.name.range), game.name.text);
  builder.setInsertionPointToEnd(module->getBody());
  for (const ItemPtr &item : game.items) {
    if (!item->name.text.empty() &&
        !isa<ReportItem, AllowItem, ExportItem>(item.get()))
      items[item->name.text] = item.get();
    if (const auto *found = dyn_cast<StepItem>(item.get()))
      step = found;
  }
  constants.define(game);
  // Draws are numbered in the order of the step; shows come after it.
  for (const ItemPtr &item : game.items)
    if (!isa<ShowItem>(item.get()))
      importItem(*item);
  if (step->body->statements.empty())
    diagnostics.error(step->range, "the step is empty: expected a statement");
  importStep(*step);
  for (const ItemPtr &item : game.items)
    if (const auto *network = dyn_cast<NetworkItem>(item.get()))
      inputsOf(*network); // one that is not applied is at least read
  for (const ItemPtr &item : game.items)
    if (isa<ShowItem>(item.get()))
      importItem(*item);

  if (!diagnostics.hasErrors()) {
    checkParameters(*module, game, record, diagnostics);
    checkDerivatives(*module, game, record, diagnostics);
    checkDirections(*module, record, diagnostics);
    checkDomains(*module, record, diagnostics);
  }
  if (diagnostics.hasErrors()) {
    diagnostics.dropWarnings();
    return {};
  }
  if (failed(verify(*module)))
    return {};
  return std::move(module);
}

OwningOpRef<ModuleOp> gan::gamelang::importGame(const Game &game,
                                                const Overrides &overrides,
                                                const NetworkSource &networks,
                                                MLIRContext *context,
                                                Diagnostics &diagnostics) {
  context->loadDialect<gan::GanDialect, gan::game::GameDialect,
                       arith::ArithDialect, math::MathDialect>();
  return GameImporter(game, overrides, networks, context, diagnostics).run();
}

OwningOpRef<ModuleOp> gan::gamelang::loadGame(const SourceFile &file,
                                              const Overrides &overrides,
                                              const NetworkSource &networks,
                                              MLIRContext *context,
                                              Diagnostics &diagnostics) {
  std::unique_ptr<Game> game = parseGame(file, diagnostics);
  if (!game || diagnostics.hasErrors() ||
      !checkGame(*game, overrides, diagnostics))
    return {};
  return importGame(*game, overrides, networks, context, diagnostics);
}
