"""PyTorch on the CPU: W1 to W5, W8, W11, W12 and W15. Optimizers are the fused ones where torch has them."""
import os

import nets
import numpy as np
import torch
from protocol import BATCH, EPOCHS, LAMBDA, TOLERANCE, all_examples, examples, point, rates, repeated, rule_start, serve, timed
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch_rules import layer_rule

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))


def linear_model(features):
    model = torch.nn.Linear(features, 10)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    return model


def started(model, parts):
    """The model with these parameters."""
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), parts, strict=True):
            parameter.copy_(torch.from_numpy(start))
    return model


def net_model(net):
    layers = []
    for place, (below, above) in enumerate(zip(net.sizes, net.sizes[1:])):
        layers.append(torch.nn.Linear(below, above))
        if place < len(net.sizes) - 2 and not (net.images and place == net.code):
            layers.append(torch.nn.Sigmoid() if net.images else torch.nn.ReLU())
    return started(torch.nn.Sequential(*layers), [part for layer in net.start() for part in layer])


def convolutional_model():
    first, second = nets.CHANNELS
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, first, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(first, second, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(second * 49, 10))
    return started(model, nets.convolutions())


def reconstruction(scores, x):
    """Summed over the outputs, as ours."""
    return binary_cross_entropy_with_logits(scores, x, reduction="sum") / len(x)


def train(model, loss, lr, seed, rows, batch=BATCH):
    """`loss` takes the model and the places of a batch."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, fused=True)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for index in torch.randperm(rows, generator=generator).split(batch):
            optimizer.zero_grad()
            loss(model, index).backward()
            optimizer.step()


def classes(x, y):
    """The mean loss of a batch, given by its places; of all without."""
    return lambda model, index=slice(None): cross_entropy(model(x[index]), y[index])


def outputs(x):
    """The same of an autoencoder."""
    def loss(model, index=slice(None)):
        batch = x[index]
        return reconstruction(model(batch), batch)
    return loss


def final(loss, model):
    with torch.no_grad():
        return loss(model).item()


def tensors(features):
    return [torch.from_numpy(part) for part in examples(features)]


def training(build, loss, rows, batch=BATCH, lr=0.02, check=final):
    """`check` gets the loss and the trained model."""
    def work():
        model = build()
        seconds, _ = timed(lambda: train(model, loss, lr, 0, rows, batch))
        return seconds / (EPOCHS * rows // batch), check(loss, model)
    work()
    return work


def linear(features):
    x, y = tensors(features)
    return training(lambda: linear_model(features), classes(x, y), len(y))


def net(described, most):
    x, y = described.examples(most)
    x = torch.from_numpy(x)

    def build():
        return net_model(described)

    def moved(_, model):
        start = [part for layer in described.start() for part in layer]
        return nets.moved(start, [part.detach().numpy() for part in model.parameters()])
    if y is None:
        return training(build, outputs(x), len(x), described.batch, described.rate, moved)
    return training(build, classes(x, torch.from_numpy(y)), len(x), described.batch, described.rate)


def convolutional():
    x, y = tensors(784)
    x = x[:nets.ROWS].reshape(-1, 1, 28, 28)
    return training(convolutional_model, classes(x, y[:nets.ROWS]), len(x), lr=nets.RATE)


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
    loss = classes(x, y)

    def work():
        few = rates()
        models = [linear_model(784) for _ in few]
        seconds, _ = timed(lambda: [train(model, loss, lr, 0, len(y)) for model, lr in zip(models, few)])
        return seconds / len(few) * 360, min(final(loss, model) for model in models)
    return work


if __name__ == "__main__":
    serve("torch", torch.__version__, {
        "W1": lambda: linear(784), "W2": lambda: linear(3072), "W3": lambda: net(nets.W3, None), "W4": full, "W5": rule, "W8": sweep,
        "W11": lambda *row: net(nets.of_row(*row), nets.ROWS), "W12": convolutional, "W15": layer_rule,
    })
