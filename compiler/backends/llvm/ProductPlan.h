//===- ProductPlan.h - what the planners of products share ----------------===//

#ifndef COMPILER_BACKENDS_LLVM_PRODUCTPLAN_H
#define COMPILER_BACKENDS_LLVM_PRODUCTPLAN_H

#include "compiler/backends/llvm/ProductEmitter.h"

namespace gan::codegen {

/// Cycles per element: to copy the left operand with its halo, to pack the
/// right one, to compute and store a result.
struct ProductCosts {
  double left, right, store;
};

/// None for products that have no halo, or too large a one. `rank` says which
/// tile: that of the lowest estimate, or one of the next.
std::optional<ProductPlan> planHalo(const Contraction &contraction,
                                    const CpuTarget &target,
                                    const ProductCosts &costs, int64_t wanted,
                                    int64_t rank);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_PRODUCTPLAN_H
