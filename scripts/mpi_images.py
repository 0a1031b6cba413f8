"""Writes made-up images in the format of MNIST into a folder: 5,003 for training, 500 for testing.

A count that neither 16 pieces nor 128 rows divide.
"""

import gzip
import random
import struct
import sys
from pathlib import Path

SIDE = 28


def images(count: int, source: random.Random) -> tuple[bytes, bytes]:
    """Returns an IDX file of images and one of their labels."""
    labels = bytes(source.randrange(10) for _ in range(count))
    noise = source.randbytes(count * SIDE * SIDE)
    pixels = bytearray(byte // 2 for byte in noise)
    for image, label in enumerate(labels):
        # A bar whose place is the label, but for some, so that no classifier is right about all.
        label = label if source.random() < 0.8 else source.randrange(10)
        for row in range(2 * label + 2, 2 * label + 5):
            start = (image * SIDE + row) * SIDE
            pixels[start + 6 : start + 20] = bytes([110]) * 14
    return struct.pack(">IIII", 0x803, count, SIDE, SIDE) + pixels, struct.pack(">II", 0x801, count) + labels


def main() -> None:
    folder, source = Path(sys.argv[1]), random.Random(0)
    folder.mkdir(parents=True)
    for name, count in (("train", 5003), ("t10k", 500)):
        pixels, labels = images(count, source)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(pixels)
        (folder / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))


main()
