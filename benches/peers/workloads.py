"""What is measured, beside whom, how often, and what must be reached."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Workload:
    """One row of work. `name` is what the sides are asked to prepare."""
    name: str
    title: str
    unit: str
    peers: tuple
    rounds: int
    # Seconds that all of it takes on two cores, for the estimate.
    takes: int
    # What each peer's time over ours must be.
    target: float | None = None
    # Limits of the machine: (name for the side "limits", operations or bytes of one unit, share to reach or None).
    limits: tuple = ()
    # How far the sides' checks may be apart, relative to ours.
    same: float = 1e-6
    # Where the target is another one beside one of the peers.
    targets: dict = field(default_factory=dict)
    # What is set on all sides, said beside the numbers of ours.
    settings: str = ""

    def target_beside(self, peer):
        return self.targets.get(peer, self.target)

    @property
    def group(self):
        return self.name.split("/")[0]


def step_flops(*sizes, batch=128):
    """Forward and backward products of a minibatch, for a net with layers of these sizes: 2 operations for each weight and
    example, each way, and as many for the errors below each layer but the first."""
    weights = [below * above for below, above in zip(sizes, sizes[1:])]
    return batch * (4 * weights[0] + 6 * sum(weights[1:]))


def convolution_flops(channels, side=28, batch=128, classes=10):
    """The same of a net of 3 × 3 convolutions, each of which halves the sides, and a dense layer."""
    flops, below = 0, 1
    for place, above in enumerate(channels):
        flops += (4 if place == 0 else 6) * side**2 * 9 * below * above
        below, side = above, side // 2
    return batch * (flops + 6 * below * side**2 * classes)


TRAINERS = ("numpy", "jax", "torch")
LIBRARIES = ("torch", "jax")
# Bytes that a step must move for each parameter in f32: gradient and parameters, and one or two buffers read and written.
MOVED = {"adam": 28, "rmsprop": 20, "adagrad": 20, "momentum": 20}
# Fused updates are hard to beat where memory is the limit. JAX compiles each of them to one loop; torch's RMSprop is none.
FUSED = {100_000: 4.0, 1_000_000: 1.8, 30_000_000: 1.0}
UPDATE_TARGETS = {"adam": FUSED, "adagrad": FUSED, "rmsprop": dict.fromkeys(FUSED, 5.0), "momentum": {}}


def update(rule, n):
    slow = n > 1_000_000
    return Workload(f"W5/{rule}/{n}", f"{rule} update, {n:,} parameters, f32", "update", LIBRARIES, 5 if slow else 9, 12 if slow else 4,
                    UPDATE_TARGETS[rule].get(n), ((f"copy/{n}", MOVED[rule] * n, None),), same=1e-4,
                    targets={"jax": FUSED[n]} if rule == "rmsprop" else {})


# Of a wide net, the share of the machine's product that a step must reach; of Muon's and Shampoo's products, 1.3 × their time.
WIDE_SHARE, PRODUCTS_SHARE = 0.85, 1 / 1.3


def epochs_take(flops, sides):
    """Seconds of seven rounds and a warm-up of two epochs with so many operations, with the pauses."""
    return round(sides * 8 * (0.25 + 2 * flops / 8e10))


def classifier(hidden, batch, target):
    sizes = (784, *map(int, hidden.split("-")), 10)
    flops = step_flops(*sizes, batch=batch)
    return Workload(f"W11/{hidden}/{batch}", f"net {'–'.join(map(str, sizes))}, batch {batch:,}, f32, momentum", "step", TRAINERS, 7,
                    epochs_take(16_384 / batch * flops, 4), target, (("sgemm", flops, WIDE_SHARE),), 0.02)


def autoencoder(images, encoder, what):
    sizes = (784, *encoder, *encoder[-2::-1], 784)
    flops = step_flops(*sizes, batch=200)
    return Workload(f"W11/{images}", f"autoencoder 784–{'–'.join(map(str, encoder))} of {what}, batch 200, f32, momentum", "step",
                    LIBRARIES, 7, epochs_take(8_000 / 200 * flops, 3), 1.0, (("sgemm", flops, WIDE_SHARE),), 0.02)


# W15: the libraries of each rule, how far their results may be apart, and what is set. Rates are those of `sides/rule_data.py`.
NEWER_RULES = {
    "muon": (LIBRARIES, 0.02, "rate .02, momentum .95 with Nesterov, 5 iterations, decay .1 on the hidden matrices; AdamW for the rest"),
    "radam": (("torch",), 1e-3, "rate .001, betas .9 and .999"),
    "rprop": (("torch",), 1e-3, "first step .001, factors .5 and 1.2, steps from 1e-6 to 50"),
    "adafactor": (("torch",), 1e-3, "rate .001, power of the step -.8, threshold 1"),
    "prodigy": (("jax",), 1e-3, "rate 1, betas .9 and .999, first distance 1e-6"),
    "ademamix": (("jax",), 1e-3, "rate .001, betas .9, .999 and .9999, alpha 5"),
    "schedule-free-adamw": (("jax",), 1e-3, "rate .001, betas .9 and .999"),
    "sophia": (("jax",), 1e-3, "rate .001, betas .965 and .99, gamma .01; the Hessian's diagonal is given every ten steps, no product is timed"),
    "lamb": (("torch",), 1e-3, "rate .001, betas .9 and .999"),
    "adan": (("torch",), 1e-3, "rate .001, betas .98, .92 and .99"),
    "shampoo": (("torch",), 1e-2, "rate .001, betas .9 and .999, whole matrices, roots every ten steps (ours by eigenvalues, theirs by Schur and Newton)"),
    "soap": (("torch",), 1e-2, "rate .001, betas .95 and .95, decay .01, new bases every ten steps"),
}


def newer_rule(name, part="", title="update"):
    peers, same, settings = NEWER_RULES[name]
    by_products = name == "muon" or part
    heavy = name in ("muon", "shampoo", "soap")
    return Workload("/".join(["W15", name, *part.split()]), f"{name} {title}, net 784–1000–500–10, f32", "update", peers, 5 if heavy else 9,
                    90 if heavy else 8, 1.0, ((f"sgemm/{name}", 1.0, PRODUCTS_SHARE),) if by_products else (), same, settings=settings)


def newton(n):
    reach = 0.7 if n == 4096 else None
    return Workload(f"W6/{n}", f"Newton step, n = {n:,}, f64", "step", ("scipy",), 9, 3 + n // 300, 2.0,
                    (("dgemm", n**3 / 3 + 2 * n**2, reach), (f"dpotrf/{n}", n**3 / 3, None)))


def minimization(method, n, target):
    name = {"bfgs": "BFGS", "lbfgs": "L-BFGS"}[method]
    return Workload(f"W7/{method}/{n}", f"{name} on Rosenbrock, n = {n}", "run", ("scipy", "argmin", "basin"), 9, 4, target)


WORKLOADS = [
    Workload("W1", "softmax 784→10, batch 128, f32, momentum", "step", TRAINERS, 9, 25, 5.0, (("sgemm", step_flops(784, 10), None),), 0.03),
    Workload("W2", "softmax 3,073→10, batch 128, f32, momentum", "step", TRAINERS, 9, 25, 4.5, (("sgemm", step_flops(3072, 10), None),), 0.03),
    Workload("W3", "net 784–100–10, batch 128, f32, momentum", "step", TRAINERS, 7, 30, 2.0, (("sgemm", step_flops(784, 100, 10), None),), 0.05),
    Workload("W4/gradient", "softmax, 60,000 × 784, f64: value and gradient", "evaluation", TRAINERS, 9, 25, 5.0,
             (("dgemm", 4 * 60_000 * 784 * 10, None),)),
    Workload("W4/minimum", "the same, minimized to max |g| ≤ 1e-4", "run", ("sklearn-newton-cg", "sklearn-lbfgs", "scipy", "torch"), 3, 240, 5.0,
             # Where the curvature is as small as 2λ, so small a gradient leaves this much of the loss open.
             same=3e-3),
    *(update(rule, n) for rule in MOVED for n in FUSED),
    *(newton(n) for n in (512, 1024, 2048, 4096)),
    minimization("bfgs", 2, 2.0), minimization("bfgs", 10, 2.0), minimization("bfgs", 100, 2.0), minimization("lbfgs", 100, 1.5),
    Workload("W8", "36 learning rates × 10 seeds, softmax, 2 epochs", "comparison", TRAINERS, 3, 40, 5.0,
             (("sgemm", 360 * 936 * step_flops(784, 10), None),), 0.05),
    classifier("512", 128, 1.3), classifier("1000-500", 128, 1.3), classifier("1000-500", 1024, 1.0),
    autoencoder("curves", (400, 200, 100, 50, 25, 6), "curves"), autoencoder("images", (1000, 500, 250, 30), "images"),
    Workload("W12", "convolutional net: 3 × 3, 8 and 16 channels, batch 128, f32, momentum", "step", LIBRARIES, 7, 30, 1.0,
             (("sgemm", convolution_flops((8, 16)), None),), 0.03),
    *(newer_rule(name) for name in NEWER_RULES), newer_rule("shampoo", "between-roots", "update between two roots"),
]

# Where the two sides do not do quite the same; said beside their numbers.
# From bytes, W1 and W2 take JAX .90 and .85 of the time, PyTorch 1.13 and 1.11, NumPy .94 and 1.11 (benches/EXPERIMENTS.md).
BYTES = "images as bytes: ours, JAX"
NOTES = {"W8": f"peers: extrapolated from three runs of the 360; {BYTES}",
         "W4/minimum": "ours: L-BFGS preconditioned by sampled class blocks of the Hessian, which none of these solvers has",
         **dict.fromkeys(("W1", "W2", "W3"), BYTES), "W4/gradient": "images as bytes: ours"}
# W9: what the kernel must reach, in seconds.
KERNEL = {"ready": 4.0, "first cell": 2.5, "median cell": 0.4}
KERNEL_TAKES = 30
# W10: what scripts/fresh.sh must stay below, in seconds: (title, its parts, bound).
FRESH = {"executed-notebooks": ("a fresh machine to executed notebooks", ("set-up", "build", "notebooks"), 25 * 60.0),
         "core-crate": ("the core crate, no features, cold", ("core",), 60.0)}
GROUPS = sorted({"W9", "W10"} | {workload.group for workload in WORKLOADS}, key=lambda group: int(group[1:]))
# Enough to see every part of the measurement work.
QUICK = ("W5/adam/100000", "W6/512", "W7/bfgs/2")
