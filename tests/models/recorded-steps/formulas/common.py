"""What several formulas use."""

import torch
from torch import optim

from onnx_in_torch import f32


def adam(lr, beta1=0.9, beta2=0.999, decay=0.0):
    kind = optim.AdamW if decay else optim.Adam
    return lambda parameters: kind(parameters, lr=lr, betas=(beta1, beta2), eps=1e-8, weight_decay=decay)


def rmsprop(lr):
    return lambda parameters: optim.RMSprop(parameters, lr=lr)


def clip_weights(bound):
    return lambda parameter: parameter.clamp_(f32(-bound), f32(bound))


def slope(score, x):
    """The gradient of every score with respect to its own picture, flat."""
    gradient, = torch.autograd.grad(score.sum(), x, create_graph=True)
    return gradient.flatten(1)


def between(play, real, fake, name="a"):
    """A random point between two pictures, one for each pair."""
    a = play.uniform(name, play.batch, 1, 1, 1, low=0)
    return (a * real + (1 - a) * fake).detach().requires_grad_()
