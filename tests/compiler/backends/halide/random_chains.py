#!/usr/bin/env python3
"""Writes random chains of filters as kernels, for kernel-run.

usage: random_chains.py SEED COUNT

Filters, transposed filters, windows, zeros, crops and element-wise operations of
random sizes stand behind one another, in memory with channels last or not.
"""

import random
import sys


def type_of(shape, element="f32"):
    return f"tensor<{'x'.join(map(str, shape))}x{element}>"


class Chain:
    def __init__(self, dice, name):
        self.dice, self.name = dice, name
        self.arguments, self.lines = [], []
        self.rank = dice.choice((3, 4, 4))
        self.shape = [dice.randint(1, 2), dice.choice((1, 3, 5, 8, 16, 20))]
        self.shape += [dice.randint(9, 40) for _ in range(self.rank - 2)]
        self.space = range(2, self.rank)
        self.rate = [1.0] * self.rank
        self.least = self.rate
        self.value = self.argument(self.shape)

    def argument(self, shape):
        name = f"%a{len(self.arguments)}"
        self.arguments.append((name, shape))
        return name

    def add(self, text, shape):
        self.value, self.shape = f"%v{len(self.lines)}", shape
        self.lines.append(f"  {self.value} = gan.{text}")

    def numbers(self, least, most):
        return [self.dice.randint(least, most) for _ in self.space]

    def along_space(self, values, other):
        return [other, other, *values]

    def geometry(self, stride, dilation, low, high):
        return (f"geometry <stride = {stride}, dilation = {dilation}, low = {low}, high = {high}, "
                f"groups = {self.shape[1]}>")

    def may_scale(self, factors):
        rates = [rate * factor for rate, factor in zip(self.rate, factors)]
        if not all(1 / 2 <= rate <= 2 for rate in rates):
            return False
        self.rate = rates
        self.least = [min(pair) for pair in zip(self.least, rates)]
        return True

    def conv(self):
        stride = self.numbers(1, 2) if self.dice.random() < 0.3 else [1 for _ in self.space]
        dilation = self.numbers(1, 2) if self.dice.random() < 0.2 else [1 for _ in self.space]
        low, high, kernel = self.numbers(0, 3), self.numbers(0, 3), self.numbers(1, 5)
        size = [(self.shape[a] + low[i] + high[i] - (kernel[i] - 1) * dilation[i] - 1) // stride[i] + 1
                for i, a in enumerate(self.space)]
        if min(size) < 2 or not self.may_scale([1, 1, *(1 / s for s in stride)]):
            return False
        weight = self.argument([self.shape[1], 1, *kernel])
        shape = [*self.shape[:2], *size]
        self.add(f"conv {self.value}, {weight} {self.geometry(stride, dilation, low, high)} : "
                 f"{type_of(self.shape)}, {type_of(self.arguments[-1][1])} -> {type_of(shape)}", shape)
        return True

    def transposed(self):
        stride = self.numbers(1, 2)
        low, high, kernel = self.numbers(0, 1), self.numbers(0, 1), self.numbers(2, 5)
        size = [(self.shape[a] - 1) * stride[i] + kernel[i] - low[i] - high[i] for i, a in enumerate(self.space)]
        if max(size) > 60 or not self.may_scale([1, 1, *stride]):
            return False
        weight = self.argument([self.shape[1], 1, *kernel])
        ones = [1 for _ in self.space]
        shape = [*self.shape[:2], *size]
        self.add(f"conv_grad_input {weight}, {self.value} {self.geometry(stride, ones, low, high)} : "
                 f"{type_of(self.arguments[-1][1])}, {type_of(self.shape)} -> {type_of(shape)}", shape)
        return True

    def window(self):
        window, stride = self.numbers(1, 3), self.numbers(1, 2)
        size = [(self.shape[a] - window[i]) // stride[i] + 1 for i, a in enumerate(self.space)]
        if min(size) < 2 or not self.may_scale([1, 1, *(1 / s for s in stride)]):
            return False
        shape = [*self.shape[:2], *size]
        self.add(f"window_sum {self.value} window {self.along_space(window, 1)} stride "
                 f"{self.along_space(stride, 1)} : {type_of(self.shape)} -> {type_of(shape)}", shape)
        return True

    def pad(self):
        low, high = self.numbers(-1, 3), self.numbers(-1, 3)
        interior = self.numbers(0, 1)
        size = [low[i] + high[i] + self.shape[a] + (self.shape[a] - 1) * interior[i]
                for i, a in enumerate(self.space)]
        if min(size) < 2 or max(size) > 60 or not self.may_scale([1, 1, *(n + 1 for n in interior)]):
            return False
        shape = [*self.shape[:2], *size]
        self.add(f"pad {self.value} low {self.along_space(low, 0)} high {self.along_space(high, 0)} interior "
                 f"{self.along_space(interior, 0)} : {type_of(self.shape)} -> {type_of(shape)}", shape)
        return True

    def crop(self):
        start, stride = self.numbers(0, 2), self.numbers(1, 2)
        stop = [self.shape[a] - self.dice.randint(0, 2) for a in self.space]
        size = [(b - a + s - 1) // s for a, b, s in zip(start, stop, stride)]
        if min(size) < 2 or not self.may_scale([1, 1, *(1 / s for s in stride)]):
            return False
        shape = [*self.shape[:2], *size]
        self.add(f"slice {self.value} start {self.along_space(start, 0)} stop {[*self.shape[:2], *stop]} stride "
                 f"{self.along_space(stride, 1)} : {type_of(self.shape)} -> {type_of(shape)}", shape)
        return True

    def elementwise(self):
        x, shape = self.value, self.shape
        kind = self.dice.randint(0, 2)
        if kind == 0:  # of channels
            b = self.argument([shape[1]])
            self.add(f"broadcast {b} dims {[0, *self.space]} : {type_of([shape[1]])} -> {type_of(shape)}", shape)
            self.add(f"add {x}, {self.value} : {type_of(shape)}", shape)
        elif kind == 1:  # of elements
            b = self.argument(shape)
            self.add(f"mul {x}, {b} : {type_of(shape)}", shape)
        else:
            self.add(f"constant dense<0.0> : {type_of(shape)}", shape)
            zero = self.value
            self.add(f"compare lt {x}, {zero} : {type_of(shape)} -> {type_of(shape, 'i1')}", shape)
            self.add(f"select {self.value}, {zero}, {x} : {type_of(shape, 'i1')}, {type_of(shape)}", shape)
        return True

    def write(self):
        filters = 0
        while filters < 2 or self.dice.random() < 0.5:
            step = self.dice.choice((self.conv, self.conv, self.transposed, self.window, self.pad, self.crop,
                                     self.elementwise))
            if step() and step in (self.conv, self.transposed, self.window):
                filters += 1
            if len(self.lines) > 9:
                break
        # Whole groups of phases.
        if filters < 2 or any(n % (rate / least) for n, rate, least in zip(self.shape, self.rate, self.least)):
            return False
        layout = [0, *self.space, 1] if self.dice.random() < 0.4 else list(range(self.rank))

        def with_layout(shape):
            return f" {{kernel.layout = array<i64: {', '.join(map(str, layout))}>}}" if len(shape) == self.rank else ""
        arguments = ", ".join(f"{name}: {type_of(shape)}" + (with_layout(shape) if shape[1:2] == self.shape[1:2] else "")
                              for name, shape in self.arguments)
        print(f"kernel.define @{self.name}({arguments}) -> ({type_of(self.shape)}{with_layout(self.shape)}) {{")
        print("\n".join(self.lines))
        print(f"  kernel.return {self.value} : {type_of(self.shape)}\n}}")
        return True


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    dice, made = random.Random(seed), 0
    while made < count:
        made += Chain(dice, f"chain_{seed}_{made}").write()


if __name__ == "__main__":
    main()
