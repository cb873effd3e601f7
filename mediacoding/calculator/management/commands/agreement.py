from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from mediacoding.calculator import reading
from mediacoding.calculator.calculation import (
    LEVELS,
    MOST_REPLICATES,
    REPLICATES,
    Settings,
    calculate,
)
from mediacoding.calculator.forms import codes_of
from mediacoding.calculator.paragraph import paragraph
from mediacoding.calculator.proposal import Plan, plan_of, propose_missing
from mediacoding.calculator.ratings import SETS, ratings_of
from mediacoding.calculator.sentences import Refused
from mediacoding.calculator.table import Table
from mediacoding.calculator.writing import csv_of, text_table
from mediacoding.stats import offer


class Command(BaseCommand):
    help = (
        "Compute the agreement of codings in a CSV, XLSX or SPSS (.sav) file. Needs no study "
        "and no database. What is not said is proposed from the file, and told."
    )
    requires_system_checks = []  # no database, no pages

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        layout = parser.add_mutually_exclusive_group()
        layout.add_argument(
            "--long", action="store_true", help="a row a unit and coder"
        )
        layout.add_argument(
            "--wide", action="store_true", help="a row a unit, a column a coder"
        )
        parser.add_argument("--unit", help="column that names the unit")
        parser.add_argument("--coder", help="column that names the coder (long)")
        parser.add_argument(
            "--columns",
            help="columns of ratings, with commas: coders if wide, variables if long",
        )
        parser.add_argument(
            "--variable",
            action="append",
            default=[],
            metavar="NAME=LEVEL",
            help=f"level of a variable ({', '.join((*LEVELS, SETS))}); can be repeated. "
            "Where there is only one variable, this also names it",
        )
        parser.add_argument("--missing", help="codes read as not coded, with commas")
        parser.add_argument(
            "--no-names", action="store_true", help="the first row holds ratings"
        )
        parser.add_argument(
            "--coefficients",
            help="all, or some with commas: " + ", ".join(offer.COEFFICIENTS),
        )
        parser.add_argument(
            "--categories", type=int, help="how many categories the codebook defines"
        )
        parser.add_argument(
            "--minimum", type=float, help="adds the probability that alpha is below it"
        )
        parser.add_argument("--replicates", type=int, default=REPLICATES)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--language", default="en", help="of the paragraph")
        parser.add_argument(
            "--format", choices=("table", "csv", "paragraph"), default="table"
        )

    def handle(self, *, file, no_names, format, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            table = reading.read(
                file, name=file.name, has_names=False if no_names else None
            )
            levels = _levels(options["variable"])
            plan = _named(_plan(table, options), levels)
            asked = options["missing"]
            missing = propose_missing(table, plan) if asked is None else codes_of(asked)
            ratings = ratings_of(table, plan, missing)
            settings = _settings(plan, levels, options)
            found = calculate(table, plan, ratings, settings)
        except Refused as refusal:
            raise CommandError("\n".join(map(str, refusal.sentences))) from refusal
        for note in table.notes:
            self.stderr.write(str(note))
        write = {"table": text_table, "csv": csv_of, "paragraph": paragraph}[format]
        with translation.override(options["language"]):
            self.stdout.write(write(found), ending="")


def _plan(table: Table, options: dict) -> Plan:
    """Where things stand: what was said, and the proposal for the rest."""
    layout = "long" if options["long"] or options["coder"] else ""
    unit, coder, columns = options["unit"], options["coder"], options["columns"]
    return plan_of(
        table,
        layout="wide" if options["wide"] else layout,
        unit=None if unit is None else _column(table, unit),
        coder=None if coder is None else _column(table, coder),
        columns=None
        if columns is None
        else [_column(table, name) for name in columns.split(",")],
    )


def _column(table: Table, name: str) -> int:
    """The place of a column by its header."""
    wanted = name.strip()
    if wanted in table.headers:
        return table.headers.index(wanted)
    raise CommandError(
        f"There is no column “{wanted}”. The columns are: {', '.join(table.headers)}."
    )


def _levels(texts: list[str]) -> dict[str, str]:
    """The levels of --variable NAME=LEVEL."""
    levels = {}
    for text in texts:
        name, equals, level = text.rpartition("=")
        if not equals or level not in (*LEVELS, SETS):
            raise CommandError(
                f"--variable {text}: write NAME=LEVEL, the level being "
                f"{', '.join((*LEVELS, SETS))}."
            )
        levels[name] = level
    return levels


def _named(plan: Plan, levels: dict[str, str]) -> Plan:
    """The plan with its variables under the names that were said."""
    unknown = [name for name in levels if name not in plan.variables]
    if len(levels) == len(plan.variables) == len(unknown) == 1:
        ratings = tuple(replace(one, variable=unknown[0]) for one in plan.ratings)
        return replace(plan, ratings=ratings)
    if unknown:
        raise CommandError(
            f"There is no variable “{unknown[0]}”. The variables are: "
            f"{', '.join(plan.variables)}."
        )
    return plan


def _settings(plan: Plan, levels: dict[str, str], options: dict) -> Settings:
    categories = options["categories"]
    return Settings(
        levels=levels,
        categories=dict.fromkeys(plan.variables, categories) if categories else {},
        coefficients=_coefficients(options["coefficients"]),
        minimum=options["minimum"],
        replicates=_between(options["replicates"], "--replicates", MOST_REPLICATES),
        seed=options["seed"],
    )


def _coefficients(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    if text == "all":
        return tuple(offer.COEFFICIENTS)
    keys = codes_of(text)
    if unknown := [key for key in keys if key not in offer.COEFFICIENTS]:
        raise CommandError(
            f"There is no coefficient {', '.join(unknown)}. There are: "
            f"{', '.join(offer.COEFFICIENTS)}."
        )
    return keys


def _between(number: int, name: str, most: int) -> int:
    if not 100 <= number <= most:
        raise CommandError(f"{name} is a number from 100 to {most}.")
    return number
