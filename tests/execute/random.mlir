// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Draws of every distribution, by the key.

func.func @random_normal(%key: tensor<4xi32>) -> tensor<3x${N}xf32>
    attributes {cases = [{inputs = ["integer 1 1000000"]}]} {
  %y = gan.random normal %key a 1.0 b 2.0 site 5 name "z" : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}

func.func @random_uniform(%key: tensor<4xi32>) -> tensor<3x${N}xf32>
    attributes {cases = [{inputs = ["integer 1 1000000"]}]} {
  %y = gan.random uniform %key a -1.0 b 3.0 site 5 name "z" : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}

func.func @random_bernoulli(%key: tensor<4xi32>) -> tensor<3x${N}xf32>
    attributes {cases = [{inputs = ["integer 1 1000000"]}]} {
  %y = gan.random bernoulli %key a 0.3 b 0.0 site 5 name "z" : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}

func.func @random_integer(%key: tensor<4xi32>) -> tensor<3x${N}xi32>
    attributes {cases = [{inputs = ["integer 1 1000000"]}]} {
  %y = gan.random integer %key a 7.0 b 0.0 site 5 name "z" : tensor<3x${N}xi32>
  return %y : tensor<3x${N}xi32>
}

func.func @random_permutation(%key: tensor<4xi32>) -> tensor<${N}xi32>
    attributes {cases = [{inputs = ["integer 1 1000000"]}]} {
  %y = gan.random permutation %key a 0.0 b 0.0 site 5 name "p" : tensor<${N}xi32>
  return %y : tensor<${N}xi32>
}

// Every number once.
func.func @random_permutation_is_one(%key: tensor<4xi32>) -> tensor<${100*N}xf32>
    attributes {cases = [{inputs = ["integer 1 1000000"], results = [dense<1.0> : tensor<${100*N}xf64>]}]} {
  %i = gan.random permutation %key a 0.0 b 0.0 site 5 name "p" : tensor<${100*N}xi32>
  %z = gan.constant dense<0.0> : tensor<${100*N}xf32>
  %o = gan.constant dense<1.0> : tensor<${100*N}xf32>
  %y = gan.scatter_add %z, %i, %o dim 0 : tensor<${100*N}xf32>, tensor<${100*N}xi32>, tensor<${100*N}xf32>
  return %y : tensor<${100*N}xf32>
}
