"""PyTorch on the CPU: W1, W2, W3, W4, W5, W8. Optimizers are the fused ones where torch has them."""
import os

import numpy as np
import torch
from protocol import BATCH, EPOCHS, LAMBDA, TOLERANCE, all_examples, examples, net_start, point, rates, repeated, rule_start, serve, timed
from torch.nn.functional import cross_entropy

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))


def linear_model(features):
    model = torch.nn.Linear(features, 10)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    return model


def net_model():
    model = torch.nn.Sequential(torch.nn.Linear(784, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10))
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), net_start()):
            parameter.copy_(torch.from_numpy(start))
    return model


def train(model, x, y, lr, seed):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, fused=True)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(y), generator=generator).split(BATCH):
            optimizer.zero_grad()
            cross_entropy(model(x[index]), y[index]).backward()
            optimizer.step()


def final_loss(model, x, y):
    with torch.no_grad():
        return cross_entropy(model(x), y).item()


def tensors(features):
    return [torch.from_numpy(part) for part in examples(features)]


def training(build, features):
    x, y = tensors(features)

    def work():
        model = build()
        seconds, _ = timed(lambda: train(model, x, y, 0.02, 0))
        return seconds / (EPOCHS * len(y) // BATCH), final_loss(model, x, y)
    work()
    return work


def full(kind):
    x, y = [torch.from_numpy(part) for part in all_examples()]

    def value(w, b):
        return cross_entropy(torch.nn.functional.linear(x, w, b), y) + LAMBDA * w.square().sum()

    def gradient():
        w, b = [torch.from_numpy(part).requires_grad_() for part in point()]

        def evaluate():
            loss = value(w, b)
            return loss, torch.autograd.grad(loss, (w, b))
        seconds, (loss, (gw, gb)) = timed(evaluate)
        return seconds, loss.item() + gw.abs().sum().item() + gb.abs().sum().item()

    def minimum():
        w, b = torch.zeros(10, 784, dtype=torch.float64, requires_grad=True), torch.zeros(10, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([w, b], max_iter=10_000, max_eval=20_000, tolerance_grad=TOLERANCE, tolerance_change=0,
                                      history_size=10, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = value(w, b)
            loss.backward()
            return loss
        seconds, _ = timed(lambda: optimizer.step(closure))
        loss = closure()
        largest = max(w.grad.abs().max().item(), b.grad.abs().max().item())
        if largest > TOLERANCE:
            raise RuntimeError(f"it ended at a largest entry of the gradient of {largest:.2e}")
        return seconds, loss.item()
    return gradient if kind == "gradient" else minimum


RULES = {
    "adam": lambda params, lr: torch.optim.Adam(params, lr=lr, fused=True),
    "rmsprop": lambda params, lr: torch.optim.RMSprop(params, lr=lr, foreach=True),
    "adagrad": lambda params, lr: torch.optim.Adagrad(params, lr=lr, fused=True),
    "momentum": lambda params, lr: torch.optim.SGD(params, lr=lr, momentum=0.9, fused=True),
}


def rule(name, size):
    if name not in RULES:
        return None
    grad, start = rule_start(int(size))
    x = torch.from_numpy(start).requires_grad_()
    x.grad = torch.from_numpy(grad)
    optimizer = RULES[name]([x], 1e-3)
    optimizer.step()
    check = x.detach().double().mean().item()
    optimizer.param_groups[0]["lr"] = 1e-6
    return lambda: (repeated(optimizer.step), check)


def sweep():
    x, y = tensors(784)

    def work():
        few = rates()
        models = [linear_model(784) for _ in few]
        seconds, _ = timed(lambda: [train(model, x, y, lr, 0) for model, lr in zip(models, few)])
        return seconds / len(few) * 360, min(final_loss(model, x, y) for model in models)
    return work


if __name__ == "__main__":
    serve("torch", torch.__version__, {
        "W1": lambda: training(lambda: linear_model(784), 784),
        "W2": lambda: training(lambda: linear_model(3072), 3072),
        "W3": lambda: training(net_model, 784),
        "W4": full, "W5": rule, "W8": sweep,
    })
