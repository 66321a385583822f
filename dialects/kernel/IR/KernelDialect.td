//===- KernelDialect.td - the kernel dialect and its attributes -----------===//

#ifndef DIALECTS_KERNEL_IR_KERNELDIALECT_TD
#define DIALECTS_KERNEL_IR_KERNELDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::gan::kernel";
  let summary = "Fused kernels and the plan";
  let description = [{
    After fusion a `gan.program` holds calls of kernels beside `gan.repeat`,
    `gan.if` and what concerns the host. A kernel is an isolated region of gan
    primitives on tensors with one root. Buffers exist only inside a backend; the
    plan writes attributes and changes no operation and no shape:

    - `kernel.layout` on arguments and results of `kernel.define`, and on constants: the order of
      axes in memory, outermost first; row-major where it is absent;
    - `kernel.places` on every operation of a program with tensor results: one
      `#kernel.place` per result; on a `gan.program`, `kernel.argument_places` and
      `kernel.arena_bytes`; on a `gan.state`, its own place and, if it starts with
      weights, theirs; on the module, `kernel.state_bytes` and `kernel.constant_bytes`;
    - `backend`, `chunks` and `workspace` on every call;
    - if the program has code for devices, `kernel.devices` on the module, their names as
      on the command line, `kernel.device_block_bytes`, and `kernel.device_backends` on every
      kernel: who writes its code for which. Places then lie at multiples of 256 bytes, none
      in two blocks of that size.

    A carried value of `gan.repeat` has one place: initial value, block argument,
    operand of the yield and result lie there. So do a result of `gan.if` and what
    its branches yield, and a result of a program that is state or output and the
    operand of the yield. `kernel.copy` stands wherever that took a copy.
  }];
  // Its attributes and types occur in ours.
  let dependentDialects = ["::gan::GanDialect"];
  let useDefaultAttributePrinterParser = 1;
}

def Kernel_Space : I32EnumAttr<"Space", "where a tensor lies", [
  I32EnumAttrCase<"argument", 0>, // offset is the index of the caller's buffer
  I32EnumAttrCase<"constant", 1>, // weights of an inference artefact
  I32EnumAttrCase<"state", 2>,    // survives steps
  I32EnumAttrCase<"derived", 3>,  // filled by the program @derive
  I32EnumAttrCase<"arena", 4>     // scratch of one program
]> {
  let cppNamespace = "::gan::kernel";
  let genSpecializedAttr = 0;
}

def Kernel_PlaceAttr : AttrDef<Kernel_Dialect, "Place"> {
  let mnemonic = "place";
  let summary = "where a tensor lies";
  let description = [{
    Byte offset in its space, size in bytes, and the order of axes in memory
    (outermost first; empty: row-major).

    Example: `#kernel.place<arena, 4096, 1024, [0, 2, 3, 1]>`
  }];
  let parameters = (ins EnumParameter<Kernel_Space>:$space, "uint64_t":$offset,
                        "uint64_t":$bytes,
                        OptionalArrayRefParameter<"int64_t">:$layout);
  let assemblyFormat = [{
    `<` $space `,` $offset `,` $bytes (`,` `[` $layout^ `]`)? `>`
  }];
}

#endif // DIALECTS_KERNEL_IR_KERNELDIALECT_TD
