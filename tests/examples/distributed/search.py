"""Searches for good settings with Optuna: each trial is one `lstm-wasm train`, which is stopped when it falls behind.

    python search.py book.txt --trials 16 --storage sqlite:///search.db          in as many shells, or jobs, as there are cores
    python search.py book.txt --trials 16 --storage sqlite:///search.db --best best.safetensors

All processes that name one storage share one search (several machines: a PostgreSQL or MySQL, sqlite is for one). A process that is killed
leaves its trial's checkpoint in --folder; the next one takes the trial over and goes on from there.
"""
import argparse
import json
import math
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy.exc import IntegrityError, OperationalError


def settings(trial):
    """What is searched: options of `lstm-wasm train`."""
    hidden = trial.suggest_categorical('hidden', [32, 48, 64, 96])
    return {
        'hidden': hidden,
        'lr': trial.suggest_float('lr', 1e-3, 3e-2, log=True),
        'dropout': trial.suggest_float('dropout', 0.0, 0.3),
        'batch': trial.suggest_categorical('batch', [8, 16, 32]),
    }


def run(trial, options):
    """Trains, reports each validation to Optuna, and stops where that prunes. The loss of the best validation."""
    # A trial that takes over another has its attributes.
    if 'model' not in trial.user_attrs:
        trial.set_user_attr('model', str(options.folder / f'trial-{trial.number}.safetensors'))
    model = Path(trial.user_attrs['model'])
    checkpoint = model.with_name(model.name + '.checkpoint')
    asked = {**settings(trial), 'steps': options.steps, 'validate': max(1, options.steps // 10), 'seed': 1}
    command = [*shlex.split(options.command), 'train', options.text, '-o', model, '--json', '--report', '1000000', '--save', '5']
    if checkpoint.exists():
        try:
            return watch([*command, '--resume'], trial)
        except RuntimeError as error:
            if 'the run is over' not in str(error):
                raise
            checkpoint.unlink()  # its losses went with the process that read them
    return watch([*command, *(word for name, value in asked.items() for word in (f'--{name}', value))], trial)


def watch(command, trial):
    best = math.inf
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                report = json.loads(line)
                loss = report.get('valLoss')
                if loss is None or report.get('done'):
                    continue
                best = min(best, loss)
                trial.report(loss, report['step'])
                if trial.should_prune():
                    raise optuna.TrialPruned
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            said = process.communicate()[1]
    if process.returncode != 0:
        raise RuntimeError(f'{shlex.join(str(word) for word in command)}: {said.strip()}')
    return best


def opened(address, grace):
    """The storage, which several processes may be the first to open."""
    for attempt in range(10):
        try:
            return RDBStorage(address, heartbeat_interval=max(1, grace // 3), grace_period=grace, heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=2))
        except (IntegrityError, OperationalError):  # another is making the tables
            if attempt == 9:
                raise
            time.sleep(0.5)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('text', type=Path)
    arguments.add_argument('--storage', required=True, help="where the search is kept: an address of SQLAlchemy's")
    arguments.add_argument('--trials', type=int, default=16, help='of all processes together')
    arguments.add_argument('--steps', type=int, default=1000, help='of a trial')
    arguments.add_argument('--folder', type=Path, default=Path('trials'), help='of the models and checkpoints')
    arguments.add_argument('--grace', type=int, default=60, help='seconds after which a process that is not heard of is taken for dead')
    arguments.add_argument('--command', default='npx lstm-wasm', help='how the command is called')
    arguments.add_argument('--best', type=Path, help='copy the best model there when all trials are done')
    options = arguments.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    storage = opened(options.storage, options.grace)
    study = optuna.create_study(
        study_name=f'lstm-wasm {options.text.name}', storage=storage, load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=options.steps // 5),
    )
    states = optuna.trial.TrialState
    # Those that run elsewhere are going to end.
    enough = optuna.study.MaxTrialsCallback(options.trials, states=(states.COMPLETE, states.PRUNED, states.RUNNING))
    study.optimize(lambda trial: run(trial, options), callbacks=[enough])
    trial = study.best_trial
    model = trial.user_attrs['model']
    ended = study.get_trials(states=(states.COMPLETE, states.PRUNED))
    print(f'best of {len(ended)} trials: {trial.value:.4f} nats a character, {trial.params}, {model}')
    if options.best:
        shutil.copyfile(model, options.best)


if __name__ == '__main__':
    main()
