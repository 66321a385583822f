//===- Cases.h - numbers in, numbers out ----------------------------------===//
//
// A function says what it is run with in an attribute, a list of dictionaries:
//
//   func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> attributes {cases = [
//     {inputs = [dense<[1.0, 2.0, 3.0]> : tensor<3xf32>],
//      results = [dense<[2.0, 4.0, 6.0]> : tensor<3xf64>], tolerance = 1.0e-7},
//     {inputs = ["normal 7"], equals = @g}]}
//
// inputs     a literal, or "DISTRIBUTION SEED [A B]": normal (mean A, deviation
//            B), uniform (from A to B), bernoulli (A), integer (below A).
//            Without `inputs` every argument is "normal INDEX", integers
//            "integer INDEX 2".
// results    literals, or absent: the numbers of the reference interpreter, on
//            the function as it was before any pass of the command line.
// equals     the results are those of another function for the same inputs.
// tolerance  overrides the runner's.
//
// A program's cases: `steps` (1), `seed` (0), `options` {name = 1.0}, `start`
// and `state` {name = literal}, `reports` {name = 1.0} of the last step. Data
// streams are standard normal, keyed by the seed and the number of the draw.
//
// The cases of what a pass makes stand in the module's attribute gan.cases,
// by symbol: module attributes {gan.cases = {step = [{steps = 3}]}}.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_GAN_RUN_CASES_H
#define TESTS_SUPPORT_GAN_RUN_CASES_H

#include "tests/support/gan-run/Runner.h"

namespace gan::testing {

/// A module to run, and the same before the passes under test.
struct Modules {
  mlir::ModuleOp original, module;
  Runner &runner;
  /// Print results to standard output too.
  bool print = false;
  /// Give functions without cases one, with generated inputs.
  bool all = false;
};

/// Runs all cases of all functions and programs, or of the one named. Reports
/// what differs at its function; counts the cases.
llvm::LogicalResult runCases(Modules modules, llvm::StringRef name,
                             unsigned &count);

} // namespace gan::testing

#endif // TESTS_SUPPORT_GAN_RUN_CASES_H
