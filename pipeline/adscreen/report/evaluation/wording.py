"""What the page of an evaluation calls methods, protocols, measures, columns."""

from __future__ import annotations

from adscreen.evaluation.results import ADSCREEN, DEMOGRAPHICS, INTERVIEWER, MAJORITY, TASK, TFIDF, WORD_COUNT
from adscreen.report.evaluation.contents import Kind

TITLES: dict[str, tuple[str, Kind]] = {  # of every method of adscreen.evaluation.results.METHODS
    ADSCREEN: ("adscreen", "ours"),
    TFIDF: ("Words alone (TF-IDF)", "baseline"),
    WORD_COUNT: ("Word count", "shortcut"),
    DEMOGRAPHICS: ("Demographics", "shortcut"),
    TASK: ("Task", "shortcut"),
    INTERVIEWER: ("Interviewer speech", "shortcut"),
    MAJORITY: ("Majority class", "check"),
}
PROTOCOLS = {
    "subject": (
        "Unseen speakers",
        "Nested cross-validation. No subject and no cluster is on both sides of a split, and everything that is "
        "learned, settings and threshold included, is learned on the training side.",
    ),
    "external": (
        "Another cohort",
        "Trained on one cohort and tested on another, of other people.",
    ),
    "validate": (
        "A frozen model",
        "A model that was trained before is tested as it is: nothing is fitted, tuned or chosen on this cohort, the "
        "threshold included.",
    ),
    "site": (
        "Unseen sites",
        "Each site in turn is left out of training, with all subjects ever recorded there.",
    ),
    "paper": (
        "As published",
        "Repeated random splits of recordings, with Doc2Vec fitted on all of them, as the paper describes (Li, arXiv "
        "2510.14332). Speakers are on both sides; it is reported to show the effect of that.",
    ),
}
PAPER_OF_OWN = (  # the explanation of ``paper`` where a user's estimator was evaluated
    "Repeated random splits of recordings, as published work had them. Speakers are on both sides; it is "
    "reported to show the effect of that."
)
MEASURES = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "mcc": "MCC",
    "brier": "Brier score",
    "observed_minus_expected": "Observed minus expected",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
}
LEVELS = {"recording": "By recording", "subject": "By subject"}
SCALES = {"log_odds": "On the scale of log-odds", "probability": "On the scale of probabilities"}
COLUMNS = {
    "original_label": "Label in the manifest",
    "sex": "Sex",
    "age": "Age",
    "education": "Education",
    "mmse": "MMSE",
    "early_stage": "Early stage",
    "visit": "Visit",
    "site": "Site",
    "task": "Task",
    "diagnosis": "Diagnosis",
    "language": "Language",
    "source_format": "Format of the file",
    "words": "Words",
    "sentences": "Sentences",
    "words a sentence": "Words per sentence",
    "recordings a subject": "Recordings per subject",
    "subjects": "Subjects",
    "recordings": "Recordings",
}
SETTINGS = {
    "visit_correlation": "correlation of visits",
    "subject_threshold": "threshold of subjects",
    "weight": "weight",
    "classifier": "classifier",
    "C": "regularisation C",
    "doc2vec_dm": "Doc2Vec kind (1 PV-DM, 0 PV-DBOW)",
    "doc2vec_size": "Doc2Vec size",
    "doc2vec_alpha": "Doc2Vec learning rate",
    "elmo_size": "ELMo size",
    "paired_context": "weight of context",
}
STEPS = {
    "read": "Rows of the manifest",
    "excluded": "Excluded by the condition",
    "other_label": "Excluded by the label",
    "unreadable": "Transcript unreadable",
    "silent": "No words of the participant",
    "in_training": "Subject was in training",
    "insufficient_speech": "Not scored: too little speech",
    "out_of_scope": "Not scored: out of scope",
    "used": "Evaluated",
}


def name_column(column: str) -> str:
    """Return a column of the manifest in words."""
    return COLUMNS.get(column, column.replace("_", " "))


def name_setting(setting: str) -> str:
    """Return a setting in words: ``elmo.C`` is the regularisation C of the member ``elmo``."""
    member, _, name = setting.rpartition(".")
    words = SETTINGS.get(name, name.replace("_", " "))
    return f"{member}: {words}" if member else words[:1].upper() + words[1:]


def name_method(method: str, *, evaluated: str = ADSCREEN) -> tuple[str, Kind]:
    """Return what the page calls a method, and its kind; a user's estimator goes by the name of its class."""
    own: Kind = "ours" if method == evaluated else "baseline"
    return TITLES.get(method, (method.replace("_", " ").capitalize(), own))
