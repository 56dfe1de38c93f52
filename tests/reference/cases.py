"""What is computed for the reference files: one entry a file. Sizes are chosen off the lane count of 4
(H = 5, 6, 9, 13; D = 2, 3; V = 7) and on it (H = 4, 8, 12), so that vector bodies and their tails are both met."""


def lstm(hidden_size, bias=True, **options):
    return {'kind': 'lstm', 'hiddenSize': hidden_size, 'bias': bias, **options}


def layer(kind, hidden_size, **options):
    """A layer of the JavaScript API, in its words."""
    return {'kind': kind, 'hiddenSize': hidden_size, **options}


def gru(hidden_size, **options):
    """torch.nn.GRU's."""
    return layer('gru', hidden_size, resetAfter=True, **options)


def vectors(*layers, size=2, window=4, batch=2, output=None, **more):
    """Vectors through layers, without a head unless one is given, and trained."""
    return dict(input={'size': size}, layers=list(layers), output=output, batch=batch, window=window, trained=True,
                **more)


def tokens(*layers, window=4, batch=2, output={'classes': 3}, **more):
    return dict(input={'tokens': 5}, layers=list(layers), output=output, batch=batch, window=window, **more)


def embedded(*layers, size, tied=False, **more):
    """Five tokens as vectors of `size`, and as classes."""
    output = {'classes': 5, 'tied': True} if tied else {'classes': 5}
    return tokens(*layers, output=output, **more) | {'input': {'tokens': 5, 'embedding': size}}


BOTH = {'bidirectional': True}
TRAINABLE = {'trainableState': True}


# One forward and backward pass over a window. carried: the initial state is not zero.
# plain: torch.nn.LSTM(num_layers=L); else single-layer torch.nn.LSTMs stacked.
NETWORKS = {
    'token-1x5': dict(input={'tokens': 7}, layers=[lstm(5)], output={'classes': 7}, batch=3, window=6),
    'token-6-5-carried': dict(input={'tokens': 7}, layers=[lstm(6), lstm(5)], output={'classes': 7},
                              batch=3, window=5, carried=True),
    'token-2x9-plain-carried': dict(input={'tokens': 7}, layers=[lstm(9), lstm(9)], output={'classes': 7},
                                    batch=3, window=7, carried=True, plain=True),
    'token-8-no-bias-carried': dict(input={'tokens': 8}, layers=[lstm(8, bias=False)], output={'classes': 8},
                                    batch=4, window=6, carried=True),
    'token-5-to-values': dict(input={'tokens': 7}, layers=[lstm(5)], output={'values': 3}, batch=3, window=5,
                              carried=True),
    'vector-1x5': dict(input={'size': 3}, layers=[lstm(5)], output={'values': 2}, batch=3, window=6),
    'vector-8-6-carried': dict(input={'size': 3}, layers=[lstm(8), lstm(6)], output={'values': 2},
                               batch=3, window=5, carried=True),
    'vector-13-5-no-bias-to-classes': dict(input={'size': 3}, layers=[lstm(13, bias=False), lstm(5, bias=False)],
                                           output={'classes': 4}, batch=3, window=7),
    'vector-5-4-one-bias': dict(input={'size': 4}, layers=[lstm(5, bias=False), lstm(4)], output={'values': 1},
                                batch=5, window=5, carried=True),
    'vector-13-batch-9': dict(input={'size': 5}, layers=[lstm(13)], output={'classes': 5}, batch=9, window=5,
                              carried=True),
    'vector-5-6-no-head': dict(input={'size': 3}, layers=[lstm(5), lstm(6)], output=None, batch=3, window=5,
                               carried=True),
    'token-1-smallest': dict(input={'tokens': 2}, layers=[lstm(1)], output={'classes': 2}, batch=1, window=1,
                             carried=True),

    'rnn-tanh-2x5-plain-carried': vectors(*[layer('rnn', 5)] * 2, plain=True, carried=True),
    'rnn-relu-5-4-carried': vectors(layer('rnn', 5, activation='relu'), layer('rnn', 4, activation='relu'),
                                    carried=True, output={'values': 2}, spread=0.6),
    'rnn-no-bias-tokens': tokens(layer('rnn', 5, bias=False)),
    'gru-after-2x5-plain-carried': vectors(*[gru(5)] * 2, plain=True, carried=True),
    'gru-after-9-no-bias-tokens-carried': tokens(gru(9, bias=False), carried=True),
    'lstm-projected-2x5-to-3-plain-carried': vectors(*[layer('lstm', 5, projection=3)] * 2, plain=True, carried=True),
    'lstm-projected-8-to-5-no-bias-tokens': tokens(layer('lstm', 8, projection=5, bias=False)),

    # lengths: how many steps each sequence has. masked: the outputs that count are drawn.
    'lstm-lengths-mask-tokens': tokens(lstm(5), lstm(4), lengths=[4, 1, 3], batch=3, masked=True, carried=True),
    'gru-lengths': vectors(gru(5), lengths=[1, 4, 3], batch=3, carried=True),
    'rnn-lengths-mask': vectors(layer('rnn', 5), lengths=[3, 1, 4], batch=3, masked=True, carried=True,
                                output={'values': 2}),
    'rnn-mask': vectors(layer('rnn', 4), masked=True),
    'lstm-bidirectional-2x3-plain-lengths': vectors(*[layer('lstm', 3, **BOTH)] * 2, plain=True, lengths=[4, 2]),
    'lstm-bidirectional-projected-lengths': vectors(layer('lstm', 5, projection=2, **BOTH), lengths=[3, 4, 1], batch=3),
    'gru-bidirectional-2x3-plain-lengths': vectors(*[gru(3, **BOTH)] * 2, plain=True, lengths=[2, 4]),
    'rnn-bidirectional-lengths-mask-tokens': tokens(layer('rnn', 5, **BOTH), lengths=[2, 4, 3], batch=3, masked=True),

    # The initial state is a parameter of each layer, the same for every sequence.
    'lstm-trainable': vectors(layer('lstm', 5, **TRAINABLE)),
    'lstm-trainable-projected-lengths-tokens': tokens(layer('lstm', 5, projection=3, **TRAINABLE), lengths=[4, 2]),
    'gru-trainable-bidirectional-lengths': vectors(gru(4, **BOTH, **TRAINABLE), lengths=[4, 2]),

    'mixed-rnn-lstm-gru-carried': tokens(layer('rnn', 5), layer('lstm', 4), gru(3), carried=True),
    'mixed-gru-lstm-rnn-lengths-mask': vectors(gru(4, bias=False, **TRAINABLE), layer('lstm', 5, projection=3),
                                               layer('rnn', 5, **TRAINABLE), output={'values': 2}, lengths=[4, 2, 3],
                                               batch=3, masked=True),
    'embedding-lstm-carried': embedded(lstm(5), size=3, carried=True),
    'embedding-gru-bidirectional-lengths-mask': embedded(gru(4, **BOTH), size=5, lengths=[4, 2, 3], batch=3,
                                                         masked=True),
    'embedding-rnn-to-values': tokens(layer('rnn', 5), output={'values': 2}) | {'input': {'tokens': 7, 'embedding': 1}},
    'tied-lstm-carried': embedded(lstm(5), size=5, tied=True, carried=True),
    'tied-lstm-2x6-plain-lengths': embedded(lstm(6), lstm(6), size=6, tied=True, plain=True, lengths=[3, 4]),
    'tied-lstm-projected-mask': embedded(layer('lstm', 6, projection=4), size=4, tied=True, masked=True),
    'tied-gru-bidirectional': embedded(gru(4, **BOTH), size=8, tied=True),

    'mixed-bidirectional-in-the-middle': vectors(layer('lstm', 3), gru(3, **BOTH), layer('rnn', 5), lengths=[4, 3]),

    'labels-lstm': vectors(lstm(5), output={'labels': 4}, carried=True),
    'labels-gru-lengths-mask-weighted-tokens': tokens(gru(6), output={'labels': 3}, lengths=[4, 2, 3], batch=3, masked=True,
                                                      weighted=True),
    'labels-positive-bidirectional': vectors(lstm(4), gru(3, **BOTH), output={'labels': 5},
                                             class_weights=[0.5, 3, 1, 0, 20]),
    'labels-positive-weighted': vectors(lstm(5), output={'labels': 2}, class_weights=[4, 0.25], weighted=True, batch=5),
    # Logits of up to +-200.
    'labels-extreme': vectors(lstm(4), output={'labels': 6}, head_spread=100, carried=True, class_weights=[1, 2, 3, 4, 5, 6]),
    'mixture-1-of-1': vectors(lstm(5), output={'values': 1, 'mixture': 1}, carried=True),
    'mixture-3-of-2': vectors(gru(6), output={'values': 2, 'mixture': 3}, carried=True, batch=3),
    'mixture-2-of-3-tokens-lengths-mask': tokens(lstm(5), output={'values': 3, 'mixture': 2}, lengths=[4, 2, 1], batch=3,
                                                 masked=True),
    'mixture-4-of-1-weighted-bidirectional': vectors(lstm(3, **BOTH), output={'values': 1, 'mixture': 4}, weighted=True),
    # Deviations from one bound to the other, and logits of the weights of up to +-100.
    'mixture-extreme': vectors(lstm(4), output={'values': 2, 'mixture': 3}, head_spread=30, carried=True, batch=6),
    'mixture-extreme-1': vectors(lstm(4), output={'values': 1, 'mixture': 1}, head_spread=30, carried=True, batch=6),
    'classes-weighted-carried': tokens(lstm(5), weighted=True, carried=True, batch=3),
    'classes-class-weights': tokens(gru(5), class_weights=[0.5, 10, 2], batch=3),
    'classes-class-weights-lengths-mask-weighted': tokens(lstm(6), class_weights=[0.5, 0, 2], lengths=[3, 2, 4], masked=True,
                                                          weighted=True, batch=3),
    # Logits of up to +-200.
    'classes-extreme': tokens(lstm(4), head_spread=100, carried=True),
    'values-weighted': vectors(gru(5), output={'values': 3}, weighted=True, batch=3),
    'hidden-weighted-lengths': vectors(lstm(5), weighted=True, lengths=[4, 1, 2], batch=3),
    # No sequence is as long as the window.
    'lstm-short': tokens(lstm(5), lengths=[3, 2, 1], window=6, batch=3, carried=True),
    'gru-short-bidirectional-alike': vectors(gru(4, **BOTH), lengths=[3, 3], window=7, output={'values': 2}),
}


def lstm_with(hidden_size=5, **options):
    return vectors(layer('lstm', hidden_size, **options), carried=True)


PEEPHOLE = {'peephole': 'diagonal'}
MULTIPLICATIVE = {'layerNorm': 'products', 'multiplicative': 'diagonal'}

# The cells that PyTorch does not have. First those of Greff et al. 2015, whose vanilla LSTM has peepholes.
EQUATIONS = {
    'lstm-peephole': lstm_with(**PEEPHOLE),
    'lstm-peephole-no-input-gate': lstm_with(**PEEPHOLE, inputGate=False),
    'lstm-peephole-no-forget-gate': lstm_with(**PEEPHOLE, forgetGate=False),
    'lstm-peephole-no-output-gate': lstm_with(**PEEPHOLE, outputGate=False),
    'lstm-peephole-no-input-activation': lstm_with(**PEEPHOLE, inputActivation=False),
    'lstm-peephole-no-output-activation': lstm_with(**PEEPHOLE, outputActivation=False),
    'lstm-peephole-coupled': lstm_with(**PEEPHOLE, coupled=True),
    'lstm-peephole-full-gate-recurrence': lstm_with(**PEEPHOLE, fullGateRecurrence=True),

    'lstm-1997': lstm_with(forgetGate=False),
    'lstm-no-gates': lstm_with(inputGate=False, forgetGate=False, outputGate=False, **PEEPHOLE,
                               fullGateRecurrence=True),
    'lstm-coupled-tokens': tokens(layer('lstm', 5, coupled=True), carried=True),
    'lstm-coupled-no-output-gate-full-gate-recurrence': lstm_with(coupled=True, outputGate=False,
                                                                  fullGateRecurrence=True),
    'lstm-peephole-full': lstm_with(peephole='full'),
    'lstm-peephole-full-coupled-no-bias': lstm_with(6, peephole='full', coupled=True, bias=False),
    'lstm-peephole-full-tokens-lengths': tokens(layer('lstm', 4, peephole='full'), layer('lstm', 3, **PEEPHOLE),
                                                lengths=[4, 2], carried=True),
    'lstm-peephole-projected': lstm_with(**PEEPHOLE, projection=3),
    'lstm-layer-norm': lstm_with(layerNorm=True),
    'lstm-layer-norm-no-bias-tokens': tokens(layer('lstm', 4, layerNorm=True, bias=False), carried=True),
    'lstm-layer-norm-coupled-peephole-full': lstm_with(layerNorm=True, coupled=True, peephole='full'),
    'lstm-products-normalised': lstm_with(layerNorm='products'),
    'lstm-products-normalised-tokens-lengths': tokens(layer('lstm', 4, layerNorm='products'), lengths=[4, 2, 3], batch=3,
                                                      carried=True),
    'lstm-multiplicative': lstm_with(multiplicative='diagonal'),
    'lstm-multiplicative-products-normalised-tokens': tokens(layer('lstm', 5, **MULTIPLICATIVE), layer('lstm', 4, **MULTIPLICATIVE),
                                                             carried=True),
    'lstm-multiplicative-products-normalised-bidirectional': vectors(layer('lstm', 4, **MULTIPLICATIVE, **BOTH), lengths=[4, 2]),
    'lstm-multiplicative-everything': vectors(layer('lstm', 5, peephole='full', fullGateRecurrence=True, projection=3, clip=1.5,
                                                    **MULTIPLICATIVE, **TRAINABLE), lengths=[4, 2]),
    'lstm-clip': lstm_with(clip=0.75),
    'lstm-clip-peephole-no-activations': lstm_with(clip=0.75, **PEEPHOLE, inputActivation=False,
                                                   outputActivation=False),
    'lstm-everything': vectors(layer('lstm', 5, peephole='full', fullGateRecurrence=True, layerNorm=True, projection=3,
                                     clip=1.5, **TRAINABLE), lengths=[4, 2], masked=True),

    'four-gate': vectors(layer('four-gate', 5), carried=True),
    'four-gate-tokens-lengths': tokens(layer('four-gate', 6), lengths=[4, 2], carried=True),
    'four-gate-no-bias-twice': vectors(layer('four-gate', 5, bias=False), layer('four-gate', 3), carried=True),
    'four-gate-bidirectional-trainable': vectors(layer('four-gate', 3, **BOTH, **TRAINABLE), lengths=[4, 2]),
    'gru': vectors(layer('gru', 5), carried=True),
    'gru-tokens-lengths': tokens(layer('gru', 6), lengths=[4, 2], carried=True),
    'gru-no-bias-bidirectional': vectors(layer('gru', 4, bias=False, **BOTH), lengths=[4, 1]),
    'gru-clip': vectors(layer('gru', 5, clip=0.5), carried=True),
    'gru-after-clip': vectors(gru(5, clip=0.5), carried=True),
    'rnn-clip': vectors(layer('rnn', 5, clip=0.5), carried=True),
    'rnn-relu-clip': vectors(layer('rnn', 5, activation='relu', clip=0.75), carried=True),
    'feedforward': vectors(layer('feedforward', 5), carried=True),
    'feedforward-relu-no-bias-tokens-lengths': tokens(layer('feedforward', 5, activation='relu', bias=False),
                                                      lengths=[4, 2]),
    'tdnn-3': vectors(layer('tdnn', 5, delays=3), carried=True),
    'tdnn-longer-than-the-window': vectors(layer('tdnn', 4, delays=5, activation='relu'), carried=True, window=3),
    'tdnn-3-tokens-lengths': tokens(layer('tdnn', 5, delays=3), lengths=[4, 2, 1], batch=3, carried=True),
    'tdnn-twice-from-nothing': vectors(layer('tdnn', 5, delays=2, bias=False), layer('tdnn', 4, delays=4)),
    'tdnn-embedding-tied-lengths': embedded(layer('tdnn', 4, delays=3), size=4, tied=True, lengths=[4, 2],
                                            carried=True),
    'tdnn-bidirectional-lengths': vectors(layer('tdnn', 4, delays=3, **BOTH), lengths=[4, 2]),
    'mixed-tdnn-four-gate-gru-lstm': tokens(layer('tdnn', 5, delays=2), layer('four-gate', 3), layer('gru', 4),
                                            layer('lstm', 3, **PEEPHOLE, coupled=True), lengths=[4, 2], masked=True),
}

# A single cell stepped over a sequence, with its gates.
CELLS = {
    'cell-6': dict(input_size=3, hidden_size=6, bias=True, window=7),
    'cell-8-no-bias': dict(input_size=5, hidden_size=8, bias=False, window=7),
}

# Adam over consecutive windows of a stream, the state carried (detached) from window to window.
TRAININGS = {
    'training-token-2x12-clipped': dict(input={'tokens': 7}, layers=[lstm(12), lstm(12)], output={'classes': 7},
                                        batch=3, window=8, steps=100, learning_rate=2e-3, clip_norm=0.35),
    'training-vector-6-5': dict(input={'size': 1}, layers=[lstm(6), lstm(5)], output={'values': 1},
                                batch=3, window=8, steps=100, learning_rate=1e-2, clip_norm=None),
    'training-rnn-8': dict(input={'tokens': 5}, layers=[layer('rnn', 8)], output={'classes': 5},
                           batch=2, window=6, steps=100, learning_rate=1e-2, clip_norm=None),
    'training-gru-6': dict(input={'tokens': 5}, layers=[gru(6)], output={'classes': 5},
                           batch=2, window=6, steps=100, learning_rate=1e-2, clip_norm=0.5),
    'training-lstm-projected-6-to-4': dict(input={'tokens': 5}, layers=[layer('lstm', 6, projection=4)],
                                           output={'classes': 5}, batch=2, window=6, steps=100, learning_rate=1e-2,
                                           clip_norm=None),
    'training-embedding-lstm-6': dict(input={'tokens': 7, 'embedding': 4}, layers=[lstm(6)], output={'classes': 7},
                                      batch=3, window=8, steps=100, learning_rate=1e-2, clip_norm=0.5),
    'training-tied-lstm-5': dict(input={'tokens': 7, 'embedding': 5}, layers=[lstm(5)],
                                 output={'classes': 7, 'tied': True}, batch=3, window=8, steps=100, learning_rate=1e-2,
                                 clip_norm=None),
}

# How the gradient of the loss of each sequence's last step flows back.
FLOWS = {
    'rnn': tokens(layer('rnn', 5), layer('rnn', 4), window=12, carried=True),
    'gru-after': tokens(gru(5), gru(4), window=12, carried=True),
    'gru': vectors(layer('gru', 5), window=9, carried=True),
    'lstm': tokens(layer('lstm', 5), layer('lstm', 4), window=12, carried=True),
    'lstm-projected-peephole': vectors(layer('lstm', 5, projection=4, **PEEPHOLE), layer('lstm', 3), window=9,
                                       carried=True, output={'values': 2}),
    'four-gate': vectors(layer('four-gate', 5), window=9, carried=True),
    'lstm-lengths': tokens(layer('lstm', 5), window=6, batch=3, carried=True, lengths=[6, 4, 1]),
    'gru-bidirectional': vectors(layer('rnn', 4), gru(4, **BOTH), window=6),
}
