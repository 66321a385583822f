//===- GanInterfaces.h - traits, resources and interfaces of gan ----------===//

#ifndef DIALECTS_GAN_IR_GANINTERFACES_H
#define DIALECTS_GAN_IR_GANINTERFACES_H

#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace gan {

/// Member of the closed set of primitives.
template <typename ConcreteType>
class PrimitiveTrait
    : public mlir::OpTrait::TraitBase<ConcreteType, PrimitiveTrait> {};

/// Result element [i] depends on operand elements [i] only.
template <typename ConcreteType>
class ElementwiseTrait
    : public mlir::OpTrait::TraitBase<ConcreteType, ElementwiseTrait> {};

/// Derivative zero everywhere it exists; never blocks a path.
template <typename ConcreteType>
class NoDerivativeTrait
    : public mlir::OpTrait::TraitBase<ConcreteType, NoDerivativeTrait> {};

/// The result is the operand: a name or a mark on a value.
template <typename ConcreteType>
class IdentityTrait
    : public mlir::OpTrait::TraitBase<ConcreteType, IdentityTrait> {};

/// Counts, keys and data cursors, kept by the host while a program runs.
struct HostResource : mlir::SideEffects::Resource::Base<HostResource> {
  llvm::StringRef getName() final { return "gan.host"; }
};

/// Reports and records, seen by the world outside.
struct OutsideResource : mlir::SideEffects::Resource::Base<OutsideResource> {
  llvm::StringRef getName() final { return "gan.outside"; }
};

} // namespace gan

#include "dialects/gan/IR/GanInterfaces.h.inc"

#endif // DIALECTS_GAN_IR_GANINTERFACES_H
