//===- SimplifyPatterns.h - the patterns of gan-simplify by family --------===//

#ifndef DIALECTS_GAN_TRANSFORMS_SIMPLIFYPATTERNS_H
#define DIALECTS_GAN_TRANSFORMS_SIMPLIFYPATTERNS_H

#include "dialects/gan/IR/TensorBuilder.h"
#include "mlir/IR/PatternMatch.h"

namespace gan {

void addArithmeticPatterns(mlir::RewritePatternSet &patterns);
void addShapePatterns(mlir::RewritePatternSet &patterns);
void addContractionPatterns(mlir::RewritePatternSet &patterns);

/// The one number of a float literal, if it has but one.
std::optional<double> splatOf(mlir::Value value);

} // namespace gan

#endif // DIALECTS_GAN_TRANSFORMS_SIMPLIFYPATTERNS_H
