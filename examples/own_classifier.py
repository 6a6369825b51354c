"""Evaluate a random forest and adscreen's default on the same leak-free folds.

python examples/own_classifier.py manifest.csv [study.toml]
"""

import sys

from sklearn.ensemble import RandomForestClassifier

import adscreen

if __name__ == "__main__":  # jobs start processes that import this file
    manifest, study = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else None)
    table = adscreen.extract_features(adscreen.read_cohort(manifest), jobs=2)
    forest = adscreen.evaluate(table, estimator=RandomForestClassifier(), study=study, jobs=2)
    default = adscreen.evaluate(table, study=study, jobs=2)
    for evaluation in (forest, default):
        print(evaluation)
    difference = adscreen.compare(forest, default).query("level == 'recording' and measure == 'auc'").iloc[0]
    print(f"Difference {difference['difference']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f})")
