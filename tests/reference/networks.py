"""What the networks of the references have in common: their parameters' names, their states, their head and loss.

T = window, B = batch size, D = input size, H = hidden size, P = length of h, C = length of c, V = classes. Everything
is float64. Sequences are time-major: [T, B, ...].
"""
import torch

from values import uniform, tokens


def width(layer):
    """How many numbers a layer hands to the one above."""
    return (layer.get('projection') or layer['hiddenSize']) * (2 if layer.get('bidirectional') else 1)


def input_sizes(case):
    """D of each layer."""
    of_input = case['input']
    first = of_input.get('embedding') or of_input.get('tokens') or of_input['size']
    return [first] + [width(layer) for layer in case['layers'][:-1]]


def c_size(layer, input_size, of_tokens):
    """C, 0 for kinds without a c. For 'tdnn' c is the last inputs; with full gate recurrence the gates are in it."""
    H, kind = layer['hiddenSize'], layer['kind']
    if kind == 'tdnn':
        return (layer['delays'] - 1) * (1 if of_tokens else input_size)
    if kind == 'lstm' and layer.get('fullGateRecurrence'):
        return H + H * len(sigmoid_gates(layer))
    return H if kind in ('lstm', 'four-gate') else 0


def sigmoid_gates(layer):
    """The gates that an 'lstm' with these options has, of i, f, o."""
    has = {'i': layer.get('inputGate', True), 'f': layer.get('forgetGate', True) and not layer.get('coupled'),
           'o': layer.get('outputGate', True)}
    return [gate for gate in 'ifo' if has[gate]]


def directions(case):
    """(layer, its D, suffix of its names, whether it goes backward) for each direction, in the order of the states."""
    for l, (layer, size) in enumerate(zip(case['layers'], input_sizes(case))):
        for reverse in [False, True] if layer.get('bidirectional') else [False]:
            yield layer, size, f'_l{l}' + '_reverse' * reverse, reverse


class Network:
    """Subclasses fill `table`, the parameters by name, and have `layers(x, state, lengths)`."""

    def __init__(self, case):
        self.case = case
        self.token_count = case['input'].get('tokens')
        self.one_hot = not case['input'].get('embedding') and self.token_count
        output = case['output'] or {}
        self.classes, self.labels, self.mixture = 'classes' in output, 'labels' in output, output.get('mixture')
        self.table = {}
        if case['input'].get('embedding'):
            self.embedding = torch.nn.Embedding(self.token_count, case['input']['embedding']).double()
            self.table['embedding.weight'] = self.embedding.weight
        self.add_layers()
        for layer, size, suffix, _ in directions(case):
            if layer.get('trainableState'):
                for part, length in self.state_sizes(layer, size, suffix).items():
                    self.table[f'{part}0{suffix}'] = torch.zeros(length).double().requires_grad_()
        self.head = torch.nn.Linear(width(case['layers'][-1]), self.head_size()).double() if output else None
        if self.head and case['output'].get('tied'):
            self.head.weight = self.embedding.weight
            self.table['head.bias'] = self.head.bias
        elif self.head:
            self.table |= {'head.weight': self.head.weight, 'head.bias': self.head.bias}

    def head_size(self):
        size = next(iter(self.case['output'].values()))
        return self.mixture * (1 + 2 * size) if self.mixture else size

    def draw(self, rng, spread):
        """Uniform parameters in [-spread, spread], but those of the head in +-head_spread, where the case has one."""
        with torch.no_grad():
            for name, parameter in self.table.items():
                s = self.case.get('head_spread', spread) if name.startswith('head') else spread
                parameter.copy_(uniform(rng, *parameter.shape, low=-s, high=s))

    def state_sizes(self, layer, input_size, suffix):
        c = c_size(layer, input_size, self.one_hot and suffix.startswith('_l0'))
        return {'h': layer.get('projection') or layer['hiddenSize']} | ({'c': c} if c else {})

    def initial_state(self, rng, batch, carried):
        """{h, c} a direction, [B, P] and [B, C]: the trainable one, numbers where it is carried, or zeros."""
        state = []
        for layer, size, suffix, _ in directions(self.case):
            parts = {}
            for (part, length), s in zip(self.state_sizes(layer, size, suffix).items(), (0.9, 1.8)):
                if layer.get('trainableState'):
                    parts[part] = self.table[f'{part}0{suffix}'].expand(batch, length).clone()
                elif part == 'c' and layer['kind'] == 'tdnn' and self.one_hot and suffix.startswith('_l0'):
                    parts[part] = (1.0 if carried else 0.0) * tokens(rng, size + 1, batch, length).double()
                else:
                    parts[part] = (1.0 if carried else 0.0) * uniform(rng, batch, length, low=-s, high=s)
            state.append(parts)
        return state

    def forward(self, x, state, lengths=None):
        """x: [T, B] or [T, B, D]. Returns the head's outputs and the state after each sequence's last step.

        Outputs behind the end of a sequence are those of zeros from the layers; nothing looks at them.
        """
        if self.one_hot:
            x = torch.nn.functional.one_hot(x, self.token_count).double()
        elif self.token_count:
            x = self.embedding(x)
        x, state = self.layers(x, state, lengths)
        return (self.head(x) if self.head else x), state

    def mixture_of(self, outputs):
        """Logits of the weights [..., K], means and deviations [..., K, n]."""
        K, n = self.mixture, self.case['output']['values']
        logits, means, r = outputs.split([K, K * n, K * n], -1)
        return logits, means.unflatten(-1, (K, n)), (10 * (r / 10).tanh()).exp().unflatten(-1, (K, n))

    def answers(self, outputs):
        """What the library gives: probabilities; a mixture's weights, means and deviations; or values."""
        if self.mixture:
            logits, means, deviations = self.mixture_of(outputs)
            return torch.cat([logits.softmax(-1), means.flatten(-2), deviations.flatten(-2)], -1)
        return outputs.softmax(-1) if self.classes else outputs.sigmoid() if self.labels else outputs

    def class_weights(self):
        given = self.case.get('class_weights')
        return torch.tensor(given, dtype=torch.float64) if given else None

    def loss(self, outputs, targets, counted=None, weights=None):
        """The mean of the outputs that count, [T, B]: cross-entropy or -log density in nats, binary cross-entropy or squared
        error over every number. With weights [T, B], the mean by them."""
        if counted is not None:
            outputs, targets = outputs[counted], targets[counted]
            weights = None if weights is None else weights[counted]
        if weights is not None:
            return self.weighed_loss(outputs, targets, weights)
        functional = torch.nn.functional
        if self.classes:
            logits = outputs.reshape(-1, outputs.shape[-1])
            return functional.cross_entropy(logits, targets.reshape(-1), weight=self.class_weights())
        if self.labels:
            return functional.binary_cross_entropy_with_logits(outputs, targets, pos_weight=self.class_weights())
        return self.minus_log_density(outputs, targets).mean() if self.mixture else functional.mse_loss(outputs, targets)

    def minus_log_density(self, outputs, targets):
        logits, means, deviations = self.mixture_of(outputs)
        components = torch.distributions.Independent(torch.distributions.Normal(means, deviations), 1)
        weights = torch.distributions.Categorical(logits=logits)
        return -torch.distributions.MixtureSameFamily(weights, components).log_prob(targets)

    def weighed_loss(self, outputs, targets, weights):
        """sum(w l) / sum(w); of classes, w is also that of the class."""
        outputs, targets, weights = outputs.flatten(0, -2), targets.flatten(0, weights.dim() - 1), weights.flatten()
        if self.classes:
            losses = torch.nn.functional.cross_entropy(outputs, targets, reduction='none')
            of_class = self.class_weights()
            weights = weights if of_class is None else weights * of_class[targets]
        elif self.labels:
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                outputs, targets, pos_weight=self.class_weights(), reduction='none').mean(-1)
        else:
            losses = self.minus_log_density(outputs, targets) if self.mixture else (outputs - targets).square().mean(-1)
        return (weights * losses).sum() / weights.sum()


class TorchNetwork(Network):
    """torch.nn.LSTM, GRU and RNN, one a layer, or with plain: a single one for all layers."""

    def add_layers(self):
        layers, sizes = self.case['layers'], input_sizes(self.case)
        self.plain = self.case.get('plain', False)
        if self.plain:
            self.modules = [self.module(layers[0], sizes[0], len(layers))]
        else:
            self.modules = [self.module(layer, size, 1) for layer, size in zip(layers, sizes)]
        for l, module in enumerate(self.modules):
            for name, parameter in module.named_parameters():
                self.table[name if self.plain else name.replace('_l0', f'_l{l}')] = parameter

    @staticmethod
    def module(layer, input_size, count):
        options = dict(num_layers=count, bias=layer.get('bias', True), bidirectional=layer.get('bidirectional', False))
        if layer['kind'] == 'gru':
            assert layer['resetAfter']
            return torch.nn.GRU(input_size, layer['hiddenSize'], **options).double()
        if layer['kind'] == 'rnn':
            options['nonlinearity'] = layer.get('activation', 'tanh')
            return torch.nn.RNN(input_size, layer['hiddenSize'], **options).double()
        options['proj_size'] = layer.get('projection', 0)
        return torch.nn.LSTM(input_size, layer['hiddenSize'], **options).double()

    def layers(self, x, state, lengths):
        T, next_state = len(x), []
        for module in self.modules:
            count = module.num_layers * (2 if module.bidirectional else 1)
            own, state = state[:count], state[count:]
            parts = tuple(torch.stack([s[part] for s in own]) for part in own[0])
            if lengths is not None:
                x = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
            x, final = module(x, parts if isinstance(module, torch.nn.LSTM) else parts[0])
            if lengths is not None:
                x, _ = torch.nn.utils.rnn.pad_packed_sequence(x, total_length=T)
            final = final if isinstance(final, tuple) else (final,)
            next_state += [dict(zip(own[0], direction)) for direction in zip(*final)]
        return x, next_state
