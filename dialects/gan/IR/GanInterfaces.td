//===- GanInterfaces.td - interfaces of the gan dialect -------------------===//

#ifndef DIALECTS_GAN_IR_GANINTERFACES_TD
#define DIALECTS_GAN_IR_GANINTERFACES_TD

include "mlir/IR/OpBase.td"

def Gan_CompositeInterface : OpInterface<"CompositeOpInterface"> {
  let cppNamespace = "::gan";
  let description = [{An operation that is defined by an expansion into others.}];
  let methods = [
    InterfaceMethod<[{
      Builds the expansion before the operation and returns one value for each
      result. May use other composites; repeated expansion ends in primitives.
    }], "::llvm::SmallVector<::mlir::Value>", "expand",
    (ins "::mlir::OpBuilder &":$builder)>
  ];
}

#endif // DIALECTS_GAN_IR_GANINTERFACES_TD
