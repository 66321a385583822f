//===- Passes.td - gan to kernel ------------------------------------------===//

#ifndef COMPILER_CONVERSIONS_GANTOKERNEL_PASSES
#define COMPILER_CONVERSIONS_GANTOKERNEL_PASSES

include "mlir/Pass/PassBase.td"

def ConvertGanToKernelPass : Pass<"convert-gan-to-kernel", "::mlir::ModuleOp"> {
  let summary = "primitives become kernels and their calls";
  let description = [{
    Every value that the program or a kernel reads is written by exactly one kernel;
    what is cheap is computed again by each reader, unless it is compared for
    equality. A kernel has one root, or is a chain of small filters that a backend has code for. Equal kernels are defined once. What concerns the host stays as it is. Composites and
    `gan.grad` must be gone.

    ```mlir
    gan.program @infer(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) arguments ["input x", "input w"] results ["output y"] {
      %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<8x4xf32>, tensor<4x4xf32> -> tensor<8x4xf32>
      %y = gan.tanh %d : tensor<8x4xf32>
      gan.yield %y : tensor<8x4xf32>
    }
    ==>
    kernel.define @k000_dot_tanh_f32(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) -> tensor<8x4xf32> {
      %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<8x4xf32>, tensor<4x4xf32> -> tensor<8x4xf32>
      %y = gan.tanh %d : tensor<8x4xf32>
      kernel.return %y : tensor<8x4xf32>
    }
    gan.program @infer(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) arguments ["input x", "input w"] results ["output y"] {
      %y = kernel.call @k000_dot_tanh_f32(%x, %w) : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
      gan.yield %y : tensor<8x4xf32>
    }
    ```
  }];
  let options = [
    Option<"dataLoads", "data-loads", "double", "1.5",
           "How often a contraction evaluates an element of its data for each tap that meets it, if computed on load; 0: never">,
    Option<"weightLoads", "weight-loads", "double", "4",
           "The same for its weight">,
    Option<"gradientLoads", "gradient-loads", "double", "2",
           "The same for both operands of a weight gradient">,
    Option<"chains", "chains", "bool", "false",
           "Form chains of filters whether or not there is code for them">
  ];
  let statistics = [
    Statistic<"numKernels", "kernels", "kernels defined">,
    Statistic<"numCalls", "calls", "calls of kernels">,
    Statistic<"numPrimitives", "primitives", "primitives in programs before">
  ];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

#endif // COMPILER_CONVERSIONS_GANTOKERNEL_PASSES
