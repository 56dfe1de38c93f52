"""The same tasks with PyTorch: reads a job as JSON from standard input, prints { accuracy, macroF1, seconds } as JSON,
seconds of the process.

The job: { features? | tokens?, labels, hiddenSize, bidirectional, epochs, batchSize, learningRate, seed, train, test }, where
train and test are lists of [sequence, label], of vectors (scaled already) or of whole numbers. Packed sequences, the state
behind the last step (of both directions, where there are two), Adam, a clip of 5, a warm-up and a cosine down to 0.05: what
createClassifier does. One thread.
"""
import json
import math
import random
import sys
import time

import torch
from torch.nn import functional
from torch.nn.utils.rnn import pack_sequence

torch.set_num_threads(1)
job = json.load(sys.stdin)
torch.manual_seed(job["seed"])
shuffler = random.Random(job["seed"])
L, H, B = job["labels"], job["hiddenSize"], job["batchSize"]
D = job.get("features") or job["tokens"]


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(D, H, bidirectional=job["bidirectional"])
        self.head = torch.nn.Linear(H * (2 if job["bidirectional"] else 1), L)

    def forward(self, sequences):
        _, (h, _) = self.lstm(pack_sequence(sequences, enforce_sorted=False))
        return self.head(torch.cat(list(h), 1))


def encode(sequence):
    if "features" in job:
        return torch.tensor(sequence, dtype=torch.float32)
    return functional.one_hot(torch.tensor(sequence), D).float()


model = Classifier()
train = [(encode(s), y) for s, y in job["train"]]
test = [(encode(s), y) for s, y in job["test"]]
steps = math.ceil(len(train) / B) * job["epochs"]
warmup = min(math.ceil(steps / 10), 100)
optimizer = torch.optim.Adam(model.parameters(), lr=job["learningRate"])


def factor(step):
    if step < warmup:
        return (step + 1) / warmup
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
began = time.process_time()
for _ in range(job["epochs"]):
    shuffler.shuffle(train)
    for at in range(0, len(train), B):
        batch = train[at:at + B]
        loss = functional.cross_entropy(model([s for s, _ in batch]), torch.tensor([y for _, y in batch]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        schedule.step()
seconds = time.process_time() - began

counts = [[0] * L for _ in range(L)]
with torch.no_grad():
    for at in range(0, len(test), 256):
        batch = test[at:at + 256]
        for (_, y), answer in zip(batch, model([s for s, _ in batch]).argmax(1).tolist()):
            counts[y][answer] += 1
right = sum(counts[i][i] for i in range(L))
f1 = [2 * counts[i][i] / max(1, sum(counts[i]) + sum(row[i] for row in counts)) for i in range(L)]
print(json.dumps({"accuracy": right / len(test), "macroF1": sum(f1) / L, "seconds": seconds}))
