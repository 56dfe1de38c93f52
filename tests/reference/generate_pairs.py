"""Makes the reference values of encoders with their decoders, pair-*.safetensors: losses and all gradients from PyTorch.

    python3 tests/reference/generate_pairs.py

torch.nn.LSTM and GRU at both ends, in float64; attention written with torch's operations, after Luong, Pham & Manning (2015)
and, for the additive score, Bahdanau, Cho & Bengio (2015). Letters as in networks.py; S steps of the source, M the length of
the encoder's output.

Each file: parameter.encoder.*, parameter.decoder.*; source [S, B], inputs, targets [T, B]; outputs [T, B, V] probabilities
(zeros behind the end of a target); loss; gradient_norm; gradient.* of each parameter. The case in __metadata__ has what
createNetwork takes for both, and the lengths of sources and targets.
"""
import json
import pathlib

import torch
from safetensors.numpy import save_file
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from values import generator, stored, tokens, uniform

HERE = pathlib.Path(__file__).parent
S, T, B, SYMBOLS, CLASSES = 7, 5, 4, 9, 6
LENGTHS = {'source_lengths': [7, 3, 5, 1], 'target_lengths': [4, 5, 1, 3]}
WHOLE = {'source_lengths': [S] * B, 'target_lengths': [T] * B}


def case_of(kind, attention, layers=1, bidirectional=True, lengths=LENGTHS, summary=True):
    cell = {'kind': kind} | ({'resetAfter': True} if kind == 'gru' else {})
    ways = 2 if bidirectional else 1
    hidden = 4
    size = layers * ways * hidden * (2 if kind == 'lstm' else 1)
    memory = ({'attention': attention, 'size': ways * hidden} if attention else {}) | ({'summary': size} if summary else {})
    return {
        'encoder': {'input': {'tokens': SYMBOLS, 'embedding': 3},
                    'layers': [cell | {'hiddenSize': hidden, 'bidirectional': bidirectional}] * layers},
        'decoder': {'input': {'tokens': CLASSES, 'embedding': 5}, 'layers': [cell | {'hiddenSize': 6}] * layers,
                    'output': {'classes': CLASSES}, 'memory': memory},
    } | lengths


CASES = {
    'lstm-product-bidirectional-lengths': case_of('lstm', 'product'),
    'lstm-additive-bidirectional-lengths': case_of('lstm', 'additive'),
    'gru-product-bidirectional-lengths': case_of('gru', 'product'),
    'gru-additive-bidirectional-lengths': case_of('gru', 'additive'),
    'lstm-product-2-layers': case_of('lstm', 'product', layers=2, bidirectional=False, lengths=WHOLE),
    'gru-additive-2-layers-lengths': case_of('gru', 'additive', layers=2),
    'lstm-no-attention-lengths': case_of('lstm', None, layers=2),
    'gru-additive-no-summary': case_of('gru', 'additive', summary=False, lengths=WHOLE),
}


def recurrent(config):
    layers = config['layers']
    kind = torch.nn.LSTM if layers[0]['kind'] == 'lstm' else torch.nn.GRU
    return kind(config['input']['embedding'], layers[0]['hiddenSize'], num_layers=len(layers),
                bidirectional=layers[0].get('bidirectional', False)).double()


def summary_of(final):
    """h, then c where there is one, of each direction, side by side: [B, N]."""
    parts = zip(*final) if isinstance(final, tuple) else zip(final)
    return torch.cat([tensor for direction in parts for tensor in direction], -1)


def reference(name, case):
    rng = generator(name)
    encoder, decoder = recurrent(case['encoder']), recurrent(case['decoder'])
    embeddings = [torch.nn.Embedding(count, size).double() for count, size in ((SYMBOLS, 3), (CLASSES, 5))]
    head = torch.nn.Linear(6, CLASSES).double()
    memory, is_lstm, layers = case['decoder']['memory'], isinstance(encoder, torch.nn.LSTM), len(case['decoder']['layers'])
    attention, M, N, H = memory.get('attention'), memory.get('size'), memory.get('summary'), 6
    table = {'encoder.embedding.weight': embeddings[0].weight} | {f'encoder.{n}': p for n, p in encoder.named_parameters()}
    table |= {'decoder.embedding.weight': embeddings[1].weight} | {f'decoder.{n}': p for n, p in decoder.named_parameters()}
    new = lambda *shape: torch.zeros(*shape).double().requires_grad_()
    for l in range(layers if N else 0):
        for part in 'hc' if is_lstm else 'h':
            table |= {f'decoder.bridge.weight_{part}_l{l}': new(H, N), f'decoder.bridge.bias_{part}_l{l}': new(H)}
    if attention:
        table |= {'decoder.attention.weight_key': new(H, M), 'decoder.attention.weight_output': new(H, M + H)}
    if attention == 'additive':
        table |= {'decoder.attention.weight_query': new(H, H), 'decoder.attention.bias': new(H),
                  'decoder.attention.weight_score': new(H)}
    table |= {'decoder.head.weight': head.weight, 'decoder.head.bias': head.bias}
    with torch.no_grad():
        for parameter in table.values():
            parameter.copy_(uniform(rng, *parameter.shape, low=-0.9, high=0.9))
    source, inputs, targets = tokens(rng, SYMBOLS, S, B), tokens(rng, CLASSES, T, B), tokens(rng, CLASSES, T, B)
    source_lengths, target_lengths = torch.tensor(case['source_lengths']), torch.tensor(case['target_lengths'])

    packed = pack_padded_sequence(embeddings[0](source), source_lengths, enforce_sorted=False)
    encoded, final = encoder(packed)
    encoded, _ = pad_packed_sequence(encoded, total_length=S)                              # [S, B, M]
    state = None
    if N:
        s = summary_of(final)
        line = lambda part, l: torch.nn.functional.linear(s, table[f'decoder.bridge.weight_{part}_l{l}'],
                                                          table[f'decoder.bridge.bias_{part}_l{l}'])
        h = torch.stack([line('h', l).tanh() for l in range(layers)])
        state = (h, torch.stack([line('c', l) for l in range(layers)])) if is_lstm else h
    y, _ = decoder(embeddings[1](inputs), state)                                           # [T, B, H]
    if attention:
        of = lambda part: table[f'decoder.attention.{part}']
        keys = encoded @ of('weight_key').T                                                # [S, B, H]
        if attention == 'product':
            scores = torch.einsum('tbh,sbh->tbs', y, keys)
        else:
            queries = y @ of('weight_query').T
            u = torch.tanh(queries[:, None] + keys[None] + of('bias'))                     # [T, S, B, H]
            scores = torch.einsum('tsbh,h->tbs', u, of('weight_score'))
        outside = torch.arange(S)[None, :] >= source_lengths[:, None]
        weights = scores.masked_fill(outside[None], -torch.inf).softmax(-1)
        context = torch.einsum('tbs,sbm->tbm', weights, encoded)
        y = torch.tanh(torch.cat([context, y], -1) @ of('weight_output').T)
    logits = head(y)
    within = torch.arange(T)[:, None] < target_lengths
    loss = torch.nn.functional.cross_entropy(logits[within], targets[within])
    loss.backward()
    gradients = {n: torch.zeros_like(p) if p.grad is None else p.grad for n, p in table.items()}
    norm = torch.sqrt(sum(g.square().sum() for g in gradients.values()))
    return ({f'parameter.{n}': p for n, p in table.items()} | {f'gradient.{n}': g for n, g in gradients.items()} |
            {'source': source, 'inputs': inputs, 'targets': targets, 'loss': loss, 'gradient_norm': norm,
             'outputs': logits.softmax(-1) * within[..., None]})


def main():
    torch.set_num_threads(1)
    for old in HERE.glob('pair-*.safetensors'):
        old.unlink()
    for name, case in CASES.items():
        tensors = {n: stored(tensor) for n, tensor in reference(name, case).items()}
        save_file(tensors, HERE / f'pair-{name}.safetensors', metadata={'case': json.dumps(case)})


if __name__ == '__main__':
    main()
