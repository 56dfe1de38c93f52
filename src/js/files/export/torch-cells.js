// torch-cells.js: the cells that PyTorch does not have, as Python, and which layers need them.

/** @typedef {import('../../network/cell-options.js').LayerConfig} LayerConfig */

const CELL = `class Cell(torch.nn.Module):
    """Step after step, forward or both ways: x (T, B, D) -> h (T, B, ways P). \`shapes\` of its parameters, \`sizes\` of its
    state, which is a tuple of tensors (ways, B, size)."""

    def __init__(self, shapes, sizes, ways=1, **options):
        super().__init__()
        self.names, self.sizes, self.options = list(shapes), sizes, options
        self.ends = ['_l0', '_l0_reverse'][:ways]
        for end in self.ends:
            for name, shape in shapes.items():
                self.register_parameter(name + end, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, x, state):
        outputs, after = [], []
        for way, end in enumerate(self.ends):
            p = {name: getattr(self, name + end) for name in self.names}
            rows, now = [], tuple(part[way] for part in state)
            for x_t in x.flip(0) if way else x:
                h, now = self.step(p, x_t, *now)
                rows.append(h)
            outputs.append(torch.stack(rows[::-1] if way else rows))
            after.append(now)
        return torch.cat(outputs, -1), tuple(torch.stack(parts) for parts in zip(*after))

    def activation(self, z):
        return torch.relu(z) if self.options.get('activation') == 'relu' else torch.tanh(z)

    def clipped(self, z):
        """As ONNX's clip: of what goes into the gates."""
        clip = self.options.get('clip')
        return z if clip is None else z.clamp(-clip, clip)
`;

/** @type {Record<LayerConfig['kind'], { name: string, text: string }>} */
const CELLS = {
  lstm: {
    name: 'Lstm',
    text: `class Lstm(Cell):
    """c = f c + i g, h = o tanh(c), with what Greff et al. 2015 compare: gates that are left out are 1, and see c through
    peepholes, or the gates before; a projection of h; layer normalisation (Ba et al. 2016, equations 20 to 22), or of the
    products alone; h times a gate of x, before W_hh (Krause et al. 2016 with a diagonal)."""

    def step(self, p, x, h, c):
        H, options = p['weight_ih'].shape[0] // len(self.gates), self.options
        c, gates_before = c[:, :H], c[:, H:]
        u = h * (1 + linear(x, p['weight_mx'])) if 'weight_mx' in p else h
        from_x, from_h = linear(x, p['weight_ih']), linear(u, p['weight_hh'])
        if options.get('layerNorm'):
            from_x = layer_norm(from_x, from_x.shape[-1:], p['norm_ih_weight'])
            from_h = layer_norm(from_h, from_h.shape[-1:], p['norm_hh_weight'])
        z = from_x + from_h
        if 'bias_ih' in p:
            z = z + p['bias_ih'] + p['bias_hh']
        z = dict(zip(self.gates, z.split(H, -1)))
        sigmoids = [gate for gate in self.gates if gate != 'g']
        if 'weight_gh' in p:
            for gate, weight in zip(sigmoids, p['weight_gh'].split(H)):
                z[gate] = z[gate] + linear(gates_before, weight)
        peepholes = dict(zip(sigmoids, p['weight_ch'].split(H))) if 'weight_ch' in p else {}

        def gate(name, memory):
            if name not in sigmoids:
                return torch.ones_like(memory)
            if name in peepholes:
                weight = peepholes[name]
                z[name] = z[name] + (memory * weight if weight.dim() == 1 else linear(memory, weight))
            return torch.sigmoid(self.clipped(z[name]))

        i = gate('i', c)
        f = 1 - i if options.get('coupled') else gate('f', c)
        g = self.clipped(z['g'])
        if options.get('inputActivation', True):
            g = torch.tanh(g)
        c = f * c + i * g
        o = gate('o', c)
        shown = layer_norm(c, (H,), p['norm_c_weight'], p['norm_c_bias']) if 'norm_c_weight' in p else c
        h = o * (torch.tanh(shown) if options.get('outputActivation', True) else shown)
        if 'weight_hr' in p:
            h = linear(h, p['weight_hr'])
        if options.get('fullGateRecurrence'):
            c = torch.cat([c, *({'i': i, 'f': f, 'o': o}[name] for name in sigmoids)], -1)
        return h, (h, c)

    @property
    def gates(self):
        """Those that have rows in the weights, in their order."""
        left_out = {'i': 'inputGate', 'f': 'forgetGate', 'o': 'outputGate'}
        return [name for name in 'ifgo' if self.options.get(left_out.get(name), True) and not (name == 'f' and self.options.get('coupled'))]
`,
  },
  gru: {
    name: 'Gru',
    text: `class Gru(Cell):
    """h = (1 - z) n + z h. The reset gate acts on h, as Cho et al. 2014 have it, or with resetAfter on W_hn h."""

    def step(self, p, x, h):
        x_r, x_z, x_n = linear(x, p['weight_ih'], p.get('bias_ih')).chunk(3, -1)
        h_r, h_z, h_n = linear(h, p['weight_hh'], p.get('bias_hh')).chunk(3, -1)
        r, z = torch.sigmoid(self.clipped(x_r + h_r)), torch.sigmoid(self.clipped(x_z + h_z))
        if self.options.get('resetAfter'):
            reset = r * h_n
        else:
            reset = linear(r * h, p['weight_hh'].chunk(3)[2], p['bias_hh'].chunk(3)[2] if 'bias_hh' in p else None)
        n = torch.tanh(self.clipped(x_n + reset))
        h = (1 - z) * n + z * h
        return h, (h,)
`,
  },
  rnn: {
    name: 'Rnn',
    text: `class Rnn(Cell):
    """h = act(W_ih x + b_ih + W_hh h + b_hh), Elman 1990."""

    def step(self, p, x, h):
        z = linear(x, p['weight_ih'], p.get('bias_ih')) + linear(h, p['weight_hh'], p.get('bias_hh'))
        h = self.activation(self.clipped(z))
        return h, (h,)
`,
  },
  'four-gate': {
    name: 'FourGate',
    text: `class FourGate(Cell):
    """c = f c + i n, h = u v: learn, forget, remember and use, as courses teach them; u sees the forgotten memory."""

    def step(self, p, x, h, c):
        z = linear(x, p['weight_ih'], p.get('bias_ih')) + linear(h, p['weight_hh'], p.get('bias_hh'))
        z_i, z_f, z_n, z_v = z.chunk(4, -1)
        forgotten = torch.sigmoid(z_f) * c
        u = torch.tanh(linear(forgotten, p['weight_uc'], p.get('bias_u')))
        c = forgotten + torch.sigmoid(z_i) * torch.tanh(z_n)
        h = u * torch.sigmoid(z_v)
        return h, (h, c)
`,
  },
  feedforward: {
    name: 'Feedforward',
    text: `class Feedforward(Cell):
    """h = act(W x + b)."""

    def step(self, p, x):
        return self.activation(linear(x, p['weight_ih'], p.get('bias_ih'))), ()
`,
  },
  tdnn: {
    name: 'Tdnn',
    text: `class Tdnn(Cell):
    """h = act(sum over n of W_n x(t - n) + b), Waibel et al. 1989; its state is the inputs before, the newest first."""

    def step(self, p, x, before):
        inputs = torch.cat([x, before], -1)
        return self.activation(linear(inputs, p['weight_ih'], p.get('bias_ih'))), (inputs[:, :before.shape[-1]],)
`,
  },
};

/** Options of a cell that PyTorch's own has too, or that are none of the cell's: all others need one of these. */
const THERE = {
  lstm: ['projection'], gru: ['resetAfter'], rnn: ['activation'],
};
const NONE = ['kind', 'hiddenSize', 'bias', 'forgetBias', 'initialGain', 'trainableState', 'bidirectional', 'projection', 'delays',
  'peephole'];

/** Has PyTorch this layer? @param {LayerConfig} layer */
export function isInTorch(layer) {
  const { kind, hiddenSize } = layer;
  if (kind !== 'lstm' && kind !== 'gru' && kind !== 'rnn') return false;
  // PyTorch's projection is smaller than H, and its reset gate always the later one.
  if ((kind === 'lstm' && (layer.projection ?? 0) >= hiddenSize) || (kind === 'gru' && !layer.resetAfter)) return false;
  return Object.keys(layer).every((name) => THERE[kind].includes(name) || (name !== 'peephole' && name !== 'projection' && NONE.includes(name)));
}

/** The options that the Python of a cell asks for. @param {LayerConfig} layer */
export const ownOptions = (layer) => Object.entries(layer).filter(([name]) => !NONE.includes(name));

/** The class of a layer. @param {LayerConfig} layer */
export const classOf = ({ kind }) => CELLS[kind].name;

/** The classes that such layers need. @param {readonly LayerConfig[]} layers */
export function cellsOf(layers) {
  const kinds = [...new Set(layers.filter((layer) => !isInTorch(layer)).map(({ kind }) => kind))];
  return kinds.length > 0 ? [CELL, ...kinds.map((kind) => CELLS[kind].text)] : [];
}
