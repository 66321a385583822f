//===- DiagnosticVerifier.h - compare diagnostics with comments -----------===//
//
// What mlir-opt's --verify-diagnostics is for MLIR, for .game files:
//   # expected-error@+1 {{text}}   at the line below; also @-N and no @
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_GAME_PARSE_DIAGNOSTICVERIFIER_H
#define TESTS_SUPPORT_GAME_PARSE_DIAGNOSTICVERIFIER_H

#include "frontends/game/Diagnostics.h"

namespace gan::gamelang {

/// True if the file announces exactly the diagnostics that were found, notes
/// with a place included; otherwise each difference is printed.
bool verifyDiagnostics(const Diagnostics &diagnostics, llvm::raw_ostream &os);

} // namespace gan::gamelang

#endif // TESTS_SUPPORT_GAME_PARSE_DIAGNOSTICVERIFIER_H
