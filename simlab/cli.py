"""The command line: results on stdout, progress and messages on stderr, exit statuses that say what happened.

0 ok, 1 a threshold exceeded or an expectation missed, 2 usage, 3 invalid input, 4 incomplete, 5 store or
disk, 70 a bug, 130 interrupted. Libraries are imported inside commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlab.errors import (
    InvalidInputError,
    ParameterError,
    SimlabError,
    StoreError,
    UnknownNameError,
    UsageError,
)

if TYPE_CHECKING:
    from rich.console import Console

    from simlab.api import Lab

BUG = 70

app = typer.Typer(
    help="Compare how AI agents get authority: static keys, just-in-time credentials, or decisions on intent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would double the wait for it
    context_settings={"help_option_names": ["-h", "--help"]},
)

imports = typer.Typer(help="Make scenarios from what is kept elsewhere.", no_args_is_help=True)
app.add_typer(imports, name="import")

File = Annotated[Path, typer.Argument(help="A scenario in YAML.", show_default=False)]
Strategies = Annotated[
    list[str],
    typer.Option("--strategy", "-s", help="Such as jit:ttl=5m or jit+intent; repeat it for several."),
]
Seed = Annotated[
    int, typer.Option(min=0, max=2**63 - 1, help="Key of all chance; equal seeds give equal runs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def common(
    context: typer.Context,
    allow_secrets: Annotated[
        bool,
        typer.Option(
            "--allow-secrets", help="Read text that looks like a real credential; every study keeps it."
        ),
    ] = False,
) -> None:
    """Compare how AI agents get authority: static keys, just-in-time credentials, or decisions on intent."""
    if allow_secrets:
        from simlab.scenario.nodes import SECRETS_ALLOWED

        before = SECRETS_ALLOWED.set(True)
        context.call_on_close(lambda: SECRETS_ALLOWED.reset(before))


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Scenarios, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Check scenarios: every error with file, line, column and the nearest right answer."""
    from simlab.scenario import load

    problems, files = [], _scenario_files(paths)
    for path in files:
        try:
            load(path)
        except InvalidInputError as error:
            problems += error.problems
    if as_json:
        from dataclasses import asdict

        print(json.dumps([asdict(problem) for problem in problems], indent=1))
    for problem in [] if as_json else problems:
        print(problem, file=sys.stderr)
    bad = len({problem.file for problem in problems})
    if not as_json:
        print(f"{len(files) - bad} of {len(files)} scenarios are good")
    if problems:
        raise typer.Exit(3)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario.")],
    out: Annotated[Path | None, typer.Option(help="File to write; NAME.yaml by default.")] = None,
) -> None:
    """Write a commented scenario to start from."""
    from simlab.scenario import loads, template

    path = out or Path(f"{name}.yaml")
    text = template(name)
    loads(text, str(path))
    if path.exists():
        msg = f"E404 '{path}' exists; choose another name, or --out"
        raise UsageError(msg)
    _write(path, text)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    from simlab.scenario import json_schema

    print(json.dumps(json_schema(), indent=1))


@app.command()
def reach(
    file: File,
    strategy: Strategies,
    fact: Annotated[str, typer.Option(help="Explain this only, such as publish:package.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what the scenario's threats could lead to, and why each step would be allowed."""
    from simlab.report import terminal

    lab, found = _lab(file), {}
    for text in strategy:
        result = lab.reach(text)
        found[text] = result
        if not as_json:
            terminal.reach(result, _console(), fact)
    if as_json:
        facts = {
            text: {
                "resources": sorted(result.resources),
                "facts": {name: [str(step) for step in result.explain(name)] for name in result.facts},
            }
            for text, result in found.items()
        }
        print(json.dumps(facts, indent=1))


@app.command()
def run(
    file: File,
    strategy: Strategies,
    seed: Seed = 0,
    replication: Annotated[int, typer.Option(min=0, help="Which of the seed's runs.")] = 0,
    trace: Annotated[bool, typer.Option(help="Every row of the work too, not only the incident.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run once under each strategy, and tell what happened, row by row."""
    from simlab.metrics import METRICS
    from simlab.report import terminal

    lab = _lab(file)
    for text in strategy:
        result = lab.run(text, seed, replication, trace=trace)
        values = {name: metric.compute(result) for name, metric in METRICS.items()}
        if as_json:
            rows = [event._asdict() for event in (result.trace or result.incident)]
            print(json.dumps({"strategy": result.strategy, "seed": seed, "metrics": values, "rows": rows}))
            continue
        console = _console()
        told = f"{result.scenario} under {result.strategy}, seed {seed}, replication {replication}"
        console.print(told, style="bold")
        terminal.story(result, console)
        units = {name: metric.unit for name, metric in METRICS.items()}
        shown = (f"{name} {terminal.number(value)} {units[name]}" for name, value in values.items() if value)
        console.print("n = 1: " + "; ".join(shown), style="dim", highlight=False)


@app.command()
def compare(  # noqa: PLR0913, PLR0917 (one argument an option)
    file: File,
    strategy: Strategies,
    reps: Annotated[int, typer.Option(help="Runs under each strategy.")] = 200,
    seed: Seed = 0,
    jobs: Annotated[int, typer.Option(help="Worker processes.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for the study and its report.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    as_json: AsJson = False,
    against: Annotated[
        Path | None, typer.Option(help="Another scenario: print the difference to it under each strategy.")
    ] = None,
) -> None:
    """Compare strategies on the same runs: differences, intervals, verdicts, and a report."""
    from simlab.experiment import between, save
    from simlab.experiment import compare as compare_strategies
    from simlab.report import terminal, write_report

    lab, other = _lab(file), None if against is None else _lab(against)
    folder = out or Path("studies") / lab.scenario.name
    with _progress(len(strategy) * reps, quiet=quiet) as done:
        results = compare_strategies(lab, strategy, reps, seed, jobs, done=done)
    save(results, folder)
    page = write_report(folder)
    if not as_json:
        terminal.comparison(results, _console())
    table = None if other is not None else results.comparison()
    if other is not None:
        with _progress(len(strategy) * reps, quiet=quiet) as done:
            table = between(results, compare_strategies(other, strategy, reps, seed, jobs, done=done))
        if not as_json:
            terminal.pairs(table, _console())
    if as_json and table is not None:
        print(table.to_json(orient="records"))
    print(f"report: {page}", file=sys.stderr)
    if results.manifest["cells"]["failed"]:
        raise typer.Exit(4)


@app.command()
def report(study: Annotated[Path, typer.Argument(help="Folder of a study.")]) -> None:
    """Write the report of a study again, from its folder alone."""
    from simlab.report import write_report

    print(write_report(study))


@app.command()
def explain(
    study: Annotated[Path, typer.Argument(help="Folder of a study.", show_default=False)],
    run: Annotated[
        int, typer.Option(help="Which run of the study: the number of its replication.", show_default=False)
    ],
    resource: Annotated[
        str, typer.Option(help="What was reached: a resource, or a fact such as publish:package.")
    ],
    strategy: Annotated[
        str,
        typer.Option("--strategy", "-s", help="Of the study; else the first under which it was reached."),
    ] = "",
    reps: Annotated[int, typer.Option(help="Runs over which the best changes are compared.")] = 50,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say why something was reached in one run of a study, hop by hop, and which single change would have stopped it.

    The run is made again from the study's folder alone, and must come out as the study has it.
    """
    from simlab.experiment.explain import BEST
    from simlab.experiment.explain import explain as explain_run
    from simlab.report.explanation import as_dict, print_explanation

    with _progress((BEST + 1) * reps, quiet=quiet) as done:
        found = explain_run(study, resource, run, strategy, reps, done)
    if as_json:
        print(json.dumps(as_dict(found), indent=1, allow_nan=False))
    else:
        print_explanation(found, _console())


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="Scenarios with expectations, or folders of them.")],
    seed: Seed = 1,
    reps: Annotated[int | None, typer.Option(min=2, help="Instead of what each expectation states.")] = None,
) -> None:
    """Hold scenarios to what they expect: reach, exact runs, closed forms."""
    from simlab.report import terminal
    from simlab.scenario import load
    from simlab.verify import check as check_scenario

    found = []
    for path in _scenario_files(paths):
        scenario = load(path)
        found += [(scenario.name, outcome) for outcome in check_scenario(scenario, seed, reps)]
    terminal.outcomes(found, _console())
    missed = sum(not outcome.holds for _, outcome in found)
    print(f"{len(found) - missed} of {len(found)} expectations hold")
    if missed:
        raise typer.Exit(1)


@imports.command()
def grants(
    sources: Annotated[list[Path], typer.Argument(help="Files, or folders of them.", show_default=False)],
    form: Annotated[
        str, typer.Option("--format", help="roles, aws-iam, kubernetes, openfga or cedar; seen, if not said.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="File to write; stdout by default.")] = None,
    strict: Annotated[bool, typer.Option(help="Write nothing unless everything is understood.")] = False,
    attach: Annotated[
        list[str] | None, typer.Option(help="aws-iam: AGENT=FILE; a file's own name by default.")
    ] = None,
    agent_type: Annotated[list[str] | None, typer.Option(help="cedar, openfga: a type of agents.")] = None,
    verb: Annotated[
        list[str] | None, typer.Option(help="openfga: RELATION=read, write, execute or none.")
    ] = None,
) -> None:
    """Write a scenario with who may do what: from roles, IAM policies, Kubernetes RBAC, OpenFGA or Cedar.

    What is not understood is listed on stderr and in the scenario's header.
    """
    from simlab.importers.command import import_grants, pairs

    if out is not None and out.exists():
        msg = f"E404 '{out}' exists; choose another name"
        raise UsageError(msg)
    options = {
        "attach": pairs(attach or [], "--attach"),
        "agents": tuple(agent_type or ()),
        "verbs": pairs(verb or [], "--verb"),
    }
    made = import_grants(sources, form, out.stem if out else "imported", options)
    for note in made.found.notes:
        print(note, file=sys.stderr)
    print(made.found.summary, file=sys.stderr)
    if strict and made.found.notes:
        print("simlab: E607 nothing written, because of what is listed (--strict)", file=sys.stderr)
        raise typer.Exit(3)
    if out is None:
        print(made.text, end="")
        return
    _write(out, made.text)


def _write(path: Path, text: str) -> None:
    """Write *text* to the file *path*, and say where it is."""
    from simlab.experiment.store import write

    try:
        write(path, text)
    except OSError as error:
        msg = f"cannot write '{path}': {error.strerror}"
        raise StoreError(msg) from error
    print(path)


def _lab(file: Path) -> Lab:
    from simlab.api import load

    return load(file)


def _scenario_files(paths: list[Path]) -> list[Path]:
    files = []
    for path in paths:
        files += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not files:
        msg = f"no scenario (*.yaml) in {', '.join(map(str, paths))}"
        raise UsageError(msg)
    return files


def _console() -> Console:
    from rich.console import Console

    wide = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    return Console(width=wide, soft_wrap=False, markup=False, highlight=False)


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    left = (TextColumn("left:"), TimeRemainingColumn())
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), *left)
    with Progress(*columns, console=console, disable=quiet or not sys.stderr.isatty()) as progress:
        bar = progress.add_task("runs", total=total)
        yield lambda count: progress.advance(bar, count)


def main() -> None:
    """Run the command line, and turn what goes wrong into a sentence and an exit status."""
    try:
        app()
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
    except SimlabError as error:
        usage = isinstance(error, UnknownNameError | ParameterError)
        print(f"simlab: {error}", file=sys.stderr)
        sys.exit(2 if usage else error.exit_status)
    except Exception as error:
        if os.environ.get("SIMLAB_DEBUG"):
            raise
        print(f"simlab: a bug: {type(error).__name__}: {error} (SIMLAB_DEBUG=1 shows where)", file=sys.stderr)
        sys.exit(BUG)
