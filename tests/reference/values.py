"""Numbers for the reference files, and how they are stored."""
import zlib

import numpy
import torch


def generator(name):
    """numpy's PCG64, seeded by a file's name."""
    return numpy.random.default_rng(zlib.crc32(name.encode()))


def uniform(rng, *shape, low=-1.0, high=1.0):
    """float32 numbers, held in float64."""
    return torch.from_numpy(rng.uniform(low, high, shape).astype(numpy.float32).astype(numpy.float64))


def tokens(rng, count, *shape):
    return torch.from_numpy(rng.integers(0, count, shape))


def token_stream(rng, count, length, batch):
    """A repeated phrase, each sequence at its own place in it, with one token in ten replaced by any."""
    phrase = numpy.array([0, 1, 0, 2, 0, 3, 1])
    place = numpy.arange(length)[:, None] + rng.integers(0, len(phrase), batch)
    noise = rng.integers(0, count, (length, batch))
    return torch.from_numpy(numpy.where(rng.random((length, batch)) < 0.9, phrase[place % len(phrase)], noise))


def vector_stream(rng, size, length, batch):
    """Two sines of different frequency a component, each with its own phase."""
    t = numpy.arange(length)[:, None, None]
    phase = rng.uniform(0, 2 * numpy.pi, (2, batch, size))
    wave = 0.6 * numpy.sin(0.31 * t + phase[0]) + 0.4 * numpy.sin(0.83 * t + phase[1])
    return torch.from_numpy(wave.astype(numpy.float32).astype(numpy.float64))


def stored(tensor):
    """float64 rounded once to float32, whole numbers and booleans as U8."""
    array = tensor.detach().numpy()
    return numpy.ascontiguousarray(array.astype(numpy.float32 if array.dtype == numpy.float64 else numpy.uint8))
