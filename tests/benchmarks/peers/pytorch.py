"""PyTorch, the native reference: the same protocol as serve.js. Arguments: the number of threads, the case as JSON."""

import json
import sys
import time

SYMBOLS = 65


def answer(**message):
    print(json.dumps(message), flush=True)


def prepare_training(torch, network, head, work):
    window, batch = work['window'], work['batch']
    optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=2e-3)
    one_hot = torch.eye(SYMBOLS)

    def run():
        inputs = torch.randint(SYMBOLS, (window, batch))
        targets = torch.randint(SYMBOLS, (window * batch,))
        hidden, _ = network(one_hot[inputs])
        loss = torch.nn.functional.cross_entropy(head(hidden).view(-1, SYMBOLS), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return window * batch

    return run


def prepare_stepping(torch, network, head):
    torch.backends.mkldnn.set_flags(False)  # oneDNN's LSTM lays the weights out anew for every call: 15 times slower
    one_hot = torch.eye(SYMBOLS).view(SYMBOLS, 1, 1, SYMBOLS)
    token, state = 0, None

    def run():
        nonlocal token, state
        with torch.inference_mode():
            hidden, state = network(one_hot[token], state)
            probabilities = torch.softmax(head(hidden[0, 0]), 0)
            token = int(torch.multinomial(probabilities, 1))
        return 1

    return run


def main():
    work, threads = json.loads(sys.argv[2]), int(sys.argv[1])
    try:
        import torch
    except ImportError:
        return answer(reason='python3 has no torch')
    torch.set_num_threads(threads)
    network = torch.nn.LSTM(SYMBOLS, work['hidden'], work['layers'])
    head = torch.nn.Linear(work['hidden'], SYMBOLS)
    if work['work'] == 'train':
        run = prepare_training(torch, network, head, work)
    else:
        run = prepare_stepping(torch, network, head)
    answer(version=torch.__version__, threads=threads)
    for line in sys.stdin:
        seconds, chars, start = float(line), 0, time.perf_counter()
        while True:
            chars += run()
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                break
        answer(chars=chars, seconds=elapsed)


main()
