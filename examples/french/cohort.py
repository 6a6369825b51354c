"""Write a SYNTHETIC cohort of French picture descriptions: CHAT files and manifest.csv. No patient's words.

    python cohort.py cohort --subjects 24 --seed 1
    python cohort.py other_cohort --subjects 24 --seed 2 --first 101

Cases are given more fillers, pronouns and repetitions and fewer units than controls, by invented rates: the cohort
shows that the line runs in a second language, and nothing about people.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

UNITS = (
    "la mère essuie la vaisselle",
    "l'eau déborde de l'évier",
    "le garçon est debout sur le tabouret",
    "le tabouret bascule",
    "le garçon prend des biscuits dans le placard",
    "la fille tend la main vers son frère",
    "la mère ne voit pas l'eau qui coule",
    "on voit la cuisine et une fenêtre avec des rideaux",
    "il y a deux tasses et une assiette sur la table",
    "dehors il y a un jardin avec des arbres",
)
VAGUE = (
    "elle fait quelque chose là",
    "il va tomber je crois",
    "c'est un truc dans la maison",
    "il y a des choses par terre",
    "elle est là avec lui",
    "je ne sais pas ce que c'est",
)


def describe(rng: Random, *, case: bool) -> list[str]:
    """Return the main lines of one description."""
    told = rng.sample(UNITS, rng.randint(4, 7) if case else rng.randint(7, 10))
    vague = [rng.choice(VAGUE) for _ in range(rng.randint(3, 6) if case else rng.randint(1, 3))]
    lines = told + vague
    rng.shuffle(lines)
    return [hesitate(line, rng, rate=0.12 if case else 0.05) for line in lines]


def hesitate(line: str, rng: Random, *, rate: float) -> str:
    """Return a line with fillers before some words and some words said twice, as CHAT writes them."""
    words = []
    for word in line.split():
        if rng.random() < rate:
            words.append("&-euh")
        words.append(f"{word} [/] {word}" if rng.random() < rate / 2 else word)
    return " ".join(words)


def write_cohort(out: Path, *, subjects: int, seed: int, first: int = 1) -> Path:
    """Write the cohort, half of it cases, its subjects numbered from ``first``; return its manifest."""
    rng = Random(seed)
    (out / "transcripts").mkdir(parents=True)
    rows = ["subject_id,transcript,label,age,sex,task,note"]
    for number in range(first, first + subjects):
        case, name = number % 2 == 0, f"FR{number:03d}"
        head = ["@UTF8", "@Begin", "@Languages:\tfra", "@Participants:\tPAR Participant, INV Investigator"]
        prompt = "*INV:\tqu'est-ce que vous voyez sur cette image ?"
        spoken = [f"*PAR:\t{line} ." for line in describe(rng, case=case)]
        text = "\n".join([*head, prompt, *spoken, "@End", ""])
        (out / "transcripts" / f"{name}.cha").write_text(text, encoding="utf-8")
        label, sex = "dementia" if case else "control", rng.choice(["female", "male"])
        rows.append(f"{name},transcripts/{name}.cha,{label},{rng.randint(60, 85)},{sex},cookie_theft,SYNTHETIC")
    manifest = out / "manifest.csv"
    manifest.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return manifest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder to write; must not exist")
    parser.add_argument("--subjects", type=int, default=24, help="[%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    parser.add_argument("--first", type=int, default=1, help="number of the first subject [%(default)s]")
    given = parser.parse_args()
    print(write_cohort(given.out, subjects=given.subjects, seed=given.seed, first=given.first))
