"""JAX on the CPU, as it comes: W1, W2, W3, W4 (one gradient), W8, W11, W12, each compiled whole; W5 and W15 by optax, compiled, in
place."""
from functools import partial

import jax
import jax.numpy as jnp
import nets
import numpy as np
import optax
from jax_rules import layer_rule
from protocol import BATCH, EPOCHS, LAMBDA, all_examples, byte_examples, examples, point, rates, repeated, rule_start, serve, timed

jax.config.update("jax_enable_x64", True)


def scores(params, x):
    *hidden, (w, b) = params
    for v, c in hidden:
        x = jax.nn.relu(x @ v.T + c)
    return x @ w.T + b


def loss(params, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(scores(params, x), y).mean()


def reconstruction(params, x, _):
    """The logistic loss of an autoencoder, summed over its outputs; all units but the code's are sigmoid."""
    *hidden, (w, b) = params
    a = x
    for place, (v, c) in enumerate(hidden):
        a = a @ v.T + c
        a = a if place == len(hidden) // 2 else jax.nn.sigmoid(a)
    return optax.sigmoid_binary_cross_entropy(a @ w.T + b, x).sum(axis=1).mean()


def pooled(x, kernel, bias):
    """A 3 × 3 convolution, ReLU, and the largest of 2 × 2, channels last."""
    x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    n, height, width, channels = x.shape
    return jax.nn.relu(x + bias).reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def convolutional(params, x, y):
    (k1, c1), (k2, c2), (w, b) = params
    a = pooled(pooled(x.reshape(-1, 28, 28, 1), k1, c1), k2, c2)
    return optax.softmax_cross_entropy_with_integer_labels(a.reshape(len(a), -1) @ w.T + b, y).mean()


def widened(x, index=slice(None)):
    """Rows of features: of floats, or of (bytes, mean). From bytes, W1 takes .90 and W2 .85 of the time."""
    if not isinstance(x, tuple):
        return x[index]
    images, mean = x
    return images[index].astype(jnp.float32) * jnp.float32(1 / 255) - mean


def step(state, x, y, index, lr, loss):
    params, velocity = state
    grads = jax.grad(loss)(params, widened(x, index), y[index])
    velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, grads)
    return jax.tree.map(lambda w, v: w - lr * v, params, velocity), velocity


@partial(jax.jit, donate_argnums=0, static_argnums=5)
def epoch(state, x, y, batches, lr, loss):
    """All steps of an epoch in one compiled loop, which beats a call a step. `batches` has a row of places for each."""
    return jax.lax.scan(lambda state, index: (step(state, x, y, index, lr, loss), None), state, batches)[0]


compiled_step = partial(jax.jit, donate_argnums=0, static_argnums=5)(step)


def epoch_by_steps(state, x, y, batches, lr, loss):
    """A call a step: inside of a loop XLA makes convolutions without its fast products, and takes four times as long."""
    for index in batches:
        state = compiled_step(state, x, y, index, lr, loss)
    return state


def train(params, x, y, lr, seed, batch=BATCH, loss=loss, epoch=epoch):
    state = (params, jax.tree.map(jnp.zeros_like, params))
    key, lr = jax.random.key(seed), jnp.float32(lr)
    for i in range(EPOCHS):
        order = jax.random.permutation(jax.random.fold_in(key, i), len(y))
        state = epoch(state, x, y, order.reshape(-1, batch), lr, loss)
    return jax.block_until_ready(state[0])


def zeros(features):
    return [(jnp.zeros((10, features), jnp.float32), jnp.zeros(10, jnp.float32))]


def training(start, x, y, lr=0.02, check=None, **how):
    """`check` gets the start, the parameters, the features and the labels; it is the mean loss if there is none."""
    x, y = jax.tree.map(jnp.asarray, x), jnp.asarray(y)
    check = check or (lambda _, params, x, y: how.get("loss", loss)(params, widened(x), y))

    def work():
        params = jax.tree.map(jnp.array, start())
        seconds, params = timed(lambda: train(params, x, y, lr, 0, **how))
        return seconds / (EPOCHS * len(y) // how.get("batch", BATCH)), check(start(), params, x, y)
    work()
    return work


def moved(start, params, *_):
    return nets.moved([part for layer in start for part in layer], [part for layer in params for part in layer])


def net(described, most):
    x, y = byte_examples(784) if described is nets.W3 else described.examples(most)
    if y is None:
        # An autoencoder makes no use of labels.
        y = np.zeros(len(x), np.uint8)
        return training(described.start, x, y, described.rate, moved, batch=described.batch, loss=reconstruction)
    return training(described.start, x, y, described.rate, batch=described.batch)


def convolutional_start():
    """The start with channels last, as XLA's convolutions on a CPU want them."""
    k1, c1, k2, c2, w, b = nets.convolutions()
    w = w.reshape(10, -1, 7, 7).transpose(0, 2, 3, 1).reshape(10, -1)
    return [(k1.transpose(2, 3, 1, 0), c1), (k2.transpose(2, 3, 1, 0), c2), (w, b)]


def convolutional_net():
    x, y = examples(784)
    return training(convolutional_start, x[:nets.ROWS], y[:nets.ROWS], nets.RATE, loss=convolutional, epoch=epoch_by_steps)


def full(kind):
    if kind != "gradient":
        return None
    (x, y), params = map(jnp.asarray, all_examples()), [tuple(map(jnp.asarray, point()))]
    both = jax.jit(jax.value_and_grad(lambda params, x, y: loss(params, x, y) + LAMBDA * jnp.sum(params[0][0] ** 2)))

    def work():
        seconds, (value, grads) = timed(lambda: jax.block_until_ready(both(params, x, y)))
        return seconds, value + sum(jnp.abs(g).sum() for g in grads[0])
    work()
    return work


RULES = {
    "adam": lambda lr: optax.adam(lr),
    "rmsprop": lambda lr: optax.rmsprop(lr, decay=0.99, eps=1e-8, eps_in_sqrt=False),
    "adagrad": lambda lr: optax.adagrad(lr, initial_accumulator_value=0.0, eps=1e-10),
    "momentum": lambda lr: optax.sgd(lr, momentum=0.9),
}


def rule(name, size):
    if name not in RULES:
        return None
    grad, x = map(jnp.asarray, rule_start(int(size)))

    def step(optimizer):
        def update(x, state):
            change, state = optimizer.update(grad, state)
            return optax.apply_updates(x, change), state
        return jax.jit(update, donate_argnums=(0, 1))
    holder = [x, RULES[name](1e-3).init(x)]
    holder[:] = step(RULES[name](1e-3))(*holder)
    check = float(np.asarray(holder[0], np.float64).mean())
    slow = step(RULES[name](1e-6))

    def once():
        holder[:] = jax.block_until_ready(slow(*holder))
    once()
    return lambda: (repeated(once), check)


def sweep():
    x, y = jax.tree.map(jnp.asarray, byte_examples(784))

    def work():
        few = rates()
        seconds, fits = timed(lambda: [train(zeros(784), x, y, lr, 0) for lr in few])
        return seconds / len(few) * 360, min(float(loss(fit, widened(x), y)) for fit in fits)
    work()
    return work


if __name__ == "__main__":
    serve("jax", jax.__version__, {
        "W1": lambda: training(lambda: zeros(784), *byte_examples(784)),
        "W2": lambda: training(lambda: zeros(3072), *byte_examples(3072)),
        "W3": lambda: net(nets.W3, None), "W4": full, "W5": rule, "W8": sweep,
        "W11": lambda *row: net(nets.of_row(*row), nets.ROWS), "W12": convolutional_net, "W15": layer_rule,
    })
