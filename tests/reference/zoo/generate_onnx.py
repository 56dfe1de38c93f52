"""ONNX files as both exporters of PyTorch and onnx's own helper write them, and what onnxruntime computes with them.
Needs torch, onnx, onnxscript and onnxruntime."""
import warnings
import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from zoo import FOLDER, keep

warnings.filterwarnings('ignore')
T = 6


class Model(nn.Module):
    def __init__(self, *parts, batch_first=True, last=False, softmax=None):
        super().__init__()
        self.parts, self.batch_first, self.last, self.softmax = nn.ModuleList(parts), batch_first, last, softmax

    def forward(self, x):
        for part in self.parts:
            x = part(x)
            if isinstance(x, tuple):
                x = x[0]
                if self.last:
                    x = x[:, -1] if self.batch_first else x[-1]
        return self.softmax(x) if self.softmax else x


def computed(file, x, state=None):
    session = onnxruntime.InferenceSession(str(file), providers=['CPUExecutionProvider'])
    names = [given.name for given in session.get_inputs()]
    feeds = {names[0]: x} | ({names[1]: state} if state is not None else {})
    return session.run(None, feeds)[0]


def write(name, model, tokens=None, size=3, exporters=(False, True), fold=True, log=False, seed=1, **more):
    torch.manual_seed(seed)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.6, 0.6)
    model.eval()
    x = torch.randint(tokens, (T,)) if tokens else torch.randn(T, size)
    batch = x.unsqueeze(0 if model.batch_first else 1)
    for dynamo in exporters:
        file = FOLDER / f'onnx-{name}{"-dynamo" if dynamo else ""}.onnx'
        axes = {'x': {0: 'B', 1: 'T'} if model.batch_first else {0: 'T', 1: 'B'}}
        how = {'dynamo': True, 'external_data': False} if dynamo else {'dynamo': False, 'input_names': ['x'], 'dynamic_axes': axes, 'do_constant_folding': fold}
        torch.onnx.export(model, (batch,), str(file), **how)
        if dynamo:
            # Half of such a file is where in Python each node comes from.
            written = onnx.load(file)
            for node in written.graph.node:
                del node.metadata_props[:]
            for value in [*written.graph.value_info, *written.graph.input, *written.graph.output]:
                del value.metadata_props[:]
            onnx.save(written, file)
        y = computed(file, batch.numpy()).reshape(-1)
        keep(file.name, x, numpy.exp(y) if log else y, **more)


write('lstm', Model(nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2)))
write('bidirectional', Model(nn.LSTM(3, 3, 2, batch_first=True, bidirectional=True), nn.Linear(6, 2), softmax=nn.Softmax(-1)))
write('gru-time-first', Model(nn.GRU(3, 4, 2), nn.Linear(4, 2), batch_first=False))
# The newer exporter writes an RNN out step by step.
write('rnn', Model(nn.RNN(3, 4, batch_first=True), nn.Linear(4, 2), nn.ReLU()), exporters=(False,))
write('rnn-relu', Model(nn.RNN(3, 4, batch_first=True, nonlinearity='relu')), exporters=(False,))
write('last', Model(nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 3), last=True), notes=['last step'])
write('language', Model(nn.Embedding(7, 3), nn.GRU(3, 4, batch_first=True), nn.Linear(4, 7), softmax=nn.LogSoftmax(-1)), tokens=7, log=True, notes=['LogSoftmax'])
write('no-bias', Model(nn.LSTM(3, 4, batch_first=True, bias=False), nn.Linear(4, 2, bias=False)))
write('layers', Model(nn.Linear(3, 5), nn.Tanh(), nn.LSTM(5, 4, batch_first=True), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2), nn.Sigmoid()))
write('unfolded', Model(nn.GRU(3, 4, batch_first=True, bidirectional=True), nn.Linear(8, 2)), exporters=(False,), fold=False)


class WithState(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(3, 4), nn.Linear(4, 2)

    def forward(self, x, h):
        y, h = self.gru(x, h)
        return self.fc(y), h


torch.manual_seed(5)
model, x, h = WithState().eval(), torch.randn(T, 3), torch.zeros(1, 1, 4)
file = FOLDER / 'onnx-state.onnx'
torch.onnx.export(model, (x.unsqueeze(1), h), str(file), dynamo=False, input_names=['x', 'h'], output_names=['y', 'h_out'], dynamic_axes={'x': {0: 'T'}})
keep(file.name, x, computed(file, x.unsqueeze(1).numpy(), h.numpy()).reshape(-1), notes=['h gives'])
torch.onnx.export(model, (x.unsqueeze(1), h), str(FOLDER / 'onnx-beside.onnx'), dynamo=True, external_data=False)
onnx.save(onnx.load(FOLDER / 'onnx-beside.onnx'), FOLDER / 'onnx-beside.onnx', save_as_external_data=True, location='onnx-beside.data', size_threshold=0)
keep('onnx-beside.onnx', x, model(x.unsqueeze(1), h)[0].detach().numpy().reshape(-1))

random = numpy.random.default_rng(7)


def values(*shape):
    return (0.6 * random.standard_normal(shape)).astype('float32')


def graph(name, kind, gates, hidden=4, directions=1, optional=None, extra=None, quantized=False, **attributes):
    """A cell as onnx's helper writes it, X (T, 1, 3) to Y (T, D, 1, H), squeezed or joined."""
    weights = {'W': values(directions, gates * hidden, 3), 'R': values(directions, gates * hidden, hidden), 'B': values(directions, 2 * gates * hidden)} | (optional or {})
    nodes, tensors = [], []
    for key, value in weights.items():
        if quantized and key in 'WR':
            scale = numpy.float32(numpy.abs(value).max() / 127)
            tensors += [numpy_helper.from_array(numpy.round(value / scale).astype('int8'), f'{key}_q'), numpy_helper.from_array(scale, f'{key}_scale'),
                        numpy_helper.from_array(numpy.int8(0), f'{key}_zero')]
            nodes.append(helper.make_node('DequantizeLinear', [f'{key}_q', f'{key}_scale', f'{key}_zero'], [key]))
        else:
            tensors.append(numpy_helper.from_array(value, key))
    inputs = ['X', 'W', 'R', 'B', *(extra or [])]
    nodes.append(helper.make_node(kind, inputs, ['Y'], name='cell', hidden_size=hidden, **attributes))
    if directions == 1:
        tensors.append(numpy_helper.from_array(numpy.array([1]), 'axes'))
        nodes.append(helper.make_node('Squeeze', ['Y', 'axes'], ['out']))
    else:
        tensors.append(numpy_helper.from_array(numpy.array([0, 0, -1]), 'shape'))
        nodes += [helper.make_node('Transpose', ['Y'], ['turned'], perm=[0, 2, 1, 3]), helper.make_node('Reshape', ['turned', 'shape'], ['out'])]
    made = helper.make_graph(nodes, name, [helper.make_tensor_value_info('X', TensorProto.FLOAT, ['T', 1, 3])],
                             [helper.make_tensor_value_info('out', TensorProto.FLOAT, ['T', 1, hidden * directions])], tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid('', 14)], ir_version=8)
    onnx.checker.check_model(model)
    file = FOLDER / f'onnx-{name}.onnx'
    onnx.save(model, file)
    x = random.standard_normal((T, 3)).astype('float32')
    keep(file.name, x, computed(file, x[:, None]).reshape(-1))


graph('peephole', 'LSTM', 4, optional={'P': values(1, 12)}, extra=['', '', '', 'P'])
graph('coupled', 'LSTM', 4, input_forget=1)
graph('coupled-peephole', 'LSTM', 4, optional={'P': values(1, 12)}, extra=['', '', '', 'P'], input_forget=1)
graph('clipped', 'LSTM', 4, clip=0.5)
graph('both-states', 'LSTM', 4, directions=2, direction='bidirectional', optional={'h': values(2, 1, 4), 'c': values(2, 1, 4)}, extra=['', 'h', 'c'])
graph('reset-before', 'GRU', 3)
graph('reset-after-both', 'GRU', 3, directions=2, direction='bidirectional', linear_before_reset=1)
graph('int8', 'LSTM', 4, quantized=True)


def refused(name, model, *x):
    torch.onnx.export(model.eval(), x, str(FOLDER / f'refused-onnx-{name}.onnx'), dynamo=name == 'steps', **({'external_data': False} if name == 'steps' else {}))


class Joined(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 2, bidirectional=True)

    def forward(self, x):
        h = self.lstm(x)[1][0]
        return torch.cat([h[-2], h[-1]], -1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 2)

    def forward(self, x):
        y = self.lstm(x)[0]
        return y * torch.softmax(y, -1)


refused('ends', Joined(), torch.randn(T, 1, 3))
refused('attention', Attention(), torch.randn(T, 1, 3))
refused('conv', Model(nn.Conv1d(3, 3, 3), nn.LSTM(T - 2, 2, batch_first=True)), torch.randn(1, 3, T))
refused('steps', Model(nn.RNN(3, 2, batch_first=True)), torch.randn(1, T, 3))
