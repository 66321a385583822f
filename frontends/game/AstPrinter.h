//===- AstPrinter.h - a syntax tree as text -------------------------------===//

#ifndef FRONTENDS_GAME_ASTPRINTER_H
#define FRONTENDS_GAME_ASTPRINTER_H

#include "frontends/game/Ast.h"

namespace gan::gamelang {

/// Prints one line per item and statement, indented by depth, expressions
/// fully bracketed with the operator in front: `(+ a (* 2 b))`. With a source
/// file each line ends in the range of its node, `@ 3:5-3:20`.
void printAst(llvm::raw_ostream &os, const Game &game,
              const SourceFile *ranges = nullptr);

void printExpression(llvm::raw_ostream &os, const Expression &expression);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_ASTPRINTER_H
