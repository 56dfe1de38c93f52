"""The cells, each from its equations alone: a function of one step, differentiated by torch.autograd. Written from the
papers and not from the library, letter by letter: gate by gate, nothing shared between the gates.

p: the parameters by name; x [B, D], h [B, P], c [B, C]. A step returns the next h and c, and the gates by name.
"""
import torch
from torch.nn.functional import layer_norm

from networks import Network, c_size, directions, sigmoid_gates

EPSILON = 1e-5


def activation(layer):
    return torch.relu if layer.get('activation') == 'relu' else torch.tanh


def clipped(z, layer):
    """ONNX's clip: what goes into an activation is kept in [-clip, clip]."""
    return torch.clamp(z, -layer['clip'], layer['clip']) if 'clip' in layer else z


def linear(p, weight, bias, v):
    """W v + b, without b where there is none."""
    return v @ p[weight].T + (p[bias] if bias in p else 0)


# Elman 1990. h = act(W_ih x + b_ih + W_hh h + b_hh)
def rnn(p, x, h, c, layer):
    z = linear(p, 'weight_ih', 'bias_ih', x) + linear(p, 'weight_hh', 'bias_hh', h)
    return activation(layer)(clipped(z, layer)), None, {}


# Cho et al. 2014, and with resetAfter torch.nn.GRU. z keeps the old h, as in both ONNX and PyTorch.
def gru(p, x, h, c, layer):
    x_r, x_z, x_n = linear(p, 'weight_ih', 'bias_ih', x).chunk(3, -1)
    h_r, h_z, h_n = linear(p, 'weight_hh', 'bias_hh', h).chunk(3, -1)
    r = torch.sigmoid(clipped(x_r + h_r, layer))
    z = torch.sigmoid(clipped(x_z + h_z, layer))
    if layer.get('resetAfter'):
        reset = r * h_n
    else:
        w_hn = p['weight_hh'].chunk(3)[2]
        reset = (r * h) @ w_hn.T + (p['bias_hh'].chunk(3)[2] if 'bias_hh' in p else 0)
    n = torch.tanh(clipped(x_n + reset, layer))
    return (1 - z) * n + z * h, None, {'reset': r, 'update': z, 'candidate': n}


# Courses' learn, forget, remember and use: E = x, STM = h, LTM = c. U sees the forgotten memory, not the new one.
def four_gate(p, x, h, c, layer):
    z_i, z_f, z_n, z_v = (linear(p, 'weight_ih', 'bias_ih', x) + linear(p, 'weight_hh', 'bias_hh', h)).chunk(4, -1)
    N, i, f, V = torch.tanh(z_n), torch.sigmoid(z_i), torch.sigmoid(z_f), torch.sigmoid(z_v)
    forgotten = c * f
    U = torch.tanh(linear(p, 'weight_uc', 'bias_u', forgotten))
    return U * V, forgotten + N * i, {'input': i, 'forget': f, 'candidate': N, 'output': V, 'use': U}


# h = act(W x + b)
def feedforward(p, x, h, c, layer):
    return activation(layer)(linear(p, 'weight_ih', 'bias_ih', x)), None, {}


# Waibel et al. 1989. h = act(sum over n of W_n x(t - n) + b); c = x(t - 1), x(t - 2), ...
def tdnn(p, x, h, c, layer):
    D, N = x.shape[-1], layer['delays']
    inputs = [x, *c.split(D, -1)]
    z = sum(x_n @ w_n.T for x_n, w_n in zip(inputs, p['weight_ih'].split(D, -1), strict=True))
    if 'bias_ih' in p:
        z = z + p['bias_ih']
    return activation(layer)(z), torch.cat(inputs[:N - 1], -1), {}


# Hochreiter & Schmidhuber 1997; f: Gers, Schmidhuber & Cummins 2000; peepholes: Gers & Schmidhuber 2000; projection:
# Sak, Senior & Beaufays 2014; what can be left out, coupled and full gate recurrence: Greff et al. 2015; layer
# normalisation: Ba, Kiros & Hinton 2016, equations 20 to 22, or of the products alone; multiplicative: Krause, Murray, Renals &
# Lu 2016, equations 18 to 20 with W_mh a diagonal, to which 1 is added.
def lstm(p, x, h, c, layer):
    H = layer['hiddenSize']
    sigmoids = sigmoid_gates(layer)  # those it has
    c, gates_before = c[:, :H], c[:, H:]

    if layer.get('multiplicative') == 'diagonal':
        h = h * (1 + x @ p['weight_mx'].T)
    from_h, from_x = h @ p['weight_hh'].T, x @ p['weight_ih'].T
    if layer.get('layerNorm'):
        from_h = layer_norm(from_h, from_h.shape[-1:], p['norm_hh_weight'], eps=EPSILON)
        from_x = layer_norm(from_x, from_x.shape[-1:], p['norm_ih_weight'], eps=EPSILON)
    z = from_h + from_x
    if 'bias_ih' in p:
        z = z + p['bias_ih'] + p['bias_hh']
    z = dict(zip([k for k in 'ifgo' if k == 'g' or k in sigmoids], z.split(H, -1), strict=True))

    if layer.get('fullGateRecurrence'):
        for k, w_g in zip(sigmoids, p['weight_gh'].split(H) if sigmoids else [], strict=True):
            z[k] = z[k] + gates_before @ w_g.T
    peepholes = dict(zip(sigmoids, p['weight_ch'].split(H))) if 'weight_ch' in p else {}

    def gate(k, memory):
        """The sigmoid gate k, 1 where there is none."""
        if k not in sigmoids:
            return torch.ones_like(memory)
        if k in peepholes:
            w_c = peepholes[k]
            z[k] = z[k] + (memory * w_c if layer['peephole'] == 'diagonal' else memory @ w_c.T)
        return torch.sigmoid(clipped(z[k], layer))

    i = gate('i', c)
    f = 1 - i if layer.get('coupled') else gate('f', c)
    g = clipped(z['g'], layer)
    if layer.get('inputActivation', True):
        g = torch.tanh(g)
    c = f * c + i * g
    o = gate('o', c)
    shown = layer_norm(c, (H,), p['norm_c_weight'], p['norm_c_bias'], EPSILON) if layer.get('layerNorm') is True else c
    h = o * (torch.tanh(shown) if layer.get('outputActivation', True) else shown)
    if 'weight_hr' in p:
        h = h @ p['weight_hr'].T
    gates = {'i': i, 'f': f, 'o': o}
    if layer.get('fullGateRecurrence'):
        c = torch.cat([c, *(gates[k] for k in sigmoids)], -1)
    return h, c, {'input': i, 'forget': f, 'candidate': g, 'output': o}


STEPS = {'rnn': rnn, 'gru': gru, 'lstm': lstm, 'four-gate': four_gate, 'feedforward': feedforward, 'tdnn': tdnn}


def shapes(layer, D):
    """The shape of each parameter of a cell, by name."""
    H, kind = layer['hiddenSize'], layer['kind']
    P = layer.get('projection') or H
    sigmoids = sigmoid_gates(layer) if kind == 'lstm' else []
    K = len(sigmoids) * H
    rows = {'rnn': H, 'gru': 3 * H, 'four-gate': 4 * H, 'lstm': K + H}.get(kind, H)
    has_h, bias = kind not in ('feedforward', 'tdnn'), layer.get('bias', True)
    norm, peephole = layer.get('layerNorm'), layer.get('peephole')
    table = {
        'weight_ih': (rows, D * layer.get('delays', 1)),
        'weight_hh': (rows, P) if has_h else None,
        'bias_ih': (rows,) if bias else None,
        'bias_hh': (rows,) if bias and has_h else None,
        'weight_uc': (H, H) if kind == 'four-gate' else None,
        'bias_u': (H,) if kind == 'four-gate' and bias else None,
        'weight_ch': ((K,) if peephole == 'diagonal' else (K, H)) if peephole and K else None,
        'weight_gh': (K, K) if layer.get('fullGateRecurrence') and K else None,
        'weight_hr': (P, H) if layer.get('projection') else None,
        'norm_ih_weight': (rows,) if norm else None,
        'norm_hh_weight': (rows,) if norm else None,
        'norm_c_weight': (H,) if norm is True else None,
        'norm_c_bias': (H,) if norm is True else None,
        'weight_mx': (P, D) if layer.get('multiplicative') == 'diagonal' else None,
    }
    return {name: shape for name, shape in table.items() if shape}


class EquationNetwork(Network):
    """Cells of STEPS, stepped one by one. After forward, `trace` has (h, c) after each step of each direction, as the
    step gave them, and `gates` its gates."""

    def add_layers(self):
        for layer, D, suffix, _ in directions(self.case):
            for name, shape in shapes(layer, D).items():
                self.table[name + suffix] = torch.zeros(shape).double().requires_grad_()

    def layers(self, x, state, lengths):
        final, outputs = [], []
        self.trace, self.gates = [], []
        for (layer, D, suffix, reverse), start in zip(directions(self.case), state, strict=True):
            p = {name: self.table[name + suffix] for name in shapes(layer, D)}
            of_tokens = layer['kind'] == 'tdnn' and self.one_hot and suffix.startswith('_l0')
            h, c = start['h'], start.get('c')
            if of_tokens:  # token + 1, 0 for none, as one-hot vectors
                c = torch.nn.functional.one_hot(c.long(), D + 1)[..., 1:].double().flatten(1)
            rows, trace, gates = [None] * len(x), [(h, c)], [None] * len(x)
            for t in reversed(range(len(x))) if reverse else range(len(x)):
                h_next, c_next, gates[t] = STEPS[layer['kind']](p, x[t], h, c, layer)
                trace.append((h_next, c_next))
                if lengths is not None:  # behind the end of a sequence its state stays
                    going = (t < torch.tensor(lengths))[:, None]
                    h_next = torch.where(going, h_next, h)
                    c_next = c if c is None else torch.where(going, c_next, c)
                h, c = h_next, c_next
                rows[t] = h if lengths is None else torch.where(going, h, 0)
            if of_tokens:
                c = torch.stack([(part * torch.arange(1, D + 1)).sum(-1) for part in c.split(D, -1)], -1)
            self.trace.append(trace)
            self.gates.append(gates)
            final.append({'h': h} | ({'c': c} if c_size(layer, D, of_tokens) else {}))
            outputs.append(torch.stack(rows))
            if reverse or not layer.get('bidirectional'):
                x, outputs = torch.cat(outputs, -1), []
        return x, final
