"""Writes optuna.journal: trials of a study as Optuna's JournalStorage keeps them. usage: optuna-journal.py (optuna 4.9.0)"""
import os

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optuna.journal")
if os.path.exists(path):
    os.remove(path)
storage = JournalStorage(JournalFileBackend(path))
study = optuna.create_study(
    study_name="pipeline", storage=storage, direction="minimize", sampler=optuna.samplers.TPESampler(seed=1)
)


def objective(trial):
    threshold = trial.suggest_float("clustering.threshold", 0.3, 1.2)
    size = trial.suggest_int("clustering.min_cluster_size", 2, 20)
    trial.suggest_float("segmentation.threshold", 0.1, 0.9)
    trial.suggest_categorical("clustering.method", ["centroid", "average"])
    value = abs(threshold - 0.8) + 0.001 * abs(size - 9)
    for step in range(3):
        trial.report(value + 0.1 / (step + 1), step)
        if trial.number in (4, 7) and step == 1:
            raise optuna.TrialPruned()
    if trial.number == 5:
        raise RuntimeError("failed")
    return value


study.optimize(objective, n_trials=12, catch=(RuntimeError,))
other = optuna.create_study(study_name="other", storage=storage, direction="maximize")
other.optimize(lambda trial: trial.suggest_float("clustering.threshold", 0, 1), n_trials=2)
