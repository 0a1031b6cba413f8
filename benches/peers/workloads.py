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

    def target_beside(self, peer):
        return self.targets.get(peer, self.target)

    @property
    def group(self):
        return self.name.split("/")[0]


def step_flops(features, hidden=None, batch=128, classes=10):
    """Forward and backward products of a minibatch: 2 operations for each weight and example, each way."""
    if hidden is None:
        return 4 * batch * features * classes
    return batch * (4 * features * hidden + 6 * hidden * classes)


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


def newton(n):
    reach = 0.7 if n == 4096 else None
    return Workload(f"W6/{n}", f"Newton step, n = {n:,}, f64", "step", ("scipy",), 9, 3 + n // 300, 2.0,
                    (("dgemm", n**3 / 3 + 2 * n**2, reach), (f"dpotrf/{n}", n**3 / 3, None)))


def minimization(method, n, target):
    name = {"bfgs": "BFGS", "lbfgs": "L-BFGS"}[method]
    return Workload(f"W7/{method}/{n}", f"{name} on Rosenbrock, n = {n}", "run", ("scipy", "argmin", "basin"), 9, 4, target)


WORKLOADS = [
    Workload("W1", "softmax 784→10, batch 128, f32, momentum", "step", TRAINERS, 9, 25, 5.0, (("sgemm", step_flops(784), None),), 0.03),
    Workload("W2", "softmax 3,073→10, batch 128, f32, momentum", "step", TRAINERS, 9, 25, 4.5, (("sgemm", step_flops(3072), None),), 0.03),
    Workload("W3", "net 784–100–10, batch 128, f32, momentum", "step", TRAINERS, 7, 30, 2.0, (("sgemm", step_flops(784, 100), None),), 0.05),
    Workload("W4/gradient", "softmax, 60,000 × 784, f64: value and gradient", "evaluation", TRAINERS, 9, 25, 5.0,
             (("dgemm", 4 * 60_000 * 784 * 10, None),)),
    Workload("W4/minimum", "the same, minimized to max |g| ≤ 1e-4", "run", ("sklearn-newton-cg", "sklearn-lbfgs", "scipy", "torch"), 3, 240, 5.0,
             # Where the curvature is as small as 2λ, so small a gradient leaves this much of the loss open.
             same=3e-3),
    *(update(rule, n) for rule in MOVED for n in FUSED),
    *(newton(n) for n in (512, 1024, 2048, 4096)),
    minimization("bfgs", 2, 2.0), minimization("bfgs", 10, 2.0), minimization("bfgs", 100, 2.0), minimization("lbfgs", 100, 1.5),
    Workload("W8", "36 learning rates × 10 seeds, softmax, 2 epochs", "comparison", TRAINERS, 3, 40, 5.0,
             (("sgemm", 360 * 936 * step_flops(784), None),), 0.05),
]

# Where the two sides do not do quite the same; said beside their numbers.
NOTES = {"W8": "peers: extrapolated from three runs of the 360",
         "W4/minimum": "ours: L-BFGS preconditioned by sampled class blocks of the Hessian, which none of these solvers has"}
# W9: what the kernel must reach, in seconds.
KERNEL = {"ready": 4.0, "first cell": 2.5, "median cell": 0.4}
KERNEL_TAKES = 30
# W10: what scripts/fresh.sh must stay below, in seconds: (title, its parts, bound).
FRESH = {"executed-notebooks": ("a fresh machine to executed notebooks", ("set-up", "build", "notebooks"), 25 * 60.0),
         "core-crate": ("the core crate, no features, cold", ("core",), 60.0)}
GROUPS = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10"]
# Enough to see every part of the measurement work.
QUICK = ("W5/adam/100000", "W6/512", "W7/bfgs/2")
