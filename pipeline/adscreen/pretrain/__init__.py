"""Text -> a biLM in AllenNLP's format: trains the char-CNN, both LSTM directions and a shared softmax.

settings says what decides a run, batches makes arrays of sentences, trainer learns from them with the loss of
sampled_softmax, log keeps the training log, run goes from a folder of text to a biLM folder. Needs PyTorch (extra
``torch``).
"""

from adscreen.pretrain.batches import Batch, BatchMaker
from adscreen.pretrain.run import export, run_pretraining, train
from adscreen.pretrain.settings import PICTURE_WORDS, SPEECH_FILTERS, PretrainSettings
from adscreen.pretrain.trainer import Trainer

__all__ = [
    "PICTURE_WORDS",
    "SPEECH_FILTERS",
    "Batch",
    "BatchMaker",
    "PretrainSettings",
    "Trainer",
    "export",
    "run_pretraining",
    "train",
]
