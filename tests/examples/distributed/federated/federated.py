"""Federated averaging of a model of lstm-wasm with Flower: the texts stay where they are, weights travel.

Each owner of a text starts a client, and one machine the server (TLS and the keys of both: Flower's documentation):

    flower-superlink --insecure
    flower-supernode --insecure --superlink HOST:8000 --node-config "text='/data/mine.txt' command='npx lstm-wasm'"
    flwr run . --stream

A round: the server sends the weights; each client trains them on its text with `lstm-wasm train --from`; the server takes the mean, weighted by
the lengths of the texts (McMahan et al. 2017). The model to begin with knows all characters, or is made with --unknown skip.
"""
import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

client = ClientApp()
server = ServerApp()


def arrays_of(path):
    return ArrayRecord(array_dict={name: Array(ndarray=value) for name, value in load_file(path).items()})


def write(path, arrays, metadata):
    """A file that lstm-wasm opens."""
    values = {name: np.ascontiguousarray(array.numpy(), dtype=np.float32) for name, array in arrays.items()}
    save_file(values, path, dict(metadata))


def metadata_of(path):
    with safe_open(path, 'numpy') as file:
        # The checksum is of the weights that were there.
        return {key: value for key, value in file.metadata().items() if key != 'checksum'}


@client.train()
def train(message, context):
    """One round of a client: the weights it is sent, trained on its own text."""
    content = message.content
    text = context.node_config['text']
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, 'before.safetensors'), Path(folder, 'after.safetensors')
        config = dict(content['config'])
        options = shlex.split(config.pop('train'))
        write(before, content['arrays'], {key.removeprefix('metadata '): value for key, value in config.items() if key.startswith('metadata ')})
        command = [*shlex.split(context.node_config.get('command', 'npx lstm-wasm')), 'train', text, '-o', str(after), '--from', str(before),
                   '--val', '0', '--json', *options]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise RuntimeError(f'{shlex.join(command)}: {ran.stderr.strip()}')
        arrays = arrays_of(after)
    metrics = MetricRecord({'num-examples': Path(text).stat().st_size})
    return Message(content=RecordDict({'arrays': arrays, 'metrics': metrics}), reply_to=message)


@server.main()
def main(grid, context):
    config = context.run_config
    metadata = metadata_of(config['start'])
    strategy = FedAvg(fraction_evaluate=0, min_train_nodes=config['clients'], min_available_nodes=config['clients'])

    def keep(number, arrays):
        write(config['output'], arrays, metadata)

    strategy.start(
        grid=grid, initial_arrays=arrays_of(config['start']), num_rounds=config['rounds'], evaluate_fn=keep,
        train_config=ConfigRecord({'train': config['train'], **{f'metadata {key}': value for key, value in metadata.items()}}),
    )
    print(f"wrote {config['output']}", flush=True)
