"""Compare two feature sets on the same folds: linguistic features alone, and all that adscreen computes.

python examples/two_feature_sets.py manifest.csv [study.toml]
"""

import sys

import adscreen

if __name__ == "__main__":
    manifest, study = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else None)
    table = adscreen.extract_features(adscreen.read_cohort(manifest), jobs=2)
    linguistic = adscreen.evaluate(table, members="lexical+syntactic+fluency+semantic", study=study, jobs=2)
    everything = adscreen.evaluate(table, study=study, jobs=2)
    frame = adscreen.compare(everything, linguistic)
    chosen = frame[(frame["level"] == "subject") & frame["measure"].isin(["auc", "sensitivity", "specificity"])]
    print(chosen[["measure", "first", "second", "difference", "low", "high"]].to_string(index=False))
