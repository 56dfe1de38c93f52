"""Goes on with the training of a model of lstm-wasm in PyTorch, on several processes or machines, and hands it back.

    lstm-wasm export book.safetensors --to torch -o there.py
    torchrun --nproc-per-node 2 ddp.py there.py book.txt -o trained.safetensors --steps 100
    lstm-wasm train book.txt --from trained.safetensors -o book.safetensors

Each process reads streams of its own (DistributedDataParallel, gloo: no GPU is needed); a step's gradient is the mean over all of them.
With more machines: torchrun --nnodes 4 --rdzv-backend c10d --rdzv-endpoint HOST:PORT ... on each of them.
"""
import argparse
import importlib.util
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel


def exported(path):
    """The module that `lstm-wasm export --to torch` wrote."""
    spec = importlib.util.spec_from_file_location('exported', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def detached(state):
    return [tuple(part.detach() for part in layer) for layer in state]


@torch.no_grad()
def evaluate(model, tokens, window=512):
    """Mean loss in nats a character, from the first to the last, the state carried."""
    total, state = 0.0, None
    for start in range(0, len(tokens) - 1, window):
        end = min(start + window, len(tokens) - 1)
        y, state = model(tokens[start:end, None], state)
        total += cross_entropy(y[:, 0], tokens[start + 1:end + 1], reduction='sum').item()
    return total / (len(tokens) - 1)


def streams_of(tokens, batch, rank, world):
    """(T, batch): the text in world x batch equal parts side by side, of which this process reads its own."""
    length = len(tokens) // (world * batch)
    return tokens[:length * world * batch].view(world * batch, length)[rank * batch:(rank + 1) * batch].t().contiguous()


def train(model, streams, options):
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    state, at = None, 0
    for step in range(1, options.steps + 1):
        if at + options.window >= len(streams):
            state, at = None, 0
        y, state = model(streams[at:at + options.window], state)
        loss = cross_entropy(y.flatten(0, 1), streams[at + 1:at + options.window + 1].flatten())
        state, at = detached(state), at + options.window
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        if step % 10 == 0 and dist.get_rank() == 0:
            print(f'step {step}: {loss.item():.4f} nats a character in the first process', flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('module', type=Path, help='what lstm-wasm export --to torch wrote')
    arguments.add_argument('text', type=Path, help='in UTF-8; its last tenth is not learnt')
    arguments.add_argument('-o', '--output', type=Path, required=True, help='the model, for lstm-wasm')
    arguments.add_argument('--steps', type=int, default=100)
    arguments.add_argument('--batch', type=int, default=16, help='streams of each process')
    arguments.add_argument('--window', type=int, default=32)
    arguments.add_argument('--lr', type=float, default=0.005)
    options = arguments.parse_args()

    dist.init_process_group('gloo')
    rank, world = dist.get_rank(), dist.get_world_size()
    file = exported(options.module)
    with options.text.open(encoding='utf-8', newline='') as text:  # the characters as they are, CRLF too
        tokens = torch.tensor(file.encode(text.read()))
    kept = len(tokens) * 9 // 10
    model = file.load()
    if rank == 0:
        print(f'before: {evaluate(model, tokens[kept:]):.4f} nats a character')
    parallel = DistributedDataParallel(model)
    train(parallel, streams_of(tokens[:kept], options.batch, rank, world), options)
    if rank == 0:
        print(f'after: {evaluate(model, tokens[kept:]):.4f} nats a character')
        file.save(model, options.output)
    # Every process has the same weights, bit for bit.
    norm = torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).double().norm()
    norms = [torch.zeros_like(norm) for _ in range(world)]
    dist.all_gather(norms, norm)
    assert all(other == norm for other in norms), 'the processes have parted'
    # gloo's threads have to end before the process does.
    del parallel
    dist.barrier()
    dist.destroy_process_group()


if __name__ == '__main__':
    main()
