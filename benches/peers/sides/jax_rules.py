"""W15 by optax, each update compiled, in place."""
import jax
import jax.numpy as jnp
import optax
import rule_data
from optax import contrib


def muon(lr):
    """optax.contrib's iterations on the hidden matrices, with torch's decay, and AdamW for the rest."""
    shape = contrib.MuonDimensionNumbers(reduction_axis=1, output_axis=0)
    dimensions = {name: shape if name in rule_data.HIDDEN else optax.MaskedNode() for name in rule_data.NAMES}
    hidden = optax.chain(
        contrib._muon.scale_by_muon(weight_dimension_numbers=dimensions),
        contrib._muon.scale_by_shape(weight_dimension_numbers=dimensions),
        optax.add_decayed_weights(0.1),
        optax.scale_by_learning_rate(lr))
    labels = {name: "hidden" if name in rule_data.HIDDEN else "rest" for name in rule_data.NAMES}
    return optax.partition({"hidden": hidden, "rest": optax.adamw(lr, weight_decay=0.01)}, labels)


def sophia(lr):
    """With a given estimate of the Hessian's diagonal, the absolute values of the first gradient, so that no product is timed."""
    given = {name: jnp.abs(jnp.asarray(part)) for name, part in rule_data.gradients()[0].items()}
    curvature = optax.GradientTransformationExtraArgs(lambda params: optax.EmptyState(), lambda *_, **__: (given, optax.EmptyState()))
    return contrib.sophia(lr, hessian_diagonal_fn=curvature)


RULES = {"muon": muon, "prodigy": contrib.prodigy, "ademamix": contrib.ademamix, "schedule-free-adamw": contrib.schedule_free_adamw,
         "sophia": sophia}


def layer_rule(name, between_roots=""):
    if name not in RULES or between_roots:
        return None
    # With 64 bits, Muon's coefficients would make f64 of its matrices. (Each group of workloads has a process of its own.)
    jax.config.update("jax_enable_x64", False)
    optimizer = RULES[name](rule_data.RATES[name])
    params = {key: jnp.array(part) for key, part in rule_data.start().items()}
    grads = [{key: jnp.asarray(part) for key, part in grad.items()} for grad in rule_data.gradients()]
    # Prodigy's state holds the start itself, and what is given away must be given once.
    holder = [params, jax.tree.map(jnp.array, optimizer.init(params))]

    def update(params, state, grad):
        change, state = optimizer.update(grad, state, params)
        return optax.apply_updates(params, change), state
    compiled = jax.jit(update, donate_argnums=(0, 1))

    def step(number):
        holder[:] = compiled(*holder, grads[number % len(grads)])

    def shown():
        params, state = jax.block_until_ready(holder)
        return contrib.schedule_free_eval_params(state, params) if name == "schedule-free-adamw" else params
    return rule_data.steps_of(step, shown, False)
