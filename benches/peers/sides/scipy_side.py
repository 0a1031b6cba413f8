"""SciPy: W4 by L-BFGS-B, W6 by LAPACK's posv, W7 by minimize's BFGS and L-BFGS-B."""
import numpy as np
import scipy
from numpy_side import value_and_gradient
from protocol import TOLERANCE, all_examples, repeated, serve, timed
from scipy.linalg import lapack, toeplitz
from scipy.optimize import minimize


def full(kind):
    if kind != "minimum":
        return None
    x, y = all_examples()

    def flat(params):
        value, gw, gb = value_and_gradient(x, y, params[:7840].reshape(10, 784), params[7840:])
        return value, np.concatenate([gw.ravel(), gb])

    def work():
        options = {"gtol": TOLERANCE, "ftol": 0, "maxiter": 10_000, "maxfun": 20_000}
        seconds, found = timed(lambda: minimize(flat, np.zeros(7850), jac=True, method="L-BFGS-B", options=options))
        if np.abs(flat(found.x)[1]).max() > TOLERANCE:
            raise RuntimeError(f"it did not converge: {found.message}")
        return seconds, found.fun
    return work


def newton(order):
    n = int(order)
    first = 1.0 / (n + np.arange(n))
    first[0] = 2.0
    # Symmetric, so that the transpose is the matrix in LAPACK's order; posv copies it once, as it would for a user.
    hessian = toeplitz(first).T
    grad = np.ones(n)

    def step():
        _, direction, info = lapack.dposv(hessian, grad, lower=1)
        assert info == 0
        return 1.0 - direction
    check = step().mean()
    return lambda: (repeated(step), check)


def valley(x):
    lag, rest = x[1:] - x[:-1] ** 2, 1 - x[:-1]
    grad = np.zeros_like(x)
    grad[1:] += 200 * lag
    grad[:-1] -= 400 * lag * x[:-1] + 2 * rest
    return 100 * lag @ lag + rest @ rest, grad


def minimization(method, size):
    n = int(size)
    start = np.where(np.arange(n) % 2 == 0, -1.2, 1.0)
    # As for ours: the largest entry at most 1e-8/√n implies the norm.
    tolerance = 1e-8 / np.sqrt(n)
    if method == "bfgs":
        arguments = {"method": "BFGS", "options": {"gtol": 1e-8, "norm": 2, "maxiter": 200_000}}
    else:
        arguments = {"method": "L-BFGS-B", "options": {"gtol": tolerance, "ftol": 0, "maxiter": 200_000, "maxfun": 400_000}}

    def run():
        return minimize(valley, start, jac=True, **arguments)
    norm = np.linalg.norm(valley(run().x)[1])

    def work():
        return repeated(run), 0.0
    # Its BFGS gives up where the values no longer fall to rounding. That is less work, so it is timed all the same, and said.
    work.remark = f"it ends at a gradient of {norm:.1e}" if norm > 1e-8 else ""
    return work


if __name__ == "__main__":
    serve("scipy", scipy.__version__, {"W4": full, "W6": newton, "W7": minimization})
