// RUN: split-file %s %t
// RUN: gan-run %t/right.mlir --sizes=1,3 | FileCheck %s --check-prefix=RIGHT
// RUN: gan-run %t/right.mlir --sizes=1,3 --backend=llvm | FileCheck %s --check-prefix=RIGHT
// RUN: not gan-run %t/wrong.mlir 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not gan-run %t/wrong.mlir --backend=llvm 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not gan-run %t/inexact.mlir --backend=llvm 2>&1 | FileCheck %s --check-prefix=INEXACT
// RUN: not gan-run %t/expression.mlir --sizes=1 2>&1 | FileCheck %s --check-prefix=EXPRESSION
// What the tool counts as agreement, and that it finds what does not agree.

//--- right.mlir
// RIGHT: 4 cases agree
func.func @double(%x: tensor<${2*(N+1)-N/2}xf32>) -> tensor<${2*(N+1)-N/2}xf32>
    attributes {cases = [{}, {inputs = ["uniform 7 0.5 1.0"], equals = @sum}]} {
  %y = gan.add %x, %x : tensor<${2*(N+1)-N/2}xf32>
  return %y : tensor<${2*(N+1)-N/2}xf32>
}
func.func @sum(%x: tensor<${2*(N+1)-N/2}xf32>) -> tensor<${2*(N+1)-N/2}xf32> {
  %two = gan.constant dense<2.0> : tensor<${2*(N+1)-N/2}xf32>
  %y = gan.mul %x, %two : tensor<${2*(N+1)-N/2}xf32>
  return %y : tensor<${2*(N+1)-N/2}xf32>
}

//--- wrong.mlir
// WRONG: error: case 0, result 0, element 1: expected 5, got 4
func.func @double(%x: tensor<2xf32>) -> tensor<2xf32>
    attributes {cases = [{inputs = [dense<[1.0, 2.0]> : tensor<2xf32>], results = [dense<[2.0, 5.0]> : tensor<2xf64>]}]} {
  %y = gan.add %x, %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- inexact.mlir
// INEXACT: error: case 0, result 0, element 0: expected {{.*}}, got
func.func @third(%x: tensor<2xf32>) -> tensor<2xf32> attributes {cases = [{tolerance = 0.0}]} {
  %y = gan.tanh %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- expression.mlir
// EXPRESSION: cannot read the size '2*'
func.func @double(%x: tensor<${2*}xf32>) {
  return
}
