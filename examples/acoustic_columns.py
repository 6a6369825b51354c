"""Evaluate acoustic measures beside speech: columns of your own table, joined by recording_id.

python examples/acoustic_columns.py manifest.csv acoustic.csv [study.toml]
"""

import sys

import pandas as pd

import adscreen

if __name__ == "__main__":
    manifest, acoustic, *study = sys.argv[1:]
    settings = {"study": study[0] if study else None, "jobs": 2}
    table = adscreen.extract_features(adscreen.read_cohort(manifest), jobs=2)
    table = table.join(pd.read_csv(acoustic, dtype={"recording_id": str}), block="acoustic")
    speech = adscreen.evaluate(table, **settings)
    both = adscreen.evaluate(table, members="adscreen,acoustic", **settings)
    for name, evaluation in {"speech": speech, "speech and acoustics": both}.items():
        print(name, evaluation)
    difference = adscreen.compare(both, speech).query("level == 'recording' and measure == 'auc'").iloc[0]
    print(f"Difference {difference['difference']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f})")
