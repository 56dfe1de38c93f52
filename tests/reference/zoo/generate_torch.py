"""Files that PyTorch writes, and what PyTorch computes with them. Needs torch and safetensors."""
import argparse
import collections
import torch
from safetensors.torch import save_file
from torch import nn
from zoo import FOLDER, keep

T = 7


class Model(nn.Module):
    """Any modules one behind the other, by their names; cells give their outputs on."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.order = list(modules)

    def forward(self, x):
        for name in self.order:
            x = getattr(self, name)(x)
            if isinstance(x, tuple):
                x = x[0]
        return x


def inputs(model):
    first = next(model.children())
    if isinstance(first, Model):
        return inputs(first)
    if isinstance(first, nn.Embedding):
        return torch.randint(first.num_embeddings, (T,))
    size = first.in_features if isinstance(first, nn.Linear) else first.input_size
    return torch.randn(T, size)


def outputs(model, x, softmax=False):
    with torch.no_grad():
        y = model(x.unsqueeze(1)).squeeze(1)
        return torch.softmax(y, -1) if softmax else y


def write(name, model, softmax=False, safetensors=True, pt=True, transform=None, prefix='', tolerance=1e-5, **more):
    state = collections.OrderedDict((prefix + key, transform(value) if transform else value) for key, value in model.state_dict().items())
    if transform:
        model.load_state_dict({key[len(prefix):]: value.float() for key, value in state.items()})
    x = inputs(model)
    y = outputs(model, x, softmax)
    if safetensors:
        save_file({key: value.clone().contiguous() for key, value in state.items()}, FOLDER / f'{name}.safetensors')
        keep(f'{name}.safetensors', x, y, **more)
    if pt:
        torch.save(state, FOLDER / f'{name}.pt')
        keep(f'{name}.pt', x, y, **more)
    return x, y, state


def build(seed=1, **modules):
    torch.manual_seed(seed)
    return Model(**modules).eval()


write('torch-lstm', build(lstm=nn.LSTM(3, 8), fc=nn.Linear(8, 1)), format='PyTorch')
write('torch-gru-2', build(rnn=nn.GRU(3, 5, 2), out=nn.Linear(5, 4)))
write('torch-rnn', build(rnn=nn.RNN(3, 5), out=nn.Linear(5, 2)), notes=['tanh'])
write('torch-rnn-relu', build(rnn=nn.RNN(3, 5, nonlinearity='relu')), options={'activation': 'relu'})
write('torch-projected', build(lstm=nn.LSTM(3, 6, 2, proj_size=4), head=nn.Linear(4, 2)))
write('torch-bidirectional', build(lstm=nn.LSTM(3, 5, 2, bidirectional=True), head=nn.Linear(10, 3)))
write('torch-bidirectional-projected', build(lstm=nn.LSTM(3, 5, proj_size=2, bidirectional=True)))
write('torch-no-bias', build(gru=nn.GRU(3, 4, bias=False), out=nn.Linear(4, 2, bias=False)))
write('torch-language', build(embedding=nn.Embedding(11, 4), lstm=nn.LSTM(4, 6), fc=nn.Linear(6, 11)), softmax=True)
write('torch-tagger', build(word_embeddings=nn.Embedding(12, 4), lstm=nn.LSTM(4, 3, bidirectional=True), hidden2tag=nn.Linear(6, 5)))
write('torch-stacked', build(lstm1=nn.LSTM(3, 6), lstm2=nn.LSTM(6, 4), gru=nn.GRU(4, 5), fc=nn.Linear(5, 2)))
write('torch-linear-first', build(project=nn.Linear(3, 5), lstm=nn.LSTM(5, 4), fc=nn.Linear(4, 2)), options={'activation': 'none'})
write('torch-relu-between', build(lstm=nn.LSTM(3, 6), fc1=nn.Linear(6, 5), relu=nn.ReLU(), fc2=nn.Linear(5, 2)), options={'activation': 'relu'})
write('torch-sequential', build(lstm=nn.LSTM(3, 6), head=nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2))), options={'activation': 'tanh'})
write('torch-data-parallel', build(lstm=nn.LSTM(3, 4), fc=nn.Linear(4, 1)), prefix='module.')
write('torch-half', build(lstm=nn.LSTM(3, 8), fc=nn.Linear(8, 1)), transform=lambda value: value.half())
write('torch-bfloat16', build(lstm=nn.LSTM(3, 8), fc=nn.Linear(8, 1)), transform=lambda value: value.bfloat16())
write('torch-double', build(lstm=nn.LSTM(3, 4), fc=nn.Linear(4, 1)), transform=lambda value: value.double() + 1e-9)

# Cells, whose names have no layers.
torch.manual_seed(2)
for name, cell in [('lstm', nn.LSTMCell(3, 4)), ('gru', nn.GRUCell(3, 4)), ('rnn', nn.RNNCell(3, 4))]:
    fc = nn.Linear(4, 2)
    x, state, made = torch.randn(T, 3), None, []
    with torch.no_grad():
        for step in x:
            state = cell(step, state)
            made.append(fc(state[0] if name == 'lstm' else state))
    values = {f'cell.{key}': value for key, value in cell.state_dict().items()} | {f'fc.{key}': value for key, value in fc.state_dict().items()}
    torch.save(values, FOLDER / f'torch-{name}-cell.pt')
    keep(f'torch-{name}-cell.pt', x, torch.stack(made))

# Storages that several share, strides, a part of a larger storage, parameters instead of tensors, the older file without zip.
model = build(encoder=nn.Embedding(9, 6), rnn=nn.GRU(6, 6), decoder=nn.Linear(6, 9))
model.decoder.weight = model.encoder.weight
write('torch-tied', model, softmax=True, safetensors=False)
model = build(lstm=nn.LSTM(3, 8), fc=nn.Linear(8, 2))
x = inputs(model)
state = model.state_dict()
large = torch.randn(40, 8)
large[5:37] = state['lstm.weight_hh_l0']
strided = {**state, 'lstm.weight_ih_l0': state['lstm.weight_ih_l0'].T.contiguous().T, 'lstm.weight_hh_l0': large[5:37]}
torch.save(strided, FOLDER / 'torch-strided.pt')
keep('torch-strided.pt', x, outputs(model, x))
torch.save(dict(model.named_parameters()), FOLDER / 'torch-parameters.pt')
keep('torch-parameters.pt', x, outputs(model, x))
torch.save(state, FOLDER / 'torch-legacy.pt', _use_new_zipfile_serialization=False)
keep('torch-legacy.pt', x, outputs(model, x))
torch.save(state, FOLDER / 'torch-protocol-5.pt', pickle_protocol=5)
keep('torch-protocol-5.pt', x, outputs(model, x))

# What trainings keep: a state_dict among other things, an optimizer's too.
optimizer = torch.optim.Adam(model.parameters())
model(x.unsqueeze(1)).sum().backward()
optimizer.step()
checkpoint = {'epoch': 3, 'model_state_dict': model.state_dict(), 'optimizer_state_dict': optimizer.state_dict(), 'loss': torch.tensor(0.5),
              'args': argparse.Namespace(hidden=8), 'best': 0.25, 'when': None, 'names': ('a', 1, True)}
torch.save(checkpoint, FOLDER / 'torch-checkpoint.pt')
keep('torch-checkpoint.pt', x, outputs(model, x))
lightning = {'state_dict': {f'net.{key}': value for key, value in model.state_dict().items()}, 'pytorch-lightning_version': '2.5.0',
             'hyper_parameters': {'lr': 1e-3}}
torch.save(lightning, FOLDER / 'torch-lightning.ckpt')
keep('torch-lightning.ckpt', x, outputs(model, x))

# Character models of courses: one-hot vectors in, the alphabet in the checkpoint.
chars = tuple('\n !Tabehnt')
model = build(lstm=nn.LSTM(len(chars), 6, 2), fc=nn.Linear(6, len(chars)))
tokens = torch.randint(len(chars), (T,))
y = outputs(model, torch.nn.functional.one_hot(tokens, len(chars)).float(), softmax=True)
torch.save({'n_hidden': 6, 'n_layers': 2, 'state_dict': model.state_dict(), 'tokens': chars}, FOLDER / 'torch-char-rnn.net')
keep('torch-char-rnn.net', tokens, y, kind='characters', alphabet=list(chars))
char_to_idx = {char: i for i, char in enumerate(chars)}
model = build(embedding=nn.Embedding(len(chars), 4), gru=nn.GRU(4, 6), fc=nn.Linear(6, len(chars)))
y = outputs(model, tokens, softmax=True)
torch.save({'model': model.state_dict(), 'char_to_idx': char_to_idx}, FOLDER / 'torch-char-to-idx.pth')
keep('torch-char-to-idx.pth', tokens, y, kind='characters', alphabet=list(chars))
words = ['<pad>', 'the', 'cat', 'sat']
model = build(embedding=nn.Embedding(4, 3), lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 4))
x = inputs(model)
save_file(model.state_dict(), FOLDER / 'torch-words.safetensors', {'format': 'pt'})
keep('torch-words.safetensors', x, outputs(model, x, softmax=True), kind='tokens', columns=4, options={'alphabet': words})

# What is refused.
torch.save(build(lstm=nn.LSTM(2, 2)), FOLDER / 'refused-module.pt')
class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder, self.norm = nn.LSTM(3, 4), nn.LSTM(3, 4), nn.LayerNorm(4)
save_file(Attention().state_dict(), FOLDER / 'refused-pair.safetensors')
save_file(build(conv=nn.Conv1d(2, 3, 3)).state_dict(), FOLDER / 'refused-no-cell.safetensors')
