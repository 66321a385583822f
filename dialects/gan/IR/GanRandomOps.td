//===- GanRandomOps.td - keys and draws -----------------------------------===//

#ifndef DIALECTS_GAN_IR_GANRANDOMOPS_TD
#define DIALECTS_GAN_IR_GANRANDOMOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_RandomOp : Gan_PrimitiveOp<"random", [Gan_NoDerivative]> {
  let summary = "counter-based random tensor";
  let description = [{
    Philox 4x32-10 with the key's seed; counter words: element div 4, key[2],
    key[3], site. `a` and `b` as the distribution says. `name` is what `--given`
    and `--record` call the draw. A permutation is a cipher of the places with the
    same key and no table, so that each of its elements is computed alone.

    C1. The key has four elements: seed low, seed high, iteration + 2^20 * (step
    div 2^32), step mod 2^32.
    C2. normal, uniform and bernoulli give f32, integer and permutation give i32.
    C3. normal: b >= 0; uniform: a < b; bernoulli: 0 <= a <= 1; integer: 1 <= a <= 2^31 - 1.
    C4. permutation: the result has one axis.

    Example:
    ```mlir
    func.func @random(%key: tensor<4xi32>) -> tensor<8x100xf32> {
      %z = gan.random normal %key a 0.0 b 1.0 site 17 name "z" : tensor<8x100xf32>
      return %z : tensor<8x100xf32>
    }
    ```
  }];
  let arguments = (ins Gan_DistributionAttr:$distribution, Gan_Key:$key,
                       F64Attr:$a, F64Attr:$b, I32Attr:$site, StrAttr:$name);
  let results = (outs Gan_NumberTensor:$result);
  let assemblyFormat = [{
    $distribution $key `a` $a `b` $b `site` $site `name` $name attr-dict `:`
    type($result)
  }];
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANRANDOMOPS_TD
