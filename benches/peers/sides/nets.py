"""The nets of W3, W11 and W12: sizes, start, data and settings, the same on every side (ours: ../src/sides/gradus/nets.rs)."""
from dataclasses import dataclass

import numpy as np
from protocol import EPOCHS, examples, folder

# Channels of the two convolutions of W12.
CHANNELS = (8, 16)
# Examples of W11 and W12; as many as whole batches hold.
ROWS = 16_384
# The learning rate of their classifiers: at that of W3 the loss of 256 steps depends on the order of the batches too much.
RATE = 0.005


@dataclass(frozen=True)
class Net:
    """A fully connected net. `sizes` are those of its layers, inputs and outputs included."""
    model: str
    sizes: tuple
    batch: int
    rate: float
    # Of an autoencoder: the file of its images, which are inputs and targets.
    images: str | None = None

    def start(self):
        """[(W, b), …], W with a row for each output."""
        return layers(self.model, self.sizes)

    def examples(self, most=ROWS):
        """Features, and labels if there are any."""
        if self.images:
            return np.fromfile(folder() / self.images, np.float32).reshape(-1, self.sizes[0]), None
        x, y = examples(self.sizes[0])
        return x[:most], y[:most]

    @property
    def code(self):
        """The place of an autoencoder's code among its layers, which is linear."""
        return len(self.sizes) // 2 - 1

    def steps(self, rows):
        return EPOCHS * rows // self.batch


def classifier(hidden, batch, rate=RATE):
    """A ReLU net for images, with hidden layers such as "1000-500"."""
    sizes = tuple(map(int, hidden.split("-")))
    return Net("mlp:" + hidden.replace("-", ","), (784, *sizes, 10), batch, rate)


def autoencoder(images, encoder):
    return Net("autoencoder:" + ",".join(map(str, encoder)), (784, *encoder, *encoder[-2::-1], 784), 200, 0.001, images)


AUTOENCODERS = {"curves": autoencoder("curves.f32", (400, 200, 100, 50, 25, 6)),
                "images": autoencoder("images.f32", (1000, 500, 250, 30))}
W3 = classifier("100", 128, 0.02)


def of_row(name, batch="200"):
    """The net of a row of W11: "1000-500" with a batch, or an autoencoder by its images."""
    return AUTOENCODERS.get(name) or classifier(name, int(batch))


def moved(start, now):
    """How far parameters are from their start, in the mean: of an autoencoder, whose loss is that of the mean image at first,
    this tells more of a step than the loss."""
    each = [np.abs(np.asarray(part, np.float64) - before).sum() for before, part in zip(start, now, strict=True)]
    return sum(each) / sum(part.size for part in start)


def numbers(model):
    """All numbers of the start of a model, in the order of its parameters."""
    return np.fromfile(folder() / (model.replace(":", "-").replace(",", "-") + ".f32"), np.float32)


def layers(model, sizes):
    shapes = [shape for below, above in zip(sizes, sizes[1:]) for shape in ((above, below), (above,))]
    parts = parts_of(numbers(model), shapes)
    return list(zip(parts[::2], parts[1::2]))


def parts_of(flat, shapes):
    """A flat vector cut into arrays of these shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    assert ends[-1] == len(flat), f"{len(flat)} numbers for the shapes {shapes}"
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes)]


def convolutions():
    """K1 (channels × inputs × 3 × 3), c1, K2, c2, W (10 × channels·7·7, the image channel by channel), b of W12."""
    first, second = CHANNELS
    shapes = [(first, 1, 3, 3), (first,), (second, first, 3, 3), (second,), (10, second * 49), (10,)]
    return parts_of(numbers(f"conv:{first},{second}"), shapes)
