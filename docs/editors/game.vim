" Vim syntax file of games (.game), the language of ganc.
" Copy it to ~/.vim/syntax/game.vim (Neovim: ~/.config/nvim/syntax/game.vim); README.md
" says how files get their type. A test keeps its words in step with the language.
if exists("b:current_syntax")
  finish
endif

syntax case match
syntax keyword gameItem allow augment const data def ema export network option player pool
syntax keyword gameItem report sample show stage state step variable
syntax keyword gameStatement accumulate draw every let repeat together when
syntax keyword gameExpression and false for in maximises minimises not or true where
syntax keyword gameType bool f32 i32 i64
syntax keyword gameDistribution bernoulli categorical constant gumbel integer kaiming
syntax keyword gameDistribution logistic normal one_hot orthogonal permutation uniform
syntax keyword gameDistribution xavier
syntax keyword gameOptimiser adam adamw momentum rmsprop sgd
syntax keyword gameFunction abs bce cat clip cosine cross_entropy dot exp floor grad half
syntax keyword gameFunction interpolate kl_normal l1 lerp log log_softmax logit logsumexp
syntax keyword gameFunction max mean min mse norm onehot prod ramp relu reshape
syntax keyword gameFunction reverse_grad roll select shuffle sigmoid sign softmax softplus
syntax keyword gameFunction split sqrt std stop sum tanh topk transpose var zip
syntax keyword gameContext all as batch block clip_norm clip_value clip_weights decay
syntax keyword gameContext equalised from frozen gain game init of onnx pairs per
syntax keyword gameContext population probability range replace_nan run share shared
syntax keyword gameContext spectral_norm tap then track trainable trains unbiased unit_norm
syntax keyword gameContext variance weight_norm with

syntax match gameNumber "\<\d\+\(\.\d\+\)\?\([eE][-+]\?\d\+\)\?\>"
syntax region gameString start=+"+ skip=+\\"+ end=+"+ oneline
syntax match gameAssign ":="
" The batch, and the mean of what is in its brackets.
syntax match gameBatch "\<B\>\(\.\h\w*\)\?"
syntax match gameFunction "\<E\ze\["
syntax match gameComment "#.*$" contains=gameTodo,@Spell
syntax keyword gameTodo contained NOTE

highlight default link gameItem Structure
highlight default link gameStatement Statement
highlight default link gameExpression Operator
highlight default link gameType Type
highlight default link gameDistribution Special
highlight default link gameOptimiser Special
highlight default link gameFunction Function
highlight default link gameContext Keyword
highlight default link gameNumber Number
highlight default link gameString String
highlight default link gameAssign Operator
highlight default link gameBatch Identifier
highlight default link gameComment Comment
highlight default link gameTodo Todo

let b:current_syntax = "game"
