"""Makes the reference values of the optimizers: what torch.optim leaves behind 100 steps on a small LSTM network; and
of the schedules.

    pip install torch==2.13.0 safetensors numpy
    python3 tests/reference/generate_optimizers.py

As the training files of generate.py, with in the case: options, as createTrainer takes them, and clip_value; and
moment_0.*, moment_1.*: the moments in the order of trainer.checkpoint().

schedules.safetensors has the factors [41] that torch.optim.lr_scheduler multiplies the rate by, one tensor a schedule;
its cases are descriptions as src/js/training/schedule.js takes them.
"""
import json

import torch
from safetensors.numpy import save_file

from cases import lstm
from generate import HERE, trained
from values import stored

CLASSES = {'adam': torch.optim.Adam, 'adamw': torch.optim.AdamW, 'sgd': torch.optim.SGD, 'adagrad': torch.optim.Adagrad,
           'rmsprop': torch.optim.RMSprop}
WORDS = {'learningRate': 'lr', 'weightDecay': 'weight_decay', 'epsilon': 'eps', 'learningRateDecay': 'lr_decay',
         'initialAccumulator': 'initial_accumulator_value'}
MOMENTS = ['exp_avg', 'momentum_buffer', 'exp_avg_sq', 'square_avg', 'sum']

# Where an option is not given, its preset is met too.
VARIANTS = {
    'adam': dict(optimizer='adam', learningRate=2e-3),
    'adam-weight-decay': dict(optimizer='adam', learningRate=2e-3, weightDecay=0.03),
    'adam-betas': dict(optimizer='adam', learningRate=5e-3, beta1=0.8, beta2=0.95, epsilon=1e-4),
    'adam-no-beta1': dict(optimizer='adam', learningRate=2e-3, beta1=0.0, epsilon=1e-3),
    'adamw': dict(optimizer='adamw', learningRate=2e-3),
    'adamw-large-decay': dict(optimizer='adamw', learningRate=5e-3, weightDecay=0.3, beta2=0.99),
    'sgd': dict(optimizer='sgd'),
    'sgd-weight-decay': dict(optimizer='sgd', learningRate=0.1, weightDecay=0.02),
    'sgd-momentum': dict(optimizer='sgd', learningRate=0.03, momentum=0.9),
    'sgd-nesterov': dict(optimizer='sgd', learningRate=0.03, momentum=0.9, nesterov=True, weightDecay=0.01),
    'sgd-dampening': dict(optimizer='sgd', learningRate=0.1, momentum=0.8, dampening=0.4, weightDecay=0.01),
    'adagrad': dict(optimizer='adagrad'),
    'adagrad-decay': dict(optimizer='adagrad', learningRate=0.02, learningRateDecay=0.05, weightDecay=0.01,
                          initialAccumulator=0.1, epsilon=1e-6),
    'rmsprop': dict(optimizer='rmsprop', learningRate=2e-3),
    'rmsprop-momentum': dict(optimizer='rmsprop', learningRate=1e-3, alpha=0.9, momentum=0.8, weightDecay=0.01,
                             epsilon=1e-3),
}
CLIPPED = {
    'sgd-clip-norm': dict(options=dict(optimizer='sgd', learningRate=0.3), clip_norm=0.2),
    'sgd-clip-value': dict(options=dict(optimizer='sgd', learningRate=0.3), clip_value=0.02),
    'adam-clip-both': dict(options=dict(optimizer='adam', learningRate=2e-3), clip_norm=0.2, clip_value=0.02),
}
NETWORK = dict(input={'tokens': 5}, layers=[lstm(6)], output={'classes': 5}, batch=2, window=6, steps=100,
               clip_norm=None)


def optimizer_reference(case):
    made = []

    def make(parameters):
        options = {WORDS.get(word, word): value for word, value in case['options'].items()}
        name = options.pop('optimizer')
        if name.startswith('adam'):
            options['betas'] = options.pop('beta1', 0.9), options.pop('beta2', 0.999)
        made.append(CLASSES[name](list(parameters), **options))
        return made[0]

    # All start from the same parameters and read the same stream, since the name seeds both.
    tensors = trained('optimizer', case, make)
    names = [name[len('parameter.'):] for name in tensors if name.startswith('parameter.')]
    parameters, states = made[0].param_groups[0]['params'], made[0].state
    kept = [[states[p][word] for p in parameters] for word in MOMENTS
            if states[parameters[0]].get(word) is not None]
    for k, moments in enumerate(kept):
        tensors |= {f'moment_{k}.{name}': moment for name, moment in zip(names, moments, strict=True)}
    return tensors


STEPS = 40
SCHEDULES = {
    'step': dict(type='step', every=7, factor=0.5, unit='steps'),
    'exponential': dict(type='exponential', factor=0.9, unit='steps'),
    'cosine': dict(type='cosine'),
    'cosine-to': dict(type='cosine', to=0.1),
    'warmup': dict(type='constant', warmup=9),
    'warmup-cosine': dict(type='cosine', to=0.2, warmup=5),
    'warmup-step': dict(type='step', every=12, factor=0.3, unit='steps', warmup=20),
}


def torch_schedulers(case):
    """Each makes one from an optimizer; the factors of all are multiplied."""
    schedulers = torch.optim.lr_scheduler
    if case['type'] == 'step':
        yield lambda optimizer: schedulers.StepLR(optimizer, case['every'], case['factor'])
    if case['type'] == 'exponential':
        yield lambda optimizer: schedulers.ExponentialLR(optimizer, case['factor'])
    if case['type'] == 'cosine':
        yield lambda optimizer: schedulers.CosineAnnealingLR(optimizer, STEPS, case.get('to', 0))
    if 'warmup' in case:
        # 1 / warmup at first, 1 after warmup - 1 steps.
        yield lambda optimizer: schedulers.LinearLR(optimizer, 1 / case['warmup'], 1, case['warmup'] - 1)


def schedule_reference(case):
    factors = torch.ones(STEPS + 1, dtype=torch.float64)
    for make in torch_schedulers(case):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
        scheduler = make(optimizer)
        for step in range(STEPS + 1):
            factors[step] *= scheduler.get_last_lr()[0]
            optimizer.step()
            scheduler.step()
    return factors


def main():
    torch.set_num_threads(1)
    cases = {name: dict(options=options) for name, options in VARIANTS.items()} | CLIPPED
    for name, case in cases.items():
        case = NETWORK | case
        tensors = {n: stored(tensor) for n, tensor in optimizer_reference(case).items()}
        save_file(tensors, HERE / f'optimizer-{name}.safetensors', metadata={'case': json.dumps(case)})
    factors = {name: stored(schedule_reference(case)) for name, case in SCHEDULES.items()}
    save_file(factors, HERE / 'schedules.safetensors', metadata={'cases': json.dumps(SCHEDULES)})


if __name__ == '__main__':
    main()
