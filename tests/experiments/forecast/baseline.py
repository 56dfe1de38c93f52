"""PyTorch's LSTM on the same tasks: an autoregressive network with a normal distribution as in DeepAR (Salinas et al. 2020).

usage: python3 baseline.py TASKS.json SECONDS [SEED]

TASKS.json is what `node run.js --export TASKS.json` writes. As in GluonTS's DeepAR: each window divided by its mean absolute
value, lags of a step and of a season, features of the calendar, Adam with a rate of 1e-3, dropout 0.1, 100 sampled
paths, the median for MAE and MASE. One thread, whose own seconds count.
"""
import json
import sys
import time

import torch

torch.set_num_threads(1)
HIDDEN, WINDOW, BATCH, PATHS = 16, 48, 32, 100


class Net(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.lstm = torch.nn.LSTM(size, HIDDEN, batch_first=True)
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(HIDDEN, 2)

    def forward(self, x, state=None):
        h, state = self.lstm(x, state)
        mean, raw = self.head(self.dropout(h)).unbind(-1)
        return mean, torch.nn.functional.softplus(raw) + 1e-4, state


def filled(values, season):
    out = []
    for t, value in enumerate(values):
        if value is None:
            value = out[t - season] if t >= season else out[-1]
        out.append(value)
    return out


def features(values, calendar, season, t, scale):
    """What is read before row t is predicted."""
    return [values[t - 1] / scale, (values[t - season] if t >= season else values[0]) / scale, *calendar[t]]


def run(task, seconds, seed):
    torch.manual_seed(seed)
    season, train, horizon, stride, calendar = (task[k] for k in ("season", "train", "horizon", "stride", "calendar"))
    actual = task["values"]
    values = filled(actual, season)
    net = Net(2 + len(calendar[0]))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    first = season if train > season + WINDOW else 1
    starts = list(range(first, train - WINDOW)) or [first]
    windows = []
    for start in starts:
        end = min(start + WINDOW, train)
        scale = sum(abs(v) for v in values[start - 1:end - 1]) / (end - start) or 1.0
        x = [features(values, calendar, season, t, scale) for t in range(start, end)]
        windows.append((x, [values[t] / scale for t in range(start, end)]))
    xs, ys = torch.tensor([w[0] for w in windows]), torch.tensor([w[1] for w in windows])
    began, steps = time.process_time(), 0
    net.train()
    while time.process_time() - began < seconds:
        pick = torch.randint(len(windows), (BATCH,))
        mean, deviation, _ = net(xs[pick])
        loss = -torch.distributions.Normal(mean, deviation).log_prob(ys[pick]).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        steps += 1
    net.eval()
    unit = [abs(actual[t] - actual[t - season]) for t in range(season, train) if actual[t] is not None and actual[t - season] is not None]
    unit = sum(unit) / len(unit)
    errors, inside = [], {0.8: [], 0.95: []}
    with torch.no_grad():
        for origin in range(train, len(values) - horizon + 1, stride):
            start = max(first, origin - WINDOW)
            scale = sum(abs(v) for v in values[start - 1:origin]) / (origin - start + 1) or 1.0
            paths = [list(values[:origin]) for _ in range(PATHS)]
            x = torch.tensor([[features(values, calendar, season, t, scale) for t in range(start, origin + 1)]])
            mean, deviation, state = net(x.expand(PATHS, -1, -1))
            mean, deviation = mean[:, -1], deviation[:, -1]
            for h in range(horizon):
                for path, value in zip(paths, torch.normal(mean, deviation).tolist()):
                    path.append(value * scale)
                now = actual[origin + h]
                if now is not None:
                    drawn = sorted(path[-1] for path in paths)
                    errors.append(abs(drawn[PATHS // 2] - now))
                    for level in inside:
                        low, high = (drawn[round((PATHS - 1) * (1 + s * level) / 2)] for s in (-1, 1))
                        inside[level].append(low <= now <= high)
                if h + 1 < horizon:
                    x = torch.tensor([[features(path, calendar, season, origin + h + 1, scale)] for path in paths])
                    mean, deviation, state = net(x, state)
                    mean, deviation = mean[:, 0], deviation[:, 0]
    mae = sum(errors) / len(errors)
    return {"name": task["name"], "steps": steps, "mae": mae, "mase": mae / unit,
            "coverage": {k: sum(v) / len(v) for k, v in inside.items()}}


if __name__ == "__main__":
    path, seconds, *seed = sys.argv[1:]
    with open(path, encoding="utf8") as file:
        for task in json.load(file):
            print(json.dumps(run(task, float(seconds), int(seed[0]) if seed else 1)), flush=True)
