"""NumPy by hand: W1, W2, W3, W4 (one gradient), W8, and the classifiers of W11."""
import nets
import numpy as np
from protocol import BATCH, EPOCHS, LAMBDA, all_examples, examples, point, rates, serve, timed


def softmax_errors(scores, y):
    """Mean cross-entropy's derivative with respect to the scores, in their own memory."""
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[np.arange(len(y)), y] -= 1
    scores /= len(y)
    return scores


def mean_loss(scores, y):
    scores = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]))


def batches(rng, x, y, size=BATCH):
    order = rng.permutation(len(y))
    for i in range(0, len(y), size):
        index = order[i:i + size]
        yield x[index], y[index]


def descend(params, velocities, grads, lr):
    for w, v, g in zip(params, velocities, grads):
        v *= 0.9
        v += g
        w -= lr * v


def train_linear(x, y, lr, seed):
    w, b = np.zeros((10, x.shape[1]), np.float32), np.zeros(10, np.float32)
    velocities = [np.zeros_like(w), np.zeros_like(b)]
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        for xb, yb in batches(rng, x, y):
            errors = softmax_errors(xb @ w.T + b, yb)
            descend([w, b], velocities, [errors.T @ xb, errors.sum(axis=0)], np.float32(lr))
    return w, b


def linear(features):
    x, y = examples(features)

    def work():
        seconds, (w, b) = timed(lambda: train_linear(x, y, 0.02, 0))
        return seconds / (EPOCHS * len(y) // BATCH), mean_loss(x @ w.T + b, y)
    return work


def activations(params, x):
    """The inputs of each layer, and the scores."""
    found = [x]
    for w, b in params[:-1]:
        found.append(np.maximum(found[-1] @ w.T + b, 0))
    w, b = params[-1]
    return found, found[-1] @ w.T + b


def gradients(params, x, y):
    inputs, scores = activations(params, x)
    errors, found = softmax_errors(scores, y), []
    for (w, _), a in zip(reversed(params), reversed(inputs)):
        found[:0] = [errors.T @ a, errors.sum(axis=0)]
        if a is not x:
            errors = errors @ w
            errors *= a > 0
    return found


def train_net(params, x, y, batch, lr, seed):
    flat = [p for layer in params for p in layer]
    velocities = [np.zeros_like(p) for p in flat]
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        for xb, yb in batches(rng, x, y, batch):
            descend(flat, velocities, gradients(params, xb, yb), np.float32(lr))
    return params


def net(described, most):
    if described.images:
        return None
    x, y = described.examples(most)

    def work():
        start = [(w.copy(), b.copy()) for w, b in described.start()]
        seconds, params = timed(lambda: train_net(start, x, y, described.batch, described.rate, 0))
        return seconds / described.steps(len(y)), mean_loss(activations(params, x)[1], y)
    return work


def value_and_gradient(x, y, w, b):
    scores = x @ w.T + b
    scores -= scores.max(axis=1, keepdims=True)
    true = scores[np.arange(len(y)), y]
    np.exp(scores, out=scores)
    sums = scores.sum(axis=1)
    value = np.mean(np.log(sums) - true) + LAMBDA * np.sum(w * w)
    scores /= sums[:, None]
    scores[np.arange(len(y)), y] -= 1
    scores /= len(y)
    return value, scores.T @ x + 2 * LAMBDA * w, scores.sum(axis=0)


def full(kind):
    if kind != "gradient":
        return None
    (x, y), (w, b) = all_examples(), point()

    def work():
        seconds, (value, gw, gb) = timed(lambda: value_and_gradient(x, y, w, b))
        return seconds, value + np.abs(gw).sum() + np.abs(gb).sum()
    return work


def sweep():
    x, y = examples(784)

    def work():
        few = rates()
        seconds, fits = timed(lambda: [train_linear(x, y, lr, 0) for lr in few])
        return seconds / len(few) * 360, min(mean_loss(x @ w.T + b, y) for w, b in fits)
    return work


if __name__ == "__main__":
    serve("numpy", np.__version__, {"W1": lambda: linear(784), "W2": lambda: linear(3072),
                                    "W3": lambda: net(nets.W3, None), "W4": full, "W8": sweep,
                                    "W11": lambda *row: net(nets.of_row(*row), nets.ROWS)})
