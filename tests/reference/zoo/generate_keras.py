"""Files that Keras 3 writes, .keras, .h5 and .weights.h5, and what Keras computes. Needs keras, torch and h5py.

As `generate_keras.py 2` those of Keras 2, which needs tf_keras and TensorFlow.
"""
import os
import sys
import zipfile
import numpy

OLD = sys.argv[1:] == ['2']
if OLD:
    import tf_keras as keras
else:
    os.environ['KERAS_BACKEND'] = 'torch'
    import keras
from zoo import FOLDER, keep

layers = keras.layers
T = 6
prefix = 'keras2' if OLD else 'keras'


def deflate(file):
    """Keras stores what it zips, as in keras-lstm.keras; a tenth of that is enough here."""
    with zipfile.ZipFile(file) as stored:
        parts = {name: stored.read(name) for name in stored.namelist()}
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as deflated:
        for name, data in parts.items():
            deflated.writestr(name, data)


def write(name, parts, tokens=None, size=3, kinds=('keras',), seed=1, **more):
    keras.utils.set_random_seed(seed)
    shape = (None,) if tokens else (None, size)
    model = keras.Sequential([keras.Input(shape, dtype='int32' if tokens else None), *parts])
    # Biases and statistics that are not what they begin as.
    random = numpy.random.default_rng(seed)
    model.set_weights([value + 0.1 * numpy.abs(random.standard_normal(value.shape)) for value in model.get_weights()])
    x = random.integers(1, tokens, T) if tokens else random.standard_normal((T, size)).astype('float32')
    y = numpy.asarray(model.predict(x[None], verbose=0))[0]
    for kind in kinds:
        file = FOLDER / f'{prefix}-{name}.{kind}'
        if kind == 'weights.h5':
            model.save_weights(file)
        else:
            model.save(file)
        if kind == 'keras' and not OLD and name != 'lstm':
            deflate(file)
        keep(file.name, x, y, **({**more, 'options': more['weights']} if kind == 'weights.h5' and 'weights' in more else {k: v for k, v in more.items() if k != 'weights'}))
    return model


every = ('keras', 'h5', 'weights.h5')
sequences = {'return_sequences': True}
write('lstm', [layers.LSTM(4, **sequences), layers.Dense(2)], kinds=every)
write('last', [layers.LSTM(4, **sequences), layers.Dropout(0.2), layers.LSTM(3), layers.Dense(2)], notes=['last step'])
write('gru', [layers.GRU(4, **sequences), layers.Dense(3, activation='softmax')], kinds=('keras', 'weights.h5'), weights={'output': 'classes'})
write('gru-reset-before', [layers.GRU(4, reset_after=False, **sequences), layers.Dense(2)], kinds=('weights.h5', 'h5'))
write('rnn', [layers.SimpleRNN(4, **sequences), layers.SimpleRNN(3, activation='relu', **sequences)])
write('bidirectional', [layers.Bidirectional(layers.LSTM(3, **sequences)), layers.Bidirectional(layers.GRU(2, **sequences)),
                        layers.TimeDistributed(layers.Dense(2, activation='sigmoid'))], kinds=every, weights={'output': 'labels'})
write('summed', [layers.Bidirectional(layers.LSTM(3, **sequences), merge_mode='sum'), layers.Dense(2)])
write('language', [layers.Embedding(9, 4), layers.LSTM(5, **sequences), layers.Dense(9, activation='softmax')], tokens=9, kinds=every)
write('dense-first', [layers.Dense(5), layers.LSTM(4, **sequences), layers.Dense(6, activation='relu'), layers.Dense(4, activation='tanh'), layers.Dense(2)])
write('no-bias', [layers.LSTM(4, use_bias=False, **sequences), layers.GRU(3, use_bias=False, **sequences), layers.Dense(2, use_bias=False)])
write('linear', [layers.LSTM(4, activation='linear', **sequences), layers.Dense(2), layers.Activation('softmax')])
write('normalized', [layers.LSTM(4, **sequences), layers.BatchNormalization(), layers.Dense(2)])
write('words', [layers.Embedding(6, 3, mask_zero=True), layers.LSTM(4), layers.Dense(1, activation='sigmoid')], tokens=6, kinds=('h5',))

# A functional model, whose layers have names of their own.
keras.utils.set_random_seed(3)
given = keras.Input((None, 3), name='series')
inside = layers.LSTM(4, name='memory', **sequences)(given)
model = keras.Model(given, layers.Dense(2, name='answer')(inside), name='named')
x = numpy.random.default_rng(3).standard_normal((T, 3)).astype('float32')
for kind in ('keras', 'h5', 'weights.h5'):
    file = FOLDER / f'{prefix}-functional.{kind}'
    model.save_weights(file) if kind == 'weights.h5' else model.save(file)
    keep(file.name, x, numpy.asarray(model.predict(x[None], verbose=0))[0])


def refused(name, parts, shape=(None, 3)):
    file = FOLDER / f'refused-{prefix}-{name}.keras'
    keras.Sequential([keras.Input(shape), *parts]).save(file)
    deflate(file)


if not OLD:
    refused('hard-sigmoid', [layers.LSTM(2, recurrent_activation='hard_sigmoid')])
    refused('conv', [layers.Conv1D(2, 3, name='taps'), layers.LSTM(2)])
    refused('backwards', [layers.LSTM(2, go_backwards=True)])
    refused('last-of-both', [layers.Bidirectional(layers.LSTM(2))])
    a = keras.Input((None, 3), name='a')
    b = keras.Input((None, 3), name='b')
    keras.Model([a, b], layers.Concatenate(name='joined')([layers.LSTM(2)(a), layers.LSTM(2)(b)])).save(FOLDER / 'refused-keras-two-inputs.keras')
else:
    model = keras.Sequential([keras.Input((None, 3)), layers.LSTM(2, recurrent_activation='hard_sigmoid')])
    model.save(FOLDER / 'refused-keras2-hard-sigmoid.h5')
