"""PyTorch, the native reference: the same protocol as serve.js. Arguments: the number of threads, the case as JSON."""

import json
import math
import sys
import time

SYMBOLS = 65


def answer(**message):
    print(json.dumps(message), flush=True)


def prepare_training(torch, network, head, work):
    window, batch = work['window'], work['batch']
    optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=2e-3)
    one_hot = torch.eye(SYMBOLS)

    def run(_):
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

    def run(_):
        nonlocal token, state
        with torch.inference_mode():
            hidden, state = network(one_hot[token], state)
            probabilities = torch.softmax(head(hidden[0, 0]), 0)
            token = int(torch.multinomial(probabilities, 1))
        return 1

    return run


def prepare_learning(torch, network, head, tokens, work):
    """As in learning.js."""
    window, batch, rate = work['window'], work['batch'], work['rate']
    parameters = [*network.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=rate)
    end = int(0.9 * len(tokens))
    learnt, measured = tokens[:end], tokens[end:]
    one_hot = torch.eye(network.input_size)
    length = (len(learnt) - 1) // batch
    at, steps, state = 0, 0, None

    def cut(source, starts):
        inputs = torch.stack([source[start : start + window] for start in starts], 1)
        return inputs, torch.stack([source[start + 1 : start + 1 + window] for start in starts], 1)

    def loss_of(source, starts, state):
        inputs, targets = cut(source, starts)
        hidden, state = network(one_hot[inputs], state)
        logits = head(hidden).view(-1, network.input_size)
        return torch.nn.functional.cross_entropy(logits, targets.reshape(-1)), state

    def run(done):
        nonlocal at, steps, state
        if at + window > length:
            at, state = 0, None
        steps += 1
        fallen = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1, done)))
        for group in optimizer.param_groups:
            group['lr'] = rate * min(1, steps / 100) * fallen
        loss, state = loss_of(learnt, [b * length + at for b in range(batch)], state)
        state = tuple(part.detach() for part in state)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()
        at += window
        return window * batch

    def loss():
        lead, losses, carried = 384, [], None
        part = (len(measured) - lead - 1) // batch
        with torch.no_grad():
            for start in range(0, lead + part - window + 1, window):
                one, carried = loss_of(measured, [b * part + start for b in range(batch)], carried)
                if start >= lead:
                    losses.append(one.item())
        return sum(losses) / len(losses)

    return run, loss


def main():
    work, threads = json.loads(sys.argv[2]), int(sys.argv[1])
    try:
        import torch
    except ImportError:
        return answer(reason='python3 has no torch')
    torch.set_num_threads(threads)
    symbols, tokens, loss = SYMBOLS, None, None
    if work['work'] == 'learn':
        with open(work['text'], encoding='utf-8', newline='') as file:
            text = file.read()
        alphabet = {character: number for number, character in enumerate(sorted(set(text)))}
        symbols, tokens = len(alphabet), torch.tensor([alphabet[character] for character in text])
    network = torch.nn.LSTM(symbols, work['hidden'], work['layers'])
    head = torch.nn.Linear(work['hidden'], symbols)
    if work['work'] == 'learn':
        run, loss = prepare_learning(torch, network, head, tokens, work)
    elif work['work'] == 'train':
        run = prepare_training(torch, network, head, work)
    else:
        run = prepare_stepping(torch, network, head)
    answer(version=torch.__version__, threads=threads)
    for line in sys.stdin:
        seconds, chars, start = float(line), 0, time.perf_counter()
        while True:
            chars += run((time.perf_counter() - start) / seconds)
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                break
        answer(chars=chars, seconds=elapsed, **({'loss': loss()} if loss else {}))


main()
