"""Runs what was exported, in the programs that it is for: run_exports.py FRAMEWORK FOLDER

FRAMEWORK: onnx, torch or keras. FOLDER has index.json, a list of { name, tokens, inputs: [B][T](of vectors [D]), start: { h_l0: [H], ... }
or null }, and a folder of each name with its files. Prints one JSON object of { name: { whole, steps } }: outputs [B][T][V].
"""
import json
import os
import sys
from pathlib import Path

import numpy


def load_module(path):
    import importlib.util
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_onnx(folder, case, x):
    import onnx
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    for file in sorted(folder.glob('*.onnx')):
        onnx.checker.check_model(str(file), full_check=True)
    whole = onnxruntime.InferenceSession(str(folder / 'model.onnx'), options)
    names = [output.name for output in whole.get_outputs()]
    results = dict(zip(names, whole.run(None, {'input': x})))
    answer = {'whole': results['output']}
    if (folder / 'model-step.onnx').exists():
        step = onnxruntime.InferenceSession(str(folder / 'model-step.onnx'), options)
        state = {one.name: numpy.tile(numpy.array(case['start'][one.name], 'float32'), (1, len(x), 1)) for one in step.get_inputs() if one.name != 'input'}
        # What the file itself says of the state that sequences start from.
        learnt = json.loads(step.get_modelmeta().custom_metadata_map.get('start', '{}'))
        for name, values in learnt.items():
            assert numpy.array_equal(numpy.array(values, 'float32'), state[name][0, 0]), name
        rows = []
        for t in range(x.shape[1]):
            row, *after = step.run(None, {'input': x[:, t], **state})
            rows.append(row)
            state = {output.name.removeprefix('next_'): values for output, values in zip(step.get_outputs()[1:], after)}
        answer['steps'] = numpy.stack(rows, 1)
        for name, values in state.items():
            assert abs(values - results[f'next_{name}']).max() < 1e-6, f'{name} after the steps and after the whole'
    return answer


def run_torch(folder, case, x):
    import torch
    module = load_module(folder / 'model.py')
    model = module.load()
    inputs = torch.from_numpy(x).transpose(0, 1)
    with torch.no_grad():
        whole, _ = model(inputs)
        answer = {'whole': model.answer(whole).transpose(0, 1).numpy()}
        if case['start'] is not None:
            state, rows = None, []
            for x_t in inputs:
                y, state = model(x_t[None], state)
                rows.append(model.answer(y)[0])
            answer['steps'] = torch.stack(rows, 1).numpy()
    # One step of training, so that what is saved is another model.
    model(inputs)[0].square().mean().backward()
    for parameter in model.parameters():
        parameter.data.add_(parameter.grad, alpha=-0.1)
    module.save(model, folder / 'trained.safetensors')
    with torch.no_grad():
        answer['trained'] = model.answer(model(inputs)[0]).transpose(0, 1).numpy()
    return answer


def run_keras(folder, case, x):
    module = load_module(folder / 'model.py')
    module.model.save(folder / 'model.keras')
    return {'whole': module.model.predict(x, verbose=0)}


def main():
    framework, root = sys.argv[1], Path(sys.argv[2])
    os.environ.setdefault('KERAS_BACKEND', 'torch')
    run = {'onnx': run_onnx, 'torch': run_torch, 'keras': run_keras}[framework]
    results = {}
    for case in json.loads((root / 'index.json').read_text()):
        x = numpy.array(case['inputs'], 'int64' if case['tokens'] else 'float32')
        results[case['name']] = {key: values.tolist() for key, values in run(root / case['name'], case, x).items()}
    print('\n' + json.dumps(results))


if __name__ == '__main__':
    main()
