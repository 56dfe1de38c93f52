"""Opens a character model saved by lstm-wasm as any Python user would, and writes one.

    open_model.py SAVED WRITTEN TEXT

WRITTEN gets SAVED's configuration and fresh parameters. Prints one JSON object with both files' tensor shapes,
metadata, and probabilities of the character after TEXT.
"""
import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def metadata_of(path):
    with safe_open(path, framework='pt') as file:
        return file.metadata()


def open_model(path):
    """The LSTM, the head and the alphabet of a saved model; load_state_dict is strict about names and shapes."""
    metadata, tensors = metadata_of(path), load_file(path)
    config, alphabet = json.loads(metadata['config']), json.loads(metadata['alphabet'])
    layer = config['layers'][0]  # a character model's layers are all alike
    lstm = torch.nn.LSTM(len(alphabet), layer['hiddenSize'], num_layers=len(config['layers']), bias=layer['bias'])
    head = torch.nn.Linear(layer['hiddenSize'], len(alphabet))
    lstm.load_state_dict({name: tensor for name, tensor in tensors.items() if not name.startswith('head.')})
    head.load_state_dict({name[5:]: tensor for name, tensor in tensors.items() if name.startswith('head.')})
    return lstm, head, alphabet


def predict(lstm, head, alphabet, text):
    """Probability of each character of the alphabet to come after the text."""
    tokens = torch.tensor([alphabet.index(character) for character in text])
    with torch.no_grad():
        h, _ = lstm.double()(torch.nn.functional.one_hot(tokens, len(alphabet)).double())
        probabilities = head.double()(h[-1]).softmax(-1)
    return dict(zip(alphabet, probabilities.tolist()))


def write_model(path, like):
    """A file as torch and safetensors make it, with the metadata lstm-wasm's own files have."""
    lstm, head, _ = open_model(like)
    torch.manual_seed(1)
    for parameter in [*lstm.parameters(), *head.parameters()]:
        torch.nn.init.uniform_(parameter, -0.5, 0.5)
    tensors = lstm.state_dict() | {f'head.{name}': tensor for name, tensor in head.state_dict().items()}
    metadata = metadata_of(like)
    save_file(tensors, path, metadata={key: metadata[key] for key in ['format', 'lstm_wasm', 'config', 'alphabet']})


def description(path, text):
    shapes = {name: list(tensor.shape) for name, tensor in load_file(path).items()}
    return {'shapes': shapes, 'metadata': metadata_of(path), 'probabilities': predict(*open_model(path), text)}


def main():
    saved, written, text = sys.argv[1:]
    write_model(written, like=saved)
    print(json.dumps({'saved': description(saved, text), 'written': description(written, text)}))


if __name__ == '__main__':
    main()
