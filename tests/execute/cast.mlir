// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Conversions of element types; what is cast to an integer is a constant for derivatives.

func.func @cast(%x: tensor<3x${N}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N}xf32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %k = gan.constant dense<4.0> : tensor<3x${N}xf32>
  %z = gan.mul %x, %k : tensor<3x${N}xf32>
  %i = gan.cast %z : tensor<3x${N}xf32> -> tensor<3x${N}xi32>
  %l = gan.cast %i : tensor<3x${N}xi32> -> tensor<3x${N}xi64>
  %m = gan.cast %l : tensor<3x${N}xi64> -> tensor<3x${N}xi1>
  %a = gan.cast %l : tensor<3x${N}xi64> -> tensor<3x${N}xf32>
  %b = gan.cast %m : tensor<3x${N}xi1> -> tensor<3x${N}xf32>
  %f = gan.add %a, %b : tensor<3x${N}xf32>
  %y = gan.mul %x, %f : tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
}

// The sign stays where a number is extended and then compared with a constant.
func.func @extended(%x: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>, tensor<3x${N}xi1>, tensor<3x${N}xi64>)
    attributes {cases = [{inputs = ["integer 1 6"]}]} {
  %n = gan.constant dense<-3> : tensor<3x${N}xi32>
  %y = gan.add %x, %n : tensor<3x${N}xi32>
  %l = gan.cast %y : tensor<3x${N}xi32> -> tensor<3x${N}xi64>
  %k = gan.constant dense<-2> : tensor<3x${N}xi64>
  %z = gan.constant dense<0> : tensor<3x${N}xi64>
  %a = gan.compare lt %l, %z : tensor<3x${N}xi64> -> tensor<3x${N}xi1>
  %b = gan.compare ge %l, %k : tensor<3x${N}xi64> -> tensor<3x${N}xi1>
  %c = gan.compare eq %l, %k : tensor<3x${N}xi64> -> tensor<3x${N}xi1>
  %d = gan.select %a, %k, %l : tensor<3x${N}xi1>, tensor<3x${N}xi64>
  return %a, %b, %c, %d : tensor<3x${N}xi1>, tensor<3x${N}xi1>, tensor<3x${N}xi1>, tensor<3x${N}xi64>
}
