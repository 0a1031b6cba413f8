"""W15 by torch.optim and pytorch-optimizer."""
import rule_data
import torch


def muon(parts, lr):
    hidden = [parts[name] for name in rule_data.HIDDEN]
    rest = [part for name, part in parts.items() if name not in rule_data.HIDDEN]
    return [torch.optim.Muon(hidden, lr=lr), torch.optim.AdamW(rest, lr=lr, fused=True)]


def shampoo(parts, lr):
    """One block a matrix, as in the paper and as ours; by default it cuts matrices into blocks of 512 × 512. Its roots are those
    of Schur and Newton, its default, which take a fifth less of a processor than `use_svd`, and agree with ours."""
    from pytorch_optimizer import ScalableShampoo
    interval = rule_data.INTERVAL
    return [ScalableShampoo(list(parts.values()), lr=lr, preconditioning_compute_steps=interval, start_preconditioning_step=interval,
                            block_size=8192, shape_interpretation=False)]


def of_torch(name, **settings):
    return lambda parts, lr: [getattr(torch.optim, name)(list(parts.values()), lr=lr, **settings)]


def of_pytorch_optimizer(name, **settings):
    def make(parts, lr):
        import pytorch_optimizer
        return [getattr(pytorch_optimizer, name)(list(parts.values()), lr=lr, **settings)]
    return make


RULES = {
    "muon": muon,
    "radam": of_torch("RAdam", foreach=True),
    "rprop": of_torch("Rprop", foreach=True),
    "adafactor": of_torch("Adafactor", foreach=True),
    "lamb": of_pytorch_optimizer("Lamb", foreach=False),
    # Its other path changes the sign of the given gradient.
    "adan": of_pytorch_optimizer("Adan", foreach=True),
    "shampoo": shampoo,
    "soap": of_pytorch_optimizer("SOAP"),
}
# Where it is not the same arithmetic to the last digit; said beside its numbers.
REMARKS = {"muon": "torch's iterations are in bfloat16"}


def layer_rule(name, between_roots=""):
    if name not in RULES:
        return None
    parts = {key: torch.tensor(part, requires_grad=True) for key, part in rule_data.start().items()}
    grads = [{key: torch.from_numpy(part) for key, part in grad.items()} for grad in rule_data.gradients()]
    optimizers = RULES[name](parts, rule_data.RATES[name])

    def step(number):
        for key, part in grads[number % len(grads)].items():
            parts[key].grad = part
        for optimizer in optimizers:
            optimizer.step()

    def shown():
        return {key: part.detach().numpy() for key, part in parts.items()}
    return rule_data.steps_of(step, shown, bool(between_roots), REMARKS.get(name, ""))
