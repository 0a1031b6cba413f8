"""scikit-learn's LogisticRegression: W4, by newton-cg or lbfgs (the side's second argument).

It minimizes the mean loss + ‖W‖²/(2·C·N) with the intercepts free, which is ours for C = 1/(2·λ·N), and stops at a largest
entry of the gradient of `tol`.
"""
import sys
import warnings

import numpy as np
import sklearn
from numpy_side import value_and_gradient
from protocol import LAMBDA, TOLERANCE, all_examples, serve, timed
from sklearn.linear_model import LogisticRegression

SOLVER = sys.argv[2]


def full(kind):
    if kind != "minimum":
        return None
    x, y = all_examples()

    def work():
        model = LogisticRegression(C=1 / (2 * LAMBDA * len(y)), solver=SOLVER, tol=TOLERANCE, max_iter=10_000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seconds, _ = timed(lambda: model.fit(x, y))
        value, gw, gb = value_and_gradient(x, y, model.coef_, model.intercept_)
        largest = max(np.abs(gw).max(), np.abs(gb).max())
        # lbfgs also stops where the loss no longer falls to rounding.
        if largest > 1.05 * TOLERANCE:
            raise RuntimeError(f"it ended at a largest entry of the gradient of {largest:.2e}")
        return seconds, value
    return work


if __name__ == "__main__":
    serve(f"sklearn-{SOLVER}", sklearn.__version__, {"W4": full})
