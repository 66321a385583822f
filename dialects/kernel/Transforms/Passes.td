//===- Passes.td - passes from kernel to kernel ---------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_PASSES
#define DIALECTS_KERNEL_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def ChooseBackendPass : Pass<"kernel-choose-backend", "::mlir::ModuleOp"> {
  let summary = "every call gets a backend, chunks and workspace";
  let description = [{
    Asks for offers kernel by kernel and takes the one of least cost, the first of
    equals. The pipeline gives the function that asks the backends; without one
    (in gan-opt) every kernel is offered to `backend` with chunks from its size.
    A kernel nobody offers to compile is an error.

    ```mlir
    %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
    ==>
    %y = kernel.call @k000_neg_f32(%x) {backend = "llvm", chunks = 1 : i64, workspace = 0 : i64} : (tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let options = [
    Option<"backend", "backend", "std::string", "\"llvm\"",
           "Backend of every kernel where no function gives offers; empty: none">
  ];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

def ChooseDeviceBackendPass : Pass<"kernel-choose-device-backend", "::mlir::ModuleOp"> {
  let summary = "every kernel gets a backend for every device";
  let description = [{
    Offers for each device are asked for kernel by kernel, and the one of least cost is
    taken, as for the CPU; a kernel that no backend has code of for one of the devices
    is an error. Without a function that asks the backends
    (in gan-opt) `backend` has code of all. Without devices nothing changes.

    ```mlir
    module {
      kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
        %y = gan.neg %a : tensor<8xf32>
        kernel.return %y : tensor<8xf32>
      }
    }
    ==>
    module attributes {kernel.devices = ["opencl"]} {
      kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> attributes {kernel.device_backends = {opencl = "llvm"}} {
        %y = gan.neg %a : tensor<8xf32>
        kernel.return %y : tensor<8xf32>
      }
    }
    ```
  }];
  let options = [
    ListOption<"devices", "devices", "std::string", "Devices to have code for">,
    Option<"backend", "backend", "std::string", "\"llvm\"",
           "Backend of every kernel where no function gives offers; empty: none">
  ];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

def InlinePass : Pass<"kernel-inline", "::mlir::ModuleOp"> {
  let summary = "calls become what their kernels compute";
  let description = [{
    The way back: a program of primitives that means what the kernels compute, for
    comparing with the program before `fuse`. Places are dropped.

    ```mlir
    kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
      %y = gan.neg %a : tensor<8xf32>
      kernel.return %y : tensor<8xf32>
    }
    gan.program @infer(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] {
      %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
      gan.yield %y : tensor<8xf32>
    }
    ==>
    gan.program @infer(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] {
      %y = gan.neg %x : tensor<8xf32>
      gan.yield %y : tensor<8xf32>
    }
    ```
  }];
}

def JoinCallsPass : Pass<"kernel-join-calls", "::mlir::ModuleOp"> {
  let summary = "equal updates of many tensors run as one batch";
  let description = [{
    Calls of element-wise kernels whose regions are equal up to the tensors' size,
    and that do not need each other, become one `kernel.batch`: the multi-tensor
    optimiser, averages, clipping. Scalars have to be the same for all rows.

    ```mlir
    %a1 = kernel.call @k000_add_f32(%a, %g) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %b1 = kernel.call @k001_add_f32(%b, %h) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    ==>
    %n:2 = kernel.batch @k000_add_batch_f32 rows(%a, %g, %b, %h) : (tensor<8xf32>, tensor<8xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<8xf32>, tensor<4x4xf32>)
    ```
  }];
  let statistics = [
    Statistic<"numBatches", "batches", "batched calls made">
  ];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

def SchedulePass : Pass<"kernel-schedule", "::mlir::ModuleOp"> {
  let summary = "what reads a state runs before what overwrites it";
  let description = [{
    Puts calls that read the old value of a state, a carried value or a tensor that
    is updated in place before the call that writes the new one, where data and the
    order of draws of one name allow it. All else keeps its order.

    ```mlir
    %n = kernel.call @k000_update_f32(%p, %g) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %y = kernel.call @k001_use_f32(%p) : (tensor<8xf32>) -> tensor<8xf32>
    ==>
    %y = kernel.call @k001_use_f32(%p) : (tensor<8xf32>) -> tensor<8xf32>
    %n = kernel.call @k000_update_f32(%p, %g) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

def PlanLayoutPass : Pass<"kernel-plan-layout", "::mlir::ModuleOp"> {
  let summary = "tensors around convolutions lie channels last";
  let description = [{
    Chooses the order of axes of every tensor that only kernels see. Tensors that
    correspond axis by axis to what a convolution reads or writes lie channels last,
    whoever computes them, so that no kernel has to turn one. Constants that only
    convolutions read as weight lie with the axis last that the columns of the product
    run along. All others stay row-major. A kernel that is called with several combinations of layouts is copied
    for each.

    ```mlir
    %h = kernel.call @k000_conv_f32(%x, %w) : (tensor<2x16x8x8xf32>, tensor<32x16x3x3xf32>) -> tensor<2x32x6x6xf32>
    ==>
    // @k000_conv_f32 returns (tensor<2x32x6x6xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
    %h = kernel.call @k000_conv_f32(%x, %w) : (tensor<2x16x8x8xf32>, tensor<32x16x3x3xf32>) -> tensor<2x32x6x6xf32>
    ```
  }];
  let statistics = [
    Statistic<"numLayouts", "layouts", "results that are not row-major">
  ];
}

def PlanMemoryPass : Pass<"kernel-plan-memory", "::mlir::ModuleOp"> {
  let summary = "every tensor gets a place";
  let description = [{
    State and constants get offsets in their blocks, inputs and outputs their
    number, everything else an offset in its program's arena, shared by values whose
    lives do not meet. New values of state lie where the old ones did, carried
    values of a loop share one place, outputs are computed where they are wanted;
    `kernel.copy` stands where that is impossible. For devices, places start at
    multiples of 256 bytes and none lies in two blocks of `device-block` bytes; a tensor
    that is larger is an error.

    ```mlir
    gan.program @infer(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] {
      %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
      gan.yield %y : tensor<8xf32>
    }
    ==>
    gan.program @infer(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 0 : i64, kernel.argument_places = [#kernel.place<argument, 1, 32>]} {
      %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 32>]} : (tensor<8xf32>) -> tensor<8xf32>
      gan.yield %y : tensor<8xf32>
    }
    ```
  }];
  let options = [
    Option<"deviceBlock", "device-block", "uint64_t", "0",
           "Bytes of the blocks of device memory; 0: no devices">
  ];
  let statistics = [
    Statistic<"numCopies", "copies", "copies the plan could not avoid">
  ];
  let dependentDialects = ["::gan::kernel::KernelDialect"];
}

def PrintPlanPass : Pass<"kernel-print-plan", "::mlir::ModuleOp"> {
  let summary = "prints the plan as a table";
  let description = [{
    Writes to the standard output what `ganc inspect` shows: a line for every call.
    The module is left as it is:

    ```mlir
    %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
    ==>
    %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
}

def VerifyPlanPass : Pass<"kernel-verify-plan", "::mlir::ModuleOp"> {
  let summary = "no value is overwritten before its last reader";
  let description = [{
    Runs every program on an imaginary memory that remembers which value lies where,
    loops twice, branches both. It shares no code with the pass that made the plan.
    A program that passes is left as it is:

    ```mlir
    %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 32>]} : (tensor<8xf32>) -> tensor<8xf32>
    ==>
    %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 32>]} : (tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
}

#endif // DIALECTS_KERNEL_TRANSFORMS_PASSES
