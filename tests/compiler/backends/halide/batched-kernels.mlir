// RUN: kernel-run %s --backend=halide
// Rows of any length, several results in the place of what they are made of.

kernel.define @momentum(%p: tensor<?xf32>, %m: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) attributes {columns = 2 : i64} {
  %a = gan.add %p, %m : tensor<?xf32>
  %b = gan.mul %p, %m : tensor<?xf32>
  kernel.return %a, %b : tensor<?xf32>, tensor<?xf32>
}
