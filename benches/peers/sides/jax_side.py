"""JAX on the CPU, as it comes: W1, W2, W3, W4 (one gradient), W8, each compiled whole; W5 by optax, compiled, in place."""
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from protocol import BATCH, EPOCHS, LAMBDA, all_examples, examples, net_start, point, rates, repeated, rule_start, serve, timed

jax.config.update("jax_enable_x64", True)


def scores(params, x):
    *hidden, (w, b) = params
    for v, c in hidden:
        x = jax.nn.relu(x @ v.T + c)
    return x @ w.T + b


def loss(params, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(scores(params, x), y).mean()


@partial(jax.jit, donate_argnums=0)
def epoch(state, x, y, order, lr):
    """All steps of an epoch in one compiled loop, which beats a call a step."""
    def step(state, index):
        params, velocity = state
        grads = jax.grad(loss)(params, x[index], y[index])
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, grads)
        return (jax.tree.map(lambda w, v: w - lr * v, params, velocity), velocity), None
    return jax.lax.scan(step, state, order.reshape(-1, BATCH))[0]


def train(params, x, y, lr, seed):
    state = (params, jax.tree.map(jnp.zeros_like, params))
    key, lr = jax.random.key(seed), jnp.float32(lr)
    for i in range(EPOCHS):
        state = epoch(state, x, y, jax.random.permutation(jax.random.fold_in(key, i), len(y)), lr)
    return jax.block_until_ready(state[0])


def zeros(features):
    return [(jnp.zeros((10, features), jnp.float32), jnp.zeros(10, jnp.float32))]


def net():
    w1, b1, w2, b2 = map(jnp.array, net_start())
    return [(w1, b1), (w2, b2)]


def training(start, features):
    x, y = map(jnp.asarray, examples(features))

    def work():
        params = start()
        seconds, params = timed(lambda: train(params, x, y, 0.02, 0))
        return seconds / (EPOCHS * len(y) // BATCH), loss(params, x, y)
    work()
    return work


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
    x, y = map(jnp.asarray, examples(784))

    def work():
        few = rates()
        seconds, fits = timed(lambda: [train(zeros(784), x, y, lr, 0) for lr in few])
        return seconds / len(few) * 360, min(float(loss(fit, x, y)) for fit in fits)
    work()
    return work


if __name__ == "__main__":
    serve("jax", jax.__version__, {
        "W1": lambda: training(lambda: zeros(784), 784),
        "W2": lambda: training(lambda: zeros(3072), 3072),
        "W3": lambda: training(net, 784),
        "W4": full, "W5": rule, "W8": sweep,
    })
