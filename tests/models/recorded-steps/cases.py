"""The games that are recorded, and how each is made small."""

import os
import re
import shutil
import sys
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.join(HERE, "..", "..", "..", "frontends", "game", "library")
sys.path.insert(0, LIBRARY)
import extra_networks
import networks

BATCH, STEPS = 4, 2
# All sizes divide a power of two or are one; smooth, so that rounding cannot put a
# number on the other side of a kink.
TINY = networks.Sizes(channels=1, height=8, width=8, latent=3, filters=2, classes=4, activation="softplus")
KINKED = networks.Sizes(**{**vars(TINY), "activation": "relu"})


@dataclass
class Case:
    """A game of the library, or of this folder with its extra networks."""
    game: str
    sizes: networks.Sizes = TINY
    defines: dict = field(default_factory=dict)
    batch: int = BATCH
    batches: dict = field(default_factory=dict)
    extra: bool = False

    @property
    def source(self):
        return os.path.join(HERE if self.extra else LIBRARY, f"{self.game}.game")

    @property
    def text(self):
        with open(self.source, encoding="utf-8") as file:
            return re.sub("#.*", "", file.read())

    @property
    def is_smooth(self):
        return self.sizes is not KINKED

    def streams(self, pattern=""):
        return re.findall(rf"\bdata\s+(\w+)\s*:[^\n]*{pattern}", self.text)

    def write(self, folder):
        """The game and its networks; returns how ganc compiles them."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        (extra_networks if self.extra else networks).write(folder, self.sizes)
        consts = re.findall(r"\bconst\s+(\w+)", self.text)
        defines = {name: value for name, value in vars(self.sizes).items() if name in consts} | self.defines
        return [shutil.copy(self.source, folder), *(f"-D{name}={value}" for name, value in defines.items()),
                *(f"--batch={name}:{self.batches.get(name, self.batch)}" for name in self.streams("batch"))]


# Every game of the library is one, too; here is what its consts are, but for sizes.
DEFINES = {
    # Of the first steps k becomes more than 0.
    "began": {"gamma": 2},
    # Over the twelve pairs of four this is a number of f32.
    "ebgan": {"pull": 3 / 32},
    "gradient_reversal": {"steps": 4},
    "lecam": {"start": 1},
    # The authors' schedules, in short; to clip all weights costs digits.
    "wgan": {"bound": 0.125, "critic_steps": 2, "first_steps": 3, "warmup": 1},
    # The difference of two scores that are nearly one would cost digits.
    "zcr": {"distance": 0.5},
    "wgan_div": {"critic_steps": 2},
    "wgan_gp": {"critic_steps": 2},
}

# Streams whose batch is not that of all others.
BATCHES = {
    "sgan": {"x": 2},
}

EXTRA = {
    "attention": Case("attention", extra=True),
    "coupled": Case("coupled", extra=True),
    "dcgan_kinked": Case("dcgan", KINKED),
    "deviation": Case("deviation", extra=True),
    "mlp": Case("mlp", extra=True),
    "residual": Case("residual", extra=True),
    "spectral": Case("spectral", extra=True),
    "spectral_applications": Case("spectral_applications", extra=True),
    "wgan_gp_kinked": Case("wgan_gp", KINKED, DEFINES["wgan_gp"]),
}


def library():
    """The names of the library's games."""
    return sorted(name.removesuffix(".game") for name in os.listdir(LIBRARY) if name.endswith(".game"))


def find(name):
    return EXTRA.get(name) or Case(name, defines=DEFINES.get(name, {}), batches=BATCHES.get(name, {}))


def recording(name):
    return os.path.join(HERE, "recordings", f"{name}.safetensors.gz")
