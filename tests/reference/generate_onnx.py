"""Makes onnx.safetensors: what ONNX's operators LSTM, GRU and RNN give, in our names and layouts.

    pip install onnx==1.23.2 onnxruntime==1.31.1 torch==2.13.0 safetensors numpy
    python3 tests/reference/generate_onnx.py FOLDER

FOLDER has the operators' published node tests, test_lstm_defaults and so on: data/node of Debian's libonnx-testdata, or
onnx/backend/test/data/node of ONNX's sources. All of them for these operators are taken. Beside them, random small
models for what they leave out, as onnxruntime computes them, in float32.

Every tensor is named CASE/name, with the names of network files (see generate.py); initial.* only where the case has
them, outputs and final.* only what the model gives. The cases are JSON in __metadata__: "source" says where each is
from.

ONNX's layouts and ours: W, R and B have one entry a direction; B = [W_b, R_b]; the rows of LSTM's gates are in the
order i, o, f, c (c is our g), of its peepholes P in the order i, o, f; of GRU's z, r, h (h is our n). Y is
[T, directions, B, H].
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from equations import EquationNetwork
from networks import directions, sigmoid_gates
from values import generator, stored

HERE = pathlib.Path(__file__).parent
GATES = {'LSTM': 'iofg', 'GRU': 'zrn', 'RNN': 'h'}
OURS = {'LSTM': 'ifgo', 'GRU': 'rzn', 'RNN': 'h'}


def rows_of(array, order, wanted):
    """The rows of the gates `wanted`, from an array whose gates stand in `order`."""
    return numpy.concatenate([numpy.split(array, len(order))[order.index(gate)] for gate in wanted])


def our_layer(op, attributes, arrays):
    layer = {'kind': op.lower(), 'hiddenSize': attributes['hidden_size'], 'bias': 'B' in arrays}
    if op == 'GRU' and attributes.get('linear_before_reset'):
        layer['resetAfter'] = True
    if op == 'LSTM' and 'P' in arrays:
        layer['peephole'] = 'diagonal'
    if op == 'LSTM' and attributes.get('input_forget'):
        layer['coupled'] = True
    if op == 'RNN' and attributes.get('activations', [b'Tanh'])[0] in (b'Relu', 'Relu'):
        layer['activation'] = 'relu'
    if attributes.get('clip'):
        layer['clip'] = attributes['clip']
    if attributes.get('direction') in (b'bidirectional', 'bidirectional'):
        layer['bidirectional'] = True
    return layer


def our_case(source, op, attributes, arrays):
    """The case and its tensors, from the operator's inputs and outputs by their names in ONNX's documentation."""
    arrays = dict(arrays)
    if attributes.get('layout'):  # batch first
        for name in {'X', 'Y', 'Y_h', 'Y_c', 'initial_h', 'initial_c'} & set(arrays):
            arrays[name] = numpy.moveaxis(arrays[name], 0, 2 if name == 'Y' else 1)
    layer, X = our_layer(op, attributes, arrays), arrays['X']
    T, B, D = X.shape
    case = {'source': source, 'input': {'size': D}, 'layers': [layer], 'output': None, 'batch': B, 'window': T}
    if 'sequence_lens' in arrays:
        case['lengths'] = arrays['sequence_lens'].tolist()
    wanted = OURS[op]
    if op == 'LSTM':
        wanted = [gate for gate in wanted if gate == 'g' or gate in sigmoid_gates(layer)]
    tensors = {'inputs': X}
    for d, (_, _, suffix, _) in enumerate(directions(case)):
        parameters = {'weight_ih': arrays['W'][d], 'weight_hh': arrays['R'][d]}
        if 'B' in arrays:
            parameters['bias_ih'], parameters['bias_hh'] = numpy.split(arrays['B'][d], 2)
        parameters = {name: rows_of(array, GATES[op], wanted) for name, array in parameters.items()}
        if 'P' in arrays:
            parameters['weight_ch'] = rows_of(arrays['P'][d], 'iof', sigmoid_gates(layer))
        tensors |= {f'parameter.{name}{suffix}': array for name, array in parameters.items()}
        for ours, theirs in [('initial.h', 'initial_h'), ('initial.c', 'initial_c'), ('final.h', 'Y_h'),
                             ('final.c', 'Y_c')]:
            if theirs in arrays:
                tensors[ours + suffix] = arrays[theirs][d]
    if 'Y' in arrays:
        tensors['outputs'] = numpy.concatenate(list(arrays['Y'].transpose(1, 0, 2, 3)), -1)
    return case, tensors


def published(folder):
    """Each published test: its model has one node, and its data are the node's inputs and outputs in their order."""
    for path in sorted(pathlib.Path(folder).glob('test_*')):
        nodes = onnx.load(path / 'model.onnx').graph.node
        if len(nodes) != 1 or nodes[0].op_type not in GATES:
            continue
        node = nodes[0]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        arrays = {}
        for kind, names in ('input', node.input), ('output', node.output):
            for n, name in enumerate(name for name in names if name):
                tensor = onnx.load_tensor(path / 'test_data_set_0' / f'{kind}_{n}.pb')
                assert tensor.name == name, (path, name)
                arrays[name] = numpy_helper.to_array(tensor)
        yield path.name, our_case(f'{path.name} of the ONNX node tests', node.op_type, attributes, arrays)


INPUTS = {'LSTM': ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h', 'initial_c', 'P'],
          'GRU': ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h'],
          'RNN': ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h']}

# What the published tests leave out: the operator, its optional inputs, its attributes.
MODELS = {
    'lstm_input_forget': ('LSTM', 'B initial', dict(input_forget=1)),
    'lstm_input_forget_peepholes': ('LSTM', 'B P initial lens', dict(input_forget=1)),
    'lstm_clip': ('LSTM', 'B initial', dict(clip=0.75)),
    'lstm_clip_peepholes': ('LSTM', 'B P initial', dict(clip=0.75)),
    'lstm_bidirectional_peepholes_lens': ('LSTM', 'B P initial lens', dict(direction='bidirectional')),
    'gru': ('GRU', 'B initial lens', {}),
    'gru_clip': ('GRU', 'B initial', dict(clip=0.5)),
    'gru_linear_before_reset': ('GRU', 'B initial lens', dict(linear_before_reset=1)),
    'gru_linear_before_reset_clip': ('GRU', 'B initial', dict(linear_before_reset=1, clip=0.5)),
    'gru_bidirectional_lens': ('GRU', 'initial lens', dict(direction='bidirectional')),
    'gru_linear_before_reset_bidirectional_lens': ('GRU', 'B lens', dict(direction='bidirectional',
                                                                         linear_before_reset=1)),
    'rnn_relu': ('RNN', 'B initial lens', dict(activations=['Relu'])),
    'rnn_clip': ('RNN', 'B initial', dict(clip=0.5)),
    'rnn_bidirectional_lens': ('RNN', 'B initial lens', dict(direction='bidirectional')),
}


def computed(name, op, optional, attributes):
    rng, optional = generator(f'onnx-{name}'), optional.split()
    T, B, D, H, dirs = 4, 3, 2, 5, 2 if 'direction' in attributes else 1
    if dirs == 2:
        H = 3
    G = len(GATES[op])
    sizes = {'X': (T, B, D), 'W': (dirs, G * H, D), 'R': (dirs, G * H, H)}
    if 'B' in optional:
        sizes['B'] = (dirs, 2 * G * H)
    if 'P' in optional:
        sizes['P'] = (dirs, 3 * H)
    if 'initial' in optional:
        sizes |= {f'initial_{part}': (dirs, B, H) for part in ('hc' if op == 'LSTM' else 'h')}
    spread = {'X': 1.5, 'initial_c': 1.5}
    arrays = {n: rng.uniform(-spread.get(n, 0.9), spread.get(n, 0.9), shape).astype(numpy.float32)
              for n, shape in sizes.items()}
    if 'lens' in optional:
        arrays['sequence_lens'] = numpy.array([4, 1, 3], numpy.int32)

    outputs = ['Y', 'Y_h', 'Y_c'] if op == 'LSTM' else ['Y', 'Y_h']
    attributes = dict(attributes, hidden_size=H)
    node = helper.make_node(op, [n if n in arrays else '' for n in INPUTS[op]], outputs, **attributes)
    types = {n: TensorProto.INT32 if a.dtype == numpy.int32 else TensorProto.FLOAT for n, a in arrays.items()}
    graph = helper.make_graph([node], name,
                              [helper.make_tensor_value_info(n, types[n], a.shape) for n, a in arrays.items()],
                              [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * (4 if n == 'Y' else 3))
                               for n in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 14)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    results = dict(zip(outputs, session.run(outputs, arrays)))
    return our_case(f'onnxruntime {onnxruntime.__version__}', op, attributes, arrays | results)


def assert_equations_agree(name, case, tensors):
    """equations.py gives what the operator gives."""
    network = EquationNetwork(case)
    with torch.no_grad():
        for parameter, value in network.table.items():
            value.copy_(torch.from_numpy(tensors[f'parameter.{parameter}'].astype(numpy.float64)))
    state = network.initial_state(generator(name), case['batch'], carried=False)
    for (_, _, suffix, _), parts in zip(directions(case), state, strict=True):
        for part in parts:
            if f'initial.{part}{suffix}' in tensors:
                parts[part] = torch.from_numpy(tensors[f'initial.{part}{suffix}'].astype(numpy.float64))
    outputs, final = network.forward(torch.from_numpy(tensors['inputs'].astype(numpy.float64)), state,
                                     case.get('lengths'))
    got = {f'final.{part}{suffix}': value for (_, _, suffix, _), parts in zip(directions(case), final, strict=True)
           for part, value in parts.items()} | {'outputs': outputs}
    for tensor in set(got) & set(tensors):
        difference = abs(got[tensor].detach().numpy() - tensors[tensor]).max()
        if difference > 2e-6:
            raise AssertionError(f'{name}: {tensor} differs by {difference}')


def main(folder):
    cases, tensors = {}, {}
    for name, (case, of_case) in [*published(folder), *((name, computed(name, *MODELS[name])) for name in MODELS)]:
        assert_equations_agree(name, case, of_case)
        cases[name] = case
        tensors |= {f'{name}/{n}': stored(torch.from_numpy(numpy.float64(array))) for n, array in of_case.items()}
    path = HERE / 'onnx.safetensors'
    save_file(tensors, path, metadata={'cases': json.dumps(cases)})
    print(f'{len(cases)} cases, {path.stat().st_size} bytes')


if __name__ == '__main__':
    main(sys.argv[1])
