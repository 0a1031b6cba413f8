"""W15: the parameters of 784–1000–500–10, the gradients that are given, and the steps (ours: ../src/sides/gradus/layer_rules.rs).

The settings of a rule are the defaults of the library that ours follows, but for the learning rate here. Roots and bases are
renewed every ten steps."""
import numpy as np
from nets import classifier, moved, parts_of
from protocol import folder, repeated, timed

RATES = {"muon": 0.02, "prodigy": 1.0, "rprop": 1e-3, "radam": 1e-3, "adafactor": 1e-3, "ademamix": 1e-3, "schedule-free-adamw": 1e-3,
         "sophia": 1e-3, "lamb": 1e-3, "adan": 1e-3, "shampoo": 1e-3, "soap": 1e-3}
NAMES = ["W1", "b1", "W2", "b2", "W3", "b3"]
# Those that Muon takes.
HIDDEN = ["W1", "W2"]
INTERVAL = 10
# Steps before anything is timed: beyond the first root, and the next step takes another.
CHECKED = 19
# How many gradients there are; each step takes the next of them.
GRADIENTS = 4


def start():
    """The parts of the start by name."""
    parts = [part for layer in classifier("1000-500", 128).start() for part in layer]
    return dict(zip(NAMES, parts))


def gradients():
    """The given gradients, each as parts by name."""
    shapes = [part.shape for part in start().values()]
    numbers = np.fromfile(folder() / "gradients.f32", np.float32).reshape(GRADIENTS, -1)
    return [dict(zip(NAMES, parts_of(each, shapes))) for each in numbers]


def steps_of(step, shown, between_roots, remark=""):
    """What times `step`, which gets the number of the step from 0; `shown` gives the parts by name. The time is that of a step
    in the mean of an interval: with its root, or of those after it."""
    done = 0

    def several(count):
        nonlocal done
        for _ in range(count):
            step(done)
            done += 1
    several(CHECKED)
    # By name: JAX gives its parts in another order.
    begun, reached = start(), shown()
    check = moved([begun[name] for name in NAMES], [reached[name] for name in NAMES])

    def work():
        if not between_roots:
            return repeated(lambda: (several(INTERVAL), shown())) / INTERVAL, check
        several(1)
        return timed(lambda: (several(INTERVAL - 1), shown()))[0] / (INTERVAL - 1), check
    work.remark = remark
    return work
