"""Makes the reference values: what PyTorch computes for the networks of cases.py, one small file each.

    pip install torch==2.13.0 safetensors numpy
    python3 tests/reference/generate.py

Every input is a float32 number, everything is computed from them in float64 and stored as float32: the files
are the truth, rounded once. Numbers come from numpy's PCG64 with a seed from the file's name, so a second run
writes the same bytes.

T = window, B = batch size, D = input size, H = hidden size, V = classes. Sequences are time-major: [T, B, ...].

network files    parameter.*; initial.h_l*, initial.c_l* [B, H]; inputs [T, B] tokens or [T, B, D];
                 outputs [T, B, V] probabilities, [T, B, n] values or [T, B, H] top h; final.h_l*, final.c_l*;
                 with a head: targets [T, B] or [T, B, n]; loss; gradient_norm (over all parameters);
                 gradient.* of each parameter, of initial.h_l*, initial.c_l*, and of vector inputs
cell files       parameter.*; initial.h, initial.c [H]; inputs [T, D]; h, c, input, forget, candidate, output [T, H]
training files   parameter.*; stream [steps * T + 1, B, ...]: each element's target is the next one;
                 losses, gradient_norms (before clipping) [steps]; trained.*; final.h_l*, final.c_l*

Tokens and classes are U8, everything else F32. The case itself is JSON in __metadata__.
"""
import json
import pathlib
import zlib

import numpy
import torch
from safetensors.numpy import save_file

from cases import CELLS, NETWORKS, TRAININGS

HERE = pathlib.Path(__file__).parent
NAMES = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']


def uniform(rng, *shape, low=-1.0, high=1.0):
    """float32 numbers, held in float64."""
    return torch.from_numpy(rng.uniform(low, high, shape).astype(numpy.float32).astype(numpy.float64))


def tokens(rng, count, *shape):
    return torch.from_numpy(rng.integers(0, count, shape))


class Network(torch.nn.Module):
    """LSTM layers and a linear head, in float64. Token t enters as the t-th one-hot vector."""

    def __init__(self, case):
        super().__init__()
        layers = case['layers']
        self.token_count = case['input'].get('tokens')
        input_size = self.token_count or case['input']['size']
        sizes = [input_size] + [layer['hiddenSize'] for layer in layers]
        self.plain = case.get('plain', False)
        if self.plain:
            lstms = [torch.nn.LSTM(input_size, sizes[1], num_layers=len(layers), bias=layers[0]['bias'])]
        else:
            lstms = [torch.nn.LSTM(sizes[l], sizes[l + 1], bias=layer['bias']) for l, layer in enumerate(layers)]
        self.lstms = torch.nn.ModuleList(lstms)
        self.classes = bool(case['output']) and 'classes' in case['output']
        self.head = torch.nn.Linear(sizes[-1], next(iter(case['output'].values()))) if case['output'] else None
        self.double()

    def parameter_table(self):
        """Our names: those of one torch.nn.LSTM(num_layers=L), and head.weight, head.bias."""
        table = {}
        for l in range(self.lstms[0].num_layers if self.plain else len(self.lstms)):
            lstm, row = (self.lstms[0], l) if self.plain else (self.lstms[l], 0)
            for name in NAMES[:4 if lstm.bias else 2]:
                table[f'{name}_l{l}'] = getattr(lstm, f'{name}_l{row}')
        if self.head:
            table['head.weight'], table['head.bias'] = self.head.weight, self.head.bias
        return table

    def forward(self, x, state):
        """x: [T, B] or [T, B, D]; state: [(h, c)] a layer, [B, H] each. Returns head's outputs, next state."""
        if self.token_count:
            x = torch.nn.functional.one_hot(x, self.token_count).double()
        if self.plain:
            h, c = (torch.stack(part) for part in zip(*state))
            x, (h, c) = self.lstms[0](x, (h, c))
            return self.head(x), list(zip(h, c))
        next_state = []
        for lstm, (h, c) in zip(self.lstms, state):
            x, (h, c) = lstm(x, (h[None], c[None]))
            next_state.append((h[0], c[0]))
        return (self.head(x) if self.head else x), next_state

    def loss(self, outputs, targets):
        """Mean cross-entropy in nats over [T, B], or mean squared error over every element."""
        if self.classes:
            return torch.nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())
        return torch.nn.functional.mse_loss(outputs, targets)


def start(name, case, spread):
    """A generator seeded by the file's name and a network with uniform parameters in [-spread, spread]."""
    rng = numpy.random.default_rng(zlib.crc32(name.encode()))
    network = Network(case)
    with torch.no_grad():
        for parameter in network.parameter_table().values():
            parameter.copy_(uniform(rng, *parameter.shape, low=-spread, high=spread))
    return rng, network


def state_tensors(prefix, state):
    return {f'{prefix}.{part}_l{l}': tensor for l, pair in enumerate(state) for part, tensor in zip('hc', pair)}


def total_norm(gradients):
    return torch.sqrt(sum(g.square().sum() for g in gradients))


def network_reference(name, case):
    rng, network = start(name, case, spread=0.9)
    T, B = case['window'], case['batch']
    count, out = case['input'].get('tokens'), case['output']
    inputs = tokens(rng, count, T, B) if count else uniform(rng, T, B, case['input']['size'], low=-2, high=2)
    scale = 1.0 if case.get('carried') else 0.0
    state = [tuple(scale * uniform(rng, B, layer['hiddenSize'], low=-s, high=s) for s in (0.9, 1.8))
             for layer in case['layers']]

    leaves = state_tensors('initial', state)
    if not count:
        leaves['inputs'] = inputs
    for leaf in leaves.values():
        leaf.requires_grad_()
    outputs, final = network(inputs, state)
    parameters = network.parameter_table()
    tensors = {f'parameter.{n}': p for n, p in parameters.items()} | leaves | state_tensors('final', final)
    tensors['inputs'] = inputs
    tensors['outputs'] = outputs.softmax(-1) if network.classes else outputs
    if out:
        tensors['targets'] = tokens(rng, out['classes'], T, B) if network.classes else uniform(rng, *outputs.shape)
        loss = network.loss(outputs, tensors['targets'])
        loss.backward()
        tensors['loss'] = loss
        tensors['gradient_norm'] = total_norm([p.grad for p in parameters.values()])
        tensors |= {f'gradient.{n}': leaf.grad for n, leaf in (parameters | leaves).items()}
    return tensors


def cell_reference(name, case):
    rng = numpy.random.default_rng(zlib.crc32(name.encode()))
    T, D, H = case['window'], case['input_size'], case['hidden_size']
    cell = torch.nn.LSTMCell(D, H, bias=case['bias']).double()
    for parameter in cell.parameters():
        parameter.data = uniform(rng, *parameter.shape, low=-0.9, high=0.9)
    inputs, h, c = uniform(rng, T, D, low=-2, high=2), uniform(rng, H), uniform(rng, H, low=-2, high=2)
    tensors = {f'parameter.{n}': p for n, p in cell.named_parameters()} | {'initial.h': h, 'initial.c': c}
    steps = []
    for x in inputs:
        gates = cell.weight_ih @ x + cell.weight_hh @ h
        if cell.bias:
            gates = gates + cell.bias_ih + cell.bias_hh
        i, f, g, o = gates.chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        h_next, c_next = cell(x, (h, c))
        torch.testing.assert_close(c_next, f * c + i * g)
        torch.testing.assert_close(h_next, o * c_next.tanh())
        h, c = h_next, c_next
        steps.append((h, c, i, f, g, o))
    names = ['h', 'c', 'input', 'forget', 'candidate', 'output']
    return tensors | {'inputs': inputs} | {n: torch.stack(part) for n, part in zip(names, zip(*steps))}


def token_stream(rng, count, length, batch):
    """A repeated phrase, each sequence at its own place in it, with one token in ten replaced by any."""
    phrase = numpy.array([0, 1, 0, 2, 0, 3, 1])
    place = numpy.arange(length)[:, None] + rng.integers(0, len(phrase), batch)
    noise = rng.integers(0, count, (length, batch))
    return torch.from_numpy(numpy.where(rng.random((length, batch)) < 0.9, phrase[place % len(phrase)], noise))


def vector_stream(rng, size, length, batch):
    """Two sines of different frequency a component, each with its own phase."""
    t = numpy.arange(length)[:, None, None]
    phase = rng.uniform(0, 2 * numpy.pi, (2, batch, size))
    wave = 0.6 * numpy.sin(0.31 * t + phase[0]) + 0.4 * numpy.sin(0.83 * t + phase[1])
    return torch.from_numpy(wave.astype(numpy.float32).astype(numpy.float64))


def training_reference(name, case):
    rng, network = start(name, case, spread=0.3)
    T, B, steps = case['window'], case['batch'], case['steps']
    make = token_stream if 'tokens' in case['input'] else vector_stream
    stream = make(rng, next(iter(case['input'].values())), steps * T + 1, B)
    parameters = network.parameter_table()
    tensors = {f'parameter.{n}': p.detach().clone() for n, p in parameters.items()} | {'stream': stream}

    optimizer = torch.optim.Adam(parameters.values(), lr=case['learning_rate'])
    max_norm = case['clip_norm'] or float('inf')
    state = [(torch.zeros(B, layer['hiddenSize']).double(),) * 2 for layer in case['layers']]
    losses, norms = [], []
    for start_of_window in range(0, steps * T, T):
        window = stream[start_of_window:start_of_window + T + 1]
        outputs, state = network(window[:-1], state)
        state = [(h.detach(), c.detach()) for h, c in state]
        loss = network.loss(outputs, window[1:])
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), max_norm))
        optimizer.step()
        losses.append(loss.detach())
    clipped = sum(norm > max_norm for norm in norms)
    print(f'{name}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, {clipped} of {steps} steps clipped')
    tensors |= {'losses': torch.stack(losses), 'gradient_norms': torch.stack(norms)}
    return tensors | {f'trained.{n}': p for n, p in parameters.items()} | state_tensors('final', state)


def stored(tensor):
    array = tensor.detach().numpy()
    return numpy.ascontiguousarray(array.astype(numpy.float32 if array.dtype == numpy.float64 else numpy.uint8))


def main():
    torch.set_num_threads(1)
    for old in HERE.glob('*.safetensors'):
        old.unlink()
    total = 0
    for compute, cases, prefix in [(network_reference, NETWORKS, 'network-'), (cell_reference, CELLS, ''),
                                   (training_reference, TRAININGS, '')]:
        for name, case in cases.items():
            path = HERE / f'{prefix}{name}.safetensors'
            tensors = {n: stored(tensor) for n, tensor in compute(name, case).items()}
            save_file(tensors, path, metadata={'case': json.dumps(case)})
            total += path.stat().st_size
    print(f'{total} bytes')


if __name__ == '__main__':
    main()
