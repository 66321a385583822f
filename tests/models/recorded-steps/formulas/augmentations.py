"""Pictures changed at random before D sees them."""

import torch
from torch.nn import functional as F

from formulas.common import adam
from formulas.losses import bce


class Augmentation:
    """One use in the game's text. Every picture has its own draws."""

    def __init__(self, play, use):
        self.play, self.use = play, use

    def numbers(self, what, low, high):
        return self.play.uniform(f"T#{self.use}/{what}", self.play.batch, low=low, high=high)

    def whole(self, what, count):
        return [int(number) for number in self.play.integers(f"T#{self.use}/{what}", count)]

    def flip(self, pictures):
        flips = self.play.coins(f"T#{self.use}/flip")
        return torch.stack([x.flip(2) if flip else x for x, flip in zip(pictures, flips)])

    def translate(self, pictures, most=1):
        ys, xs = (self.whole(f"translate/{axis}", 2 * most + 1) for axis in "yx")
        size = pictures.shape[2]
        wide = F.pad(pictures, [2 * most] * 4)
        return torch.stack([x[:, 2 * most - (i - most):, 2 * most - (j - most):][:, :size, :size]
                            for x, i, j in zip(wide, ys, xs)])

    def cutout(self, pictures):
        size = pictures.shape[2]
        ys, xs = (self.whole(f"cutout/{axis}", size + 1) for axis in "yx")
        mask = torch.ones_like(pictures)
        for picture, y, x in zip(mask, ys, xs):
            top, left = y - size // 4, x - size // 4
            picture[:, max(top, 0):max(top + size // 2, 0), max(left, 0):max(left + size // 2, 0)] = 0
        return pictures * mask

    def colour(self, pictures):
        brightness, saturation, contrast = (
            self.numbers(f"colour/{what}", *bounds).reshape(-1, 1, 1, 1) for what, bounds in
            (("brightness", (-0.5, 0.5)), ("saturation", (0, 2)), ("contrast", (0.5, 1.5))))
        pictures = pictures + brightness
        grey = pictures.mean(1, keepdim=True)
        pictures = (pictures - grey) * saturation + grey
        middle = pictures.mean((1, 2, 3), keepdim=True)
        return (pictures - middle) * contrast + middle


def flipped_and_moved(play, pictures, use):
    augmentation = Augmentation(play, use)
    return augmentation.translate(augmentation.flip(pictures))


def cr(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_d, fake_d = D(x, advance=True), D(fake.detach(), advance=True)
        consistency = ((real_d - D(flipped_and_moved(play, x, 1), advance=True)) ** 2).mean()
        discriminator.minimises(F.relu(1 - real_d).mean() + F.relu(1 + fake_d).mean() + 10 * consistency)
        generator.minimises(-D(fake).mean())
    return step


def bcr(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_d, fake_d = D(x, advance=True), D(fake.detach(), advance=True)
        changes = [((score - D(flipped_and_moved(play, pictures, use), advance=True)) ** 2).mean()
                   for use, (score, pictures) in enumerate(((real_d, x), (fake_d, fake.detach())), 1)]
        discriminator.minimises(F.relu(1 - real_d).mean() + F.relu(1 + fake_d).mean() + 10 * sum(changes))
        generator.minimises(-D(fake).mean())
    return step


def diff_augment(play, G, D):
    discriminator = play.player("discriminator", D, adam(2e-4, 0.5))
    generator = play.player("generator", G, adam(2e-4, 0.5))

    def changed(pictures, use):
        augmentation = Augmentation(play, use)
        return augmentation.cutout(augmentation.translate(augmentation.colour(pictures)))

    def step():
        x, fake = play.x(), G(play.z(), advance=True)
        real_d = D(changed(x, 1), advance=True)
        fake_d = D(changed(fake.detach(), 2), advance=True)
        discriminator.minimises(bce(real_d, 1) + bce(fake_d, 0))
        generator.minimises(bce(D(changed(fake, 3)), 1))
    return step
