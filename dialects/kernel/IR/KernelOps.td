//===- KernelOps.td - kernels and their calls -----------------------------===//

#ifndef DIALECTS_KERNEL_IR_KERNELOPS_TD
#define DIALECTS_KERNEL_IR_KERNELOPS_TD

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/gan/IR/GanDialect.td"
include "dialects/kernel/IR/KernelDialect.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

def Kernel_DefineOp : Kernel_Op<"define", [IsolatedFromAbove,
    FunctionOpInterface, SingleBlockImplicitTerminator<"ReturnOp">]> {
  let summary = "a kernel: the unit of code generation";
  let description = [{
    A small region of gan primitives with one root: a contraction, a reduction, a
    window, a scan, a gather or scatter, a draw, or the last of a chain of
    element-wise operations. What stands before the root is computed on load, what
    stands behind it in the epilogue. `columns` makes it a batched kernel: its first
    `columns` arguments and all results are `tensor<?x…>`, one row of the batch at a
    time; the other arguments are shared by all rows.

    What every kernel keeps, and a backend may rely on:
    - the root is the only operation that is neither element-wise nor one that moves
      or makes elements (shape operations, constant, iota, gather by an index made of
      these); without such an operation it is the last of the body;
    - an operation that depends on the root is element-wise with the shape of the
      root's result, or a `gan.reshape` that ends in `kernel.return`; all results
      have the root's number of elements;
    - a draw, a running sum and a scatter stand alone behind what they load.

    A chain has several roots: filters and windows of small support that keep
    channels apart, one behind the other, with element-wise operations, zeros and
    crops between and behind them. It exists only where a backend that was asked
    has code for it; the others describe none.

    What a backend owes: where no operation but element-wise ones and reshapes
    stands between an argument and all results, a result may lie in that argument's
    place, but in a chain. Every operand of an element is read before a result of it is written, and
    no element is computed twice.

    C1. The body holds gan primitives (no key, clock or other host operation) and
    `kernel.return` of the function's result types.
    C2. Types with `?` occur in batched kernels only.
    C3. A `kernel.layout` is a permutation of its tensor's axes.

    Example:
    ```mlir
    kernel.define @k000_add_f32(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
      %y = gan.add %a, %b : tensor<8xf32>
      kernel.return %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<I64Attr>:$columns,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    bool isBatched() { return getColumns().has_value(); }
    ::gan::kernel::ReturnOp getTerminator();
    // Order of axes in memory, outermost first, of an argument or a result.
    ::llvm::SmallVector<int64_t> getArgumentLayout(unsigned index);
    ::llvm::SmallVector<int64_t> getResultLayout(unsigned index);
    void setArgumentLayout(unsigned index, ::llvm::ArrayRef<int64_t> layout);
    void setResultLayout(unsigned index, ::llvm::ArrayRef<int64_t> layout);
  }];
}

def Kernel_ReturnOp : Kernel_Op<"return", [Pure, Terminator, ReturnLike,
    HasParent<"DefineOp">]> {
  let summary = "results of a kernel";
  let description = [{
    No constraints.

    Example:
    ```mlir
    kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
      %y = gan.neg %a : tensor<8xf32>
      kernel.return %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Gan_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

def Kernel_CallOp : Kernel_Op<"call", [Pure,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "one run of a kernel";
  let description = [{
    C1. The callee is a `kernel.define` without columns whose argument and result
    types are those of the call.

    Example:
    ```mlir
    kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
      %y = gan.neg %a : tensor<8xf32>
      kernel.return %y : tensor<8xf32>
    }
    func.func @call(%x: tensor<8xf32>) -> tensor<8xf32> {
      %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Gan_Tensor>:$operands,
                       OptionalAttr<StrAttr>:$backend, OptionalAttr<I64Attr>:$chunks,
                       OptionalAttr<I64Attr>:$workspace);
  let results = (outs Variadic<Gan_Tensor>:$results);
  let assemblyFormat = [{
    $callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)
  }];
}

def Kernel_BatchOp : Kernel_Op<"batch", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "one run of a batched kernel over many tensors";
  let description = [{
    Row r takes operands `r * columns … (r + 1) * columns` and gives as many results
    as the kernel has; all tensors of a row have the same number of elements, which
    the kernel sees as one axis.

    C1. The callee is a `kernel.define` with columns; shared operands have its last
    argument types.
    C2. The number of operands is rows times columns, the number of results rows
    times the kernel's results.
    C3. All tensors of a row have one number of elements and the kernel's element types.

    Example:
    ```mlir
    kernel.define @k001_mul_f32(%a: tensor<?xf32>, %s: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
      %y = gan.mul %a, %s : tensor<?xf32>
      kernel.return %y : tensor<?xf32>
    }
    func.func @batch(%a: tensor<8xf32>, %b: tensor<8xf32>, %c: tensor<2x3xf32>, %d: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y:2 = kernel.batch @k001_mul_f32 rows(%a, %b, %c, %d) : (tensor<8xf32>, tensor<8xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<8xf32>, tensor<2x3xf32>)
      return %y#1 : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Gan_Tensor>:$row_operands,
                       Variadic<Gan_Tensor>:$shared,
                       OptionalAttr<StrAttr>:$backend,
                       OptionalAttr<I64Attr>:$workspace);
  let results = (outs Variadic<Gan_Tensor>:$results);
  let assemblyFormat = [{
    $callee `rows` `(` $row_operands `)` (`shared` `(` $shared^ `:` type($shared) `)`)?
    attr-dict `:` functional-type($row_operands, $results)
  }];
}

def Kernel_CopyOp : Kernel_Op<"copy", [Pure, SameOperandsAndResultType]> {
  let summary = "the same value in another place";
  let description = [{
    The plan inserts it where a value must also lie elsewhere: carried values,
    branches, state and outputs that could not be computed in place.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @copy(%x: tensor<8xf32>) -> tensor<8xf32> {
      %y = kernel.copy %x : tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

#endif // DIALECTS_KERNEL_IR_KERNELOPS_TD
