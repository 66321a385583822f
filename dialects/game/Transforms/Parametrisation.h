//===- Parametrisation.h - formulas between tensors and weights -----------===//
//
// docs/rationale/Rationale-Parametrisations.md says why so.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAME_TRANSFORMS_PARAMETRISATION_H
#define DIALECTS_GAME_TRANSFORMS_PARAMETRISATION_H

#include "dialects/game/IR/GameOps.h"
#include "dialects/game/Transforms/WeightUse.h"
#include "dialects/gan/IR/TensorBuilder.h"

namespace gan::game {

/// What a parametrisation says of one weight. The raw tensor keeps its name;
/// pieces are states beside it, `NAME#u`. Everything below writes statements at
/// the builder's insertion point; `state` is the name of the raw tensor's
/// state.
class Parametrisation {
public:
  Parametrisation(ParametrisationAttr attribute, WeightUse use,
                  mlir::RankedTensorType type)
      : attribute(attribute), use(std::move(use)), type(type) {}

  /// Whether the attribute is about a parameter that is used so.
  static bool concerns(ParametrisationAttr attribute, llvm::StringRef name,
                       const std::optional<WeightUse> &use);

  struct Piece {
    llvm::StringRef suffix;
    gan::StateKind kind;
    mlir::RankedTensorType type;
    gan::InitializerAttr start;
  };
  llvm::SmallVector<Piece> pieces() const;

  /// The weight that the network computes with.
  mlir::Value effective(mlir::OpBuilder &builder, mlir::Location loc,
                        llvm::StringRef state) const;
  /// One advance of u and v, if there are any.
  void advance(mlir::OpBuilder &builder, mlir::Location loc,
               llvm::StringRef state) const;
  /// Fills what starts from another state. `fromFile`: the raw tensor starts as
  /// the file's weight, which is an effective one.
  void start(mlir::OpBuilder &builder, mlir::Location loc,
             llvm::StringRef state, bool fromFile) const;

  bool advancesWith(Advance when) const {
    return attribute.getKind() == ParametrisationKind::spectral_norm &&
           attribute.getAdvance() == when;
  }

private:
  int64_t rows() const;
  double scale() const;
  mlir::Value matrix(gan::TensorBuilder &b, mlir::Value weight) const;
  mlir::Value rowNorm(gan::TensorBuilder &b, mlir::Value weight) const;
  mlir::Value normalised(gan::TensorBuilder &b, mlir::Value vector) const;

  ParametrisationAttr attribute;
  WeightUse use;
  mlir::RankedTensorType type;
};

} // namespace gan::game

#endif // DIALECTS_GAME_TRANSFORMS_PARAMETRISATION_H
