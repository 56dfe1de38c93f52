"""A character model as ml5.js reads it: TensorFlow 1's BasicLSTMCells in files of float32, and what TensorFlow computes with them.
Needs tensorflow."""
import json
import os
os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='')
import numpy
import tensorflow as tf
from zoo import FOLDER, keep

chars = ' aehnt'
V, E, H, T = len(chars), 4, 5, 7
random = numpy.random.default_rng(1)
tensors = {'embedding': (V, E)}
for l, size in enumerate((E, H)):
    tensors[f'rnnlm/multi_rnn_cell/cell_{l}/basic_lstm_cell/kernel'] = (size + H, 4 * H)
    tensors[f'rnnlm/multi_rnn_cell/cell_{l}/basic_lstm_cell/bias'] = (4 * H,)
tensors |= {'rnnlm/softmax_w': (H, V), 'rnnlm/softmax_b': (V,)}
values = {name: (0.5 * random.standard_normal(shape)).astype('float32') for name, shape in tensors.items()}
folder = FOLDER / 'ml5-char-rnn'
folder.mkdir(exist_ok=True)
manifest = {}
for name, value in values.items():
    filename = name.replace('/', '_')
    value.tofile(folder / filename)
    manifest[name] = {'filename': filename, 'shape': list(value.shape)}
(folder / 'manifest.json').write_text(json.dumps(manifest))
(folder / 'vocab.json').write_text(json.dumps({char: i for i, char in enumerate(chars)}))

tokens = random.integers(0, V, T)
state = [(tf.zeros((1, H)), tf.zeros((1, H))) for _ in range(2)]
made = []
for token in tokens:
    x = values['embedding'][token][None]
    for l in range(2):
        kernel, bias = (values[f'rnnlm/multi_rnn_cell/cell_{l}/basic_lstm_cell/{part}'] for part in ('kernel', 'bias'))
        # TensorFlow's own operation for the BasicLSTMCell, whose gates are i, c, f, o.
        cell, hidden = state[l]
        _, cs, _, _, _, _, h = tf.raw_ops.LSTMBlockCell(x=x, cs_prev=cell, h_prev=hidden, w=kernel, b=bias, wci=tf.zeros(H), wcf=tf.zeros(H), wco=tf.zeros(H),
                                                        forget_bias=1.0, cell_clip=-1.0, use_peephole=False)
        state[l], x = (cs, h), h
    made.append(tf.nn.softmax(x @ values['rnnlm/softmax_w'] + values['rnnlm/softmax_b'])[0].numpy())
keep('ml5-char-rnn', tokens, numpy.stack(made), kind='characters', alphabet=list(chars), address='ml5-char-rnn/manifest.json')
