"""One step of every recorded game in plain PyTorch, written from its paper.

A function gets the play and the networks of the game by name, and returns what
one step does. Draws of one name come in the order in which the game takes them.
`advance` marks the applications whose update trains their network: those that
move running statistics.
"""

from formulas import augmentations, domains, encoders, extra, labels, losses, penalties

MODULES = (losses, penalties, augmentations, labels, encoders, domains, extra)


def find(game):
    return next(getattr(module, game) for module in MODULES if hasattr(module, game))
