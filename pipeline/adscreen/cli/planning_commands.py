"""The command that plans a study: power."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from adscreen.cli.app import command
from adscreen.cli.options import JsonOpt, print_table
from adscreen.cli.panels import scoring_option
from adscreen.errors import InputError


@command()
def power(
    prevalence: Annotated[float, scoring_option(help="Expected share of cases.", show_default=False)],
    parameters: Annotated[
        int,
        typer.Option(
            help="Candidate parameters: the members that are fused, or all columns that they read.", show_default=False
        ),
    ],
    auc: Annotated[float | None, typer.Option(help="Expected AUC on unseen subjects.")] = None,
    r2: Annotated[float | None, typer.Option("--r2", help="Expected R2 of Cox and Snell, in place of the AUC.")] = None,
    visits: Annotated[float, typer.Option(help="Recordings per subject.")] = 1.0,
    icc: Annotated[
        float, typer.Option(help="Intraclass correlation of a subject's recordings; 1: further visits add nothing.")
    ] = 1.0,
    subjects: Annotated[
        str | None, typer.Option(metavar="<numbers>", help="Numbers of subjects to judge: 50,100,200.")
    ] = None,
    oe_width: Annotated[
        float, typer.Option(help="Validation: width of the interval of observed over expected cases.")
    ] = 0.2,
    slope_width: Annotated[
        float, typer.Option(help="Validation: width of the interval of the calibration slope.")
    ] = 0.2,
    auc_width: Annotated[float, typer.Option(help="Validation: width of the interval of the AUC.")] = 0.1,
    json: JsonOpt = False,
) -> None:
    """Plan a study: the subjects that a model needs, and the interval that a number of subjects gives.

    First the criteria of Riley et al. for developing and for validating a model, with the fewest subjects that meet
    each. Then, for several numbers of subjects, what to expect: the 95% interval of the AUC by cross-validation (each
    pair of subjects counts twice, so its variance is doubled) and on an external cohort.

    The criteria are for models fitted without a penalty. The penalty of adscreen's members reduces overfitting, but in
    a small cohort its strength is uncertain too. Enter the lower end of what you expect.

    Example: adscreen power --auc 0.8 --prevalence 0.5 --parameters 5 --visits 2 --icc 0.6
    """
    from adscreen.metrics.sample_size import SHOWN, Widths, plan_sample_size

    plan = plan_sample_size(
        prevalence=prevalence,
        parameters=parameters,
        auc=auc,
        r2=r2,
        visits=visits,
        icc=icc,
        subjects=SHOWN if subjects is None else _read_numbers(subjects),
        widths=Widths(oe=oe_width, slope=slope_width, auc=auc_width),
    )
    if json:
        from adscreen.writing import as_json

        print(as_json(asdict(plan)))
        return
    assumed = plan.assumptions
    print(
        f"Expected: AUC {assumed.auc:.3f} (R2 of Cox and Snell {assumed.r2:.3f}), {assumed.prevalence:.1%} cases, "
        f"{assumed.parameters} parameters, {assumed.visits:g} recordings per subject, icc {assumed.icc:g}"
    )
    print_table([asdict(one) for one in plan.required])
    print_table([_show(one) for one in plan.expected])


def _read_numbers(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError as error:
        what, remedy = f"{text!r} is not a list of whole numbers", "separate them by commas: 50,100,200"
        raise InputError(what, where="--subjects", remedy=remedy) from error


def _show(one: Any) -> dict[str, object]:
    return {
        "subjects": one.subjects,
        "recordings": one.recordings,
        "shrinkage": round(one.shrinkage, 3),
        "R2 too high by": round(one.optimism, 3),
        "risk within": round(one.risk_margin, 3),
        "AUC, cross-validated": f"{one.cross_validated_low:.3f} to {one.cross_validated_high:.3f}",
        "AUC, external": f"{one.external_low:.3f} to {one.external_high:.3f}",
    }
