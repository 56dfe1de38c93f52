"""Makes the reference values: what PyTorch computes for the networks of cases.py, one small file each.

    pip install torch==2.13.0 safetensors numpy
    python3 tests/reference/generate.py

Every input is a float32 number, everything is computed from them in float64 and stored as float32: the files
are the truth, rounded once. Numbers come from numpy's PCG64 with a seed from the file's name, so a second run
writes the same bytes. onnx.safetensors is made by generate_onnx.py, optimizer-* by generate_optimizers.py, pair-* by
generate_pairs.py.

Letters as in networks.py. In the names, *_l* is _l0, _l0_reverse, _l1, ...: one a direction.

network files    computed by torch.nn.LSTM, GRU and RNN:
                 parameter.*; initial.h_l*, initial.c_l* [B, P], [B, C]; inputs [T, B] tokens or [T, B, D];
                 outputs [T, B, V] probabilities, [T, B, n] values, [T, B, K (1 + 2 n)] of a mixture or [T, B, P] top h; final.h_l*, final.c_l*;
                 with targets [T, B] or [T, B, n]: loss; gradient_norm (over all parameters);
                 gradient.* of each parameter, of initial.h_l*, initial.c_l*, and of vector inputs;
                 with "masked": mask [T, B], the outputs that count; with "weighted": weights [T, B]; "lengths" is in the case
equation files   the same, computed from the cells' equations by equations.py; and of a single layer
                 gates [T, G, H], those of sequence 0, in the order of equations.py
cell files       parameter.*; initial.h, initial.c [H]; inputs [T, D]; h, c, input, forget, candidate, output [T, H]
training files   parameter.*; stream [steps * T + 1, B, ...]: each element's target is the next one;
                 losses, gradient_norms (before clipping) [steps]; trained.*; final.h_l*, final.c_l*
flow files       as network files, without outputs and gradients; flow.h_l*, flow.c_l* [T + 1]: the norms over batch and
                 units of dL/dh and dL/dc after T, T - 1, ..., 0 steps, with L the loss of the sequences' last steps

Tokens, classes and masks are U8, everything else F32. The case itself is JSON in __metadata__.
"""
import json
import pathlib

import torch
from safetensors.numpy import save_file

from cases import CELLS, EQUATIONS, FLOWS, NETWORKS, TRAININGS
from equations import EquationNetwork
from networks import TorchNetwork, directions
from values import generator, stored, token_stream, tokens, uniform, vector_stream

HERE = pathlib.Path(__file__).parent


def state_tensors(prefix, case, state):
    return {f'{prefix}.{part}{suffix}': tensor for (_, _, suffix, _), parts in zip(directions(case), state, strict=True)
            for part, tensor in parts.items()}


def total_norm(gradients):
    return torch.sqrt(sum(g.square().sum() for g in gradients))


def gradient_of(leaf):
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


def start(name, case, network_class):
    """A network, its inputs, its initial state, and what draws the numbers."""
    rng, network = generator(name), network_class(case)
    network.draw(rng, case.get('spread', 0.9))
    T, B, count = case['window'], case['batch'], network.token_count
    inputs = tokens(rng, count, T, B) if count else uniform(rng, T, B, case['input']['size'], low=-2, high=2)
    return rng, network, inputs, network.initial_state(rng, B, case.get('carried'))


def targets_for(rng, case, outputs):
    output = case['output'] or {}
    if 'classes' in output:
        return tokens(rng, output['classes'], *outputs.shape[:2])
    if 'labels' in output:  # most of them 0 or 1, some between
        shares = uniform(rng, *outputs.shape, low=0)
        return torch.where(uniform(rng, *outputs.shape) < 0.5, shares.round(), shares)
    return uniform(rng, *outputs.shape[:2], output.get('values', outputs.shape[-1]))


def weights_for(rng, case):
    """[T, B], a third of them 0; or None where all count alike."""
    if not case.get('weighted'):
        return None, {}
    weights = uniform(rng, case['window'], case['batch'], low=-1, high=2).clamp(min=0)
    return weights, {'weights': weights}


def counted_outputs(rng, case):
    """[T, B], or None where all count."""
    T, B, lengths = case['window'], case['batch'], case.get('lengths')
    if not lengths and not case.get('masked'):
        return None, {}
    within = torch.arange(T)[:, None] < torch.tensor(lengths or [T] * B)
    if not case.get('masked'):
        return within, {}
    mask = torch.from_numpy(rng.random((T, B)) < 0.6)
    return within & mask, {'mask': mask}


def network_reference(name, case, network_class=TorchNetwork):
    rng, network, inputs, state = start(name, case, network_class)
    leaves = state_tensors('initial', case, state)
    if not network.token_count:
        leaves['inputs'] = inputs
    for leaf in leaves.values():
        leaf.retain_grad() if leaf.requires_grad else leaf.requires_grad_()
    outputs, final = network.forward(inputs, state, case.get('lengths'))
    if network_class is TorchNetwork:
        assert_equations_agree(network, inputs, state, outputs, final)
    tensors = {f'parameter.{n}': p for n, p in network.table.items()} | leaves | state_tensors('final', case, final)
    tensors['inputs'] = inputs
    tensors['outputs'] = network.answers(outputs)
    # The first of these files have no targets where there is no head.
    if case['output'] or case.get('trained'):
        tensors['targets'] = targets_for(rng, case, outputs)
        counted, mask = counted_outputs(rng, case)
        weights, weighed = weights_for(rng, case)
        loss = network.loss(outputs, tensors['targets'], counted, weights)
        loss.backward()
        tensors |= {'loss': loss} | mask | weighed
        tensors['gradient_norm'] = total_norm([gradient_of(p) for p in network.table.values()])
        tensors |= {f'gradient.{n}': gradient_of(leaf) for n, leaf in (network.table | leaves).items()}
    if network_class is EquationNetwork and len(network.gates) == 1:
        steps = network.gates[0]
        if steps[0]:
            tensors['gates'] = torch.stack([torch.stack([gate[0] for gate in step.values()]) for step in steps])
    return tensors


def assert_equations_agree(network, inputs, state, outputs, final):
    """PyTorch's layers and equations.py give the same, so that these can be believed where PyTorch has no such cell."""
    twin = EquationNetwork(network.case)
    with torch.no_grad():
        for name, parameter in twin.table.items():
            parameter.copy_(network.table[name])
        outputs_again, final_again = twin.forward(inputs, state, network.case.get('lengths'))
    torch.testing.assert_close(outputs_again, outputs, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(final_again, final, rtol=1e-12, atol=1e-12)


def equation_reference(name, case):
    return network_reference(name, case, EquationNetwork)


def flow_reference(name, case):
    rng, network, inputs, state = start(name, case, EquationNetwork)
    for leaf in state_tensors('initial', case, state).values():
        leaf.requires_grad_()
    outputs, _ = network.forward(inputs, state, case.get('lengths'))
    tensors = {f'parameter.{n}': p for n, p in network.table.items()} | state_tensors('initial', case, state)
    tensors |= {'inputs': inputs, 'targets': targets_for(rng, case, outputs)}
    steps = [tensor for trace in network.trace for step in trace for tensor in step if tensor is not None]
    for tensor in steps:
        tensor.retain_grad()
    last = torch.tensor(case.get('lengths') or [case['window']] * case['batch']) - 1
    network.loss(outputs, tensors['targets'], torch.arange(case['window'])[:, None] == last).backward()
    for (_, _, suffix, _), trace in zip(directions(case), network.trace, strict=True):
        for part, of_steps in zip('hc', zip(*trace)):
            if of_steps[0] is not None:
                tensors[f'flow.{part}{suffix}'] = torch.stack([gradient_of(s).norm() for s in reversed(of_steps)])
    return tensors


def cell_reference(name, case):
    rng = generator(name)
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


def training_reference(name, case):
    return trained(name, case, lambda parameters: torch.optim.Adam(parameters, lr=case['learning_rate']))


def trained(name, case, optimizer_of):
    rng, network = generator(name), TorchNetwork(case)
    network.draw(rng, spread=0.3)
    T, B, steps = case['window'], case['batch'], case['steps']
    make = token_stream if 'tokens' in case['input'] else vector_stream
    stream = make(rng, next(iter(case['input'].values())), steps * T + 1, B)
    parameters = network.table
    tensors = {f'parameter.{n}': p.detach().clone() for n, p in parameters.items()} | {'stream': stream}

    optimizer = optimizer_of(parameters.values())
    max_norm = case['clip_norm'] or float('inf')
    state = network.initial_state(rng, B, carried=False)
    losses, norms = [], []
    for start_of_window in range(0, steps * T, T):
        window = stream[start_of_window:start_of_window + T + 1]
        outputs, state = network.forward(window[:-1], state)
        state = [{part: tensor.detach() for part, tensor in parts.items()} for parts in state]
        loss = network.loss(outputs, window[1:])
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), max_norm))
        if 'clip_value' in case:
            torch.nn.utils.clip_grad_value_(parameters.values(), case['clip_value'])
        optimizer.step()
        losses.append(loss.detach())
    clipped = sum(norm > max_norm for norm in norms)
    print(f'{name}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, {clipped} of {steps} steps clipped')
    tensors |= {'losses': torch.stack(losses), 'gradient_norms': torch.stack(norms)}
    return tensors | {f'trained.{n}': p for n, p in parameters.items()} | state_tensors('final', case, state)


def main():
    torch.set_num_threads(1)
    written, total = set(), 0
    for compute, cases, prefix in [(network_reference, NETWORKS, 'network-'), (cell_reference, CELLS, ''),
                                   (training_reference, TRAININGS, ''), (equation_reference, EQUATIONS, 'equation-'),
                                   (flow_reference, FLOWS, 'flow-')]:
        for name, case in cases.items():
            path = HERE / f'{prefix}{name}.safetensors'
            tensors = {n: stored(tensor) for n, tensor in compute(name, case).items()}
            save_file(tensors, path, metadata={'case': json.dumps(case)})
            written.add(path)
            total += path.stat().st_size
    for old in set(HERE.glob('*-*.safetensors')) - written - set(HERE.glob('optimizer-*')) - set(HERE.glob('pair-*')):
        old.unlink()
    print(f'{len(written)} files, {total} bytes')


if __name__ == '__main__':
    main()
