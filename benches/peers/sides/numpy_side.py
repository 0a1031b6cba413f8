"""NumPy by hand: W1, W2, W3, W4 (one gradient), W8."""
import numpy as np
from protocol import BATCH, EPOCHS, LAMBDA, all_examples, examples, net_start, point, rates, serve, timed

HERE = np.arange(BATCH)


def softmax_errors(scores, y):
    """Mean cross-entropy's derivative with respect to the scores, in their own memory."""
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    scores[HERE[:len(y)], y] -= 1
    scores /= len(y)
    return scores


def mean_loss(scores, y):
    scores = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]))


def batches(rng, x, y):
    order = rng.permutation(len(y))
    for i in range(0, len(y), BATCH):
        index = order[i:i + BATCH]
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


def train_net(x, y, lr, seed):
    w1, b1, w2, b2 = params = [p.copy() for p in net_start()]
    velocities = [np.zeros_like(p) for p in params]
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        for xb, yb in batches(rng, x, y):
            hidden = np.maximum(xb @ w1.T + b1, 0)
            errors = softmax_errors(hidden @ w2.T + b2, yb)
            back = errors @ w2
            back *= hidden > 0
            descend(params, velocities, [back.T @ xb, back.sum(axis=0), errors.T @ hidden, errors.sum(axis=0)], np.float32(lr))
    return params


def net():
    x, y = examples(784)

    def work():
        seconds, (w1, b1, w2, b2) = timed(lambda: train_net(x, y, 0.02, 0))
        return seconds / (EPOCHS * len(y) // BATCH), mean_loss(np.maximum(x @ w1.T + b1, 0) @ w2.T + b2, y)
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
    serve("numpy", np.__version__, {"W1": lambda: linear(784), "W2": lambda: linear(3072), "W3": net, "W4": full, "W8": sweep})
