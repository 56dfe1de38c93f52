// torch-program.js: what every module.py ends with, as Python: opening, saving, and what it does as a program.

export const RUNNING = `def names_in(model):
    """The parameters by their names in files of lstm-wasm: of layer 1 weight_ih_l1, where the module has layers.1.weight_ih_l0."""
    found = {}
    for name, parameter in model.named_parameters():
        of_layer = re.fullmatch(r'layers\\.(\\d+)\\.(\\w+)_l0(_reverse)?', name)
        found[f'{of_layer[2]}_l{of_layer[1]}{of_layer[3] or ""}' if of_layer else name.removeprefix('learnt.')] = parameter
    return found


def load(path=FILE):
    """The model, with the numbers of a file of this network."""
    model, tensors = Model(), load_file(path)
    with torch.no_grad():
        for name, parameter in names_in(model).items():
            parameter.copy_(tensors[name])
    return model


def metadata():
    with safe_open(FILE, 'pt') as file:
        return file.metadata()


def save(model, path):
    """A file that lstm-wasm opens: of a character model a character model, with all that it knows."""
    save_file({name: parameter.detach().cpu().contiguous() for name, parameter in names_in(model).items()}, path, metadata())
`;

export const TOKENS = `KNOWN = json.loads(metadata().get('alphabet', 'null')) or json.loads(metadata()['model'])['tokens']
NOTES = json.loads(metadata().get('notes') or metadata().get('model') or '{}')
NUMBERS = {token: number for number, token in enumerate(KNOWN)}
END = NUMBERS.get('\\n' if 'alphabet' in metadata() else '', 0)


def encode(text):
    """The numbers of a text's characters, or of a list's tokens. What is unknown is an error, or what the model was made with."""
    rule, numbers = NOTES.get('unknown', 'error'), []
    for token in text:
        if token in NUMBERS:
            numbers.append(NUMBERS[token])
        elif rule in NUMBERS:
            numbers.append(NUMBERS[rule])
        elif rule != 'skip':
            raise ValueError(f'{token!r} is not one of the {len(KNOWN)} that the model knows')
    begins = (NOTES.get('lines') or NOTES.get('ends')) and numbers[:1] != [END]
    return [END, *numbers] if begins or not numbers else numbers


@torch.no_grad()
def predict(model, text):
    """What may come after a text: all that the model knows with their probabilities, the likeliest first."""
    y, _ = model(torch.tensor(encode(text))[:, None])
    probabilities = model.answer(y[-1, 0]).tolist()
    return sorted(zip(KNOWN, probabilities), key=lambda pair: -pair[1])


@torch.no_grad()
def write(model, text, length=200, temperature=1.0):
    """How a text goes on: a list of what is drawn, one after the other."""
    written, (y, state) = [], model(torch.tensor(encode(text))[:, None])
    for _ in range(length):
        number = torch.multinomial((y[-1, 0] / temperature).softmax(-1), 1)
        written.append(KNOWN[number.item()])
        y, state = model(number[:, None], state)
    return written


def main(arguments):
    model, is_text = load(), 'alphabet' in metadata()
    start = ' '.join(arguments) if is_text else arguments
    try:
        likely = predict(model, start)[:5]
    except ValueError as error:
        sys.exit(f'model: {error}')
    for token, probability in likely:
        print(f'{probability:.6f} {token!r}')
    print(('' if is_text else ' ').join([*start, *write(model, start)]))


if __name__ == '__main__':
    main(sys.argv[1:])
`;

export const VECTORS = `def main(arguments):
    model = load()
    inputs = torch.tensor(json.loads(arguments[0]))
    with torch.no_grad():
        y, _ = model(inputs[:, None])
        print(json.dumps(model.answer(y)[:, 0].tolist()))


if __name__ == '__main__':
    main(sys.argv[1:])
`;
