//===- Passes.td - passes from gan to gan ---------------------------------===//

#ifndef DIALECTS_GAN_TRANSFORMS_PASSES
#define DIALECTS_GAN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def DifferentiatePass : Pass<"gan-differentiate"> {
  let summary = "gan.grad becomes primitives";
  let description = [{
    Reverse mode, inner gradients first, so any order of derivative follows.
    Composites of functions that hold a `gan.grad` are expanded first. Only values
    on a path from `wrt` to the value get a cotangent; what a gradient leaves
    unused is removed. An error, with the whole path, where no derivative is
    defined; an error where there is no path and zero was not asked for.

    ```mlir
    %y = gan.mul %x, %x : tensor<4xf32>
    %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    ==>
    %g = gan.add %x, %x : tensor<4xf32>
    ```
  }];
  let statistics = [
    Statistic<"numGradients", "gradients", "gan.grad operations replaced">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

def ExpandCompositesPass : Pass<"gan-expand-composites"> {
  let summary = "composites become primitives";
  let description = [{
    Every operation that knows its expansion is replaced by it, until primitives
    alone are left.

    ```mlir
    %y = gan.relu %x : tensor<4xf32>
    ==>
    %zero = gan.constant dense<0.0> : tensor<4xf32>
    %m = gan.compare le %x, %zero : tensor<4xf32> -> tensor<4xi1>
    %y = gan.select %m, %zero, %x : tensor<4xi1>, tensor<4xf32>
    ```
  }];
  let statistics = [
    Statistic<"numComposites", "composites", "composites replaced">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

#endif // DIALECTS_GAN_TRANSFORMS_PASSES
