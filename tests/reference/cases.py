"""What is computed for the reference files: one entry a file. Sizes are chosen off the lane count of 4
(H = 5, 6, 9, 13; D = 3; V = 7) and on it (H = 4, 8, 12), so that vector bodies and their tails are both met."""


def lstm(hidden_size, bias=True):
    return {'kind': 'lstm', 'hiddenSize': hidden_size, 'bias': bias}


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
}
