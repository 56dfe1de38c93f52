"""ONNX files that tf2onnx makes of Keras 2, and layers models of TensorFlow.js. Needs tensorflow, tf_keras, tf2onnx, onnxruntime and tensorflowjs."""
import os
import sys
import types
os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='', TF_USE_LEGACY_KERAS='1')
import numpy
import tensorflow as tf
import tf_keras as keras
from zoo import FOLDER, keep

layers = keras.layers
T = 6
sequences = {'return_sequences': True}


def build(name, parts, tokens=None, seed=1):
    keras.utils.set_random_seed(seed)
    keras.backend.clear_session()
    model = keras.Sequential([keras.Input((None,) if tokens else (None, 3), dtype='int32' if tokens else None, name='x'), *parts], name=name)
    random = numpy.random.default_rng(seed)
    model.set_weights([value + 0.1 * random.standard_normal(value.shape) for value in model.get_weights()])
    x = random.integers(0, tokens, T) if tokens else random.standard_normal((T, 3)).astype('float32')
    return model, x, model.predict(x[None], verbose=0)[0]


def onnx(name, parts, tokens=None, **more):
    import tf2onnx
    model, x, y = build(name, parts, tokens)
    shape = tf.TensorSpec([None, None] if tokens else [None, None, 3], tf.int32 if tokens else tf.float32, name='x')
    tf2onnx.convert.from_keras(model, input_signature=[shape], output_path=str(FOLDER / f'{name}.onnx'))
    if not name.startswith('refused'):
        keep(f'{name}.onnx', x, y, **more)


def tfjs(name, parts, tokens=None, **more):
    sys.modules.setdefault('tensorflow_decision_forests', types.ModuleType('not needed'))
    import tensorflowjs
    model, x, y = build(name, parts, tokens)
    tensorflowjs.converters.save_keras_model(model, str(FOLDER / name), **({'weight_shard_size_bytes': 256} if 'shards' in name else {}))
    keep(name, x, y, address=f'{name}/model.json', **more)


onnx('tf2onnx-language', [layers.Embedding(7, 3), layers.LSTM(4, **sequences), layers.Dense(7, activation='softmax')], 7)
onnx('tf2onnx-bidirectional', [layers.Bidirectional(layers.LSTM(3, **sequences)), layers.GRU(4), layers.Dense(2)], notes=['last step'])
onnx('tf2onnx-dense', [layers.GRU(4, **sequences), layers.Dense(5, activation='tanh'), layers.Dense(2, activation='sigmoid')])
onnx('refused-tf2onnx-loop', [layers.SimpleRNN(3, **sequences)])
tfjs('tfjs-lstm', [layers.LSTM(4, **sequences), layers.Dense(2)])
tfjs('tfjs-shards', [layers.Embedding(9, 4), layers.GRU(5, **sequences), layers.Dense(9, activation='softmax')], 9)
tfjs('tfjs-bidirectional', [layers.Bidirectional(layers.LSTM(3, **sequences)), layers.SimpleRNN(3, **sequences), layers.TimeDistributed(layers.Dense(2))])
