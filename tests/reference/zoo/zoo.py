"""What the generators of foreign files share: where the files lie, and how what the framework computes is kept beside them."""
import json
import pathlib
import numpy

FOLDER = pathlib.Path(__file__).parent / 'files'


def keep(name, inputs, outputs, **more):
    """Beside NAME: the inputs of one sequence, (T,) of tokens or (T, D), and the framework's outputs, (T, V) or (V,) of the last step.

    more: options of open(), notes that are expected, tolerance.
    """
    inputs, outputs = numpy.asarray(inputs), numpy.asarray(outputs, dtype=numpy.float32)
    shorter = [float(f'{value:.9g}') for value in outputs.reshape(-1)]
    kept = {'inputs': inputs.tolist() if inputs.dtype.kind in 'iu' else [[float(f'{x:.9g}') for x in row] for row in inputs.tolist()],
            'outputs': shorter, **more}
    (FOLDER / f'{name}.json').write_text(json.dumps(kept) + '\n')
