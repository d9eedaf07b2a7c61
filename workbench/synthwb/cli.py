"""The command line: ``synthwb`` alone opens the workbench, its verbs run headless.

Exit codes: 0 done; 1 the run failed (sink, disk); 2 bad usage or bad document; 3 a check failed; 130 interrupted.
Only options are declared here; the verbs live in `synthwb.commands` and load what they need when they are called.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from synthwb._version import __version__
from synthwb.commands.options import (
    CheckpointOption,
    FromOption,
    LagOption,
    LiveOption,
    PluginOption,
    RateOption,
    ResumeOption,
    SaveOption,
    SeedOption,
    SetOption,
    SpeedOption,
    StateOption,
    TargetOption,
)
from synthwb.commands.talk import INTERRUPTED, manners
from synthwb.commands.words import ScenarioWord, check_word, preset_words, scenario_words, topic_words

__all__ = ["app", "main"]

_OPEN = "open"


class _Verbs(TyperGroup):
    """A first word that is no verb is a scenario to open in the workbench."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word = args[0]
        if self.get_command(ctx, word) is None and (word == "-" or not word.startswith("-")):
            return _OPEN, self.get_command(ctx, _OPEN), args
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Verbs,
    name="synthwb",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CheckFormat(StrEnum):
    """How ``check`` reports."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class PreviewFormat(StrEnum):
    """How ``preview`` shows events."""

    TABLE = "table"
    JSON = "json"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"synthwb {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True, subcommand_metavar="[SCENARIO] | VERB ...")
def synthwb(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    plugins: PluginOption = None,
) -> None:
    """Synthetic event streams from one YAML scenario. Without a verb, the workbench opens.

    \b
    Examples:
      synthwb                      the workbench, on a preset that is already streaming
      synthwb web-shop             the workbench on a preset
      synthwb my-scenario.yaml     the workbench on a file
      synthwb run web-shop --rate max --count 1000000 --to 'out/{event}.jsonl'
      synthwb preview web-shop -n 5
      synthwb check *.yaml
      synthwb presets
      synthwb reference lognormal
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(_opened(None, plugins))
    _load(plugins)


@app.command(_OPEN, hidden=True)
def open_scenario(scenario: ScenarioWord, plugins: PluginOption = None) -> None:
    """Open a scenario in the workbench.

    \b
    Examples:
      synthwb open my-scenario.yaml
    """
    raise typer.Exit(_opened(scenario, plugins))


def _load(plugins: Sequence[str] | None) -> None:
    """Load what was asked for by name before anything reads a scenario."""
    if plugins:
        with manners():
            from synthwb.generators.plugins import load_plugins

            load_plugins(plugins)


def _opened(word: str | None, plugins: Sequence[str] | None) -> int:
    with manners():
        from synthwb.generators.plugins import load_plugins

        load_plugins(plugins or ())
        if word is not None and not Path(word).expanduser().exists():
            check_word(word)
        from synthwb.tui import open_workbench

        return open_workbench(word)


@app.command()
def run(
    scenario: ScenarioWord,
    to: TargetOption = None,
    rate: RateOption = None,
    speed: SpeedOption = None,
    live: LiveOption = False,
    begin: FromOption = None,
    on_lag: LagOption = None,
    count: Annotated[int | None, typer.Option("--count", min=1, metavar="N", help="End after N events.")] = None,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="End after so much event time: 10m, 2h, 7d.")
    ] = None,
    wall: Annotated[
        str | None, typer.Option("--wall", metavar="DURATION", help="End after so much time on the clock: 30s, 10m.")
    ] = None,
    seed: SeedOption = None,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, max=1 << 20, metavar="N", help="Events made together at most.")
    ] = None,
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=64, metavar="N", help="Threads that generate. Never changes the data."),
    ] = 1,
    overrides: SetOption = None,
    save_entities: SaveOption = None,
    truth: Annotated[str | None, typer.Option("--truth", metavar="FILE", help="Write what imperfections did.")] = None,
    state: StateOption = None,
    resume: ResumeOption = False,
    checkpoint: CheckpointOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show pools, memory, rates and targets; write nothing.")
    ] = False,
    plugins: PluginOption = None,
) -> None:
    """Generate a stream of events.

    Without --rate, --speed, --live and a word in the document, a terminal gets event time at 1x, a file or a pipe gets
    events as fast as they can be made. A run with an end writes NAME.part and renames it when it is whole; a run
    without an end appends (Parquet files get their name when the run is stopped). With --state an interruption loses
    nothing: the same command with --resume goes on, and leaves the same files as a run that was never interrupted.

    \b
    Examples:
      synthwb run web-shop | head -3
      synthwb run web-shop --rate max --count 1000000 --to 'out/{event}.parquet'
      synthwb run my.yaml --rate 500/s --wall 10m --to events.jsonl
      synthwb run my.yaml --live --from now-7d --to events.jsonl
      synthwb run my.yaml --for 7d --seed 7 --set params.users=100 --to @archive
      synthwb run my.yaml --to out.jsonl --state run.db            # and after it was killed: the same with --resume
      synthwb run my.yaml --to 'https://example.org/events?batch=500&bearer=${TOKEN}'
      synthwb run my.yaml --dry-run
    """
    _load(plugins)
    with manners():
        from synthwb.commands.pacing import Following
        from synthwb.commands.run import Saving, Wishes
        from synthwb.commands.run import run as run_scenario

        follow, changes = Following(rate, speed, live, begin, on_lag), overrides or ()
        ends, saving = (count, duration, wall), Saving(state, resume, checkpoint)
        wishes = Wishes(to or (), follow, *ends, seed, batch, workers, changes, dry_run, save_entities, truth, saving)
        code = run_scenario(scenario, wishes)
    raise typer.Exit(code)


@app.command()
def resend(
    letters: Annotated[
        Path, typer.Argument(metavar="FILE", help="Dead letters of an earlier run.", show_default=False)
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="TARGET", help="Where to: an address, a file, or @NAME of a sink in --of.")
    ],
    scenario: Annotated[
        str | None, typer.Option("--of", metavar="SCENARIO", help="The document that @NAME is looked up in.")
    ] = None,
    plugins: PluginOption = None,
) -> None:
    """Send the events again that a destination did not take.

    The file keeps those that are refused again, and is removed when there are none. Events are sent as they were
    encoded then.

    \b
    Examples:
      synthwb resend http.dead.jsonl --to https://example.org/events
      synthwb resend orders.dead.jsonl --to @orders --of my-shop.yaml
    """
    _load(plugins)
    with manners():
        from synthwb.commands.resend import resend as send_again

        code = send_again(letters, to, scenario)
    raise typer.Exit(code)


@app.command()
def preview(
    scenario: ScenarioWord,
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=100_000, metavar="N", help="How many events.")] = 20,
    shape: Annotated[PreviewFormat, typer.Option("--format", help="Tables, or JSON lines.")] = PreviewFormat.TABLE,
    seed: SeedOption = None,
    overrides: SetOption = None,
    plugins: PluginOption = None,
) -> None:
    """Show the first events, exactly those with which a run would begin.

    \b
    Examples:
      synthwb preview web-shop
      synthwb preview my.yaml -n 5 --format json
      cat my.yaml | synthwb preview -
    """
    _load(plugins)
    with manners():
        from synthwb.commands.preview import preview as preview_scenario

        code = preview_scenario(scenario, count, shape.value, seed=seed, overrides=overrides or ())
    raise typer.Exit(code)


@app.command()
def check(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Files, presets, or -.", autocompletion=scenario_words)
    ],
    shape: Annotated[CheckFormat, typer.Option("--format", help="For people, programs or CI.")] = CheckFormat.TEXT,
    plugins: PluginOption = None,
) -> None:
    """Report all problems of documents, with line and column. Exit code 2 if there is an error.

    \b
    Examples:
      synthwb check my.yaml
      synthwb check scenarios/*.yaml --format github
      synthwb check my.yaml --format sarif > synthwb.sarif
    """
    _load(plugins)
    with manners():
        from synthwb.commands.check import check as check_documents

        code = check_documents(scenarios, shape.value)
    raise typer.Exit(code)


@app.command()
def presets(
    name: Annotated[
        str | None, typer.Argument(help="A preset to show.", autocompletion=preset_words, show_default=False)
    ] = None,
    copy: Annotated[
        Path | None, typer.Option("--copy", metavar="PATH", help="Write it to a new file, or into a folder.")
    ] = None,
) -> None:
    """List the ready scenarios; show or copy one.

    \b
    Examples:
      synthwb presets
      synthwb presets web-shop
      synthwb presets web-shop --copy my-shop.yaml
    """
    with manners():
        from synthwb.commands import presets as verb

        if name is None:
            if copy is not None:
                from synthwb.errors import UsageError

                raise UsageError("--copy needs the name of a preset: synthwb presets web-shop --copy my-shop.yaml")
            verb.list_presets()
        elif copy is None:
            verb.show_preset(name)
        else:
            verb.copy_preset(name, copy)


@app.command()
def reference(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A generator, modifier, block, function, envelope, sink or method of Faker; faker lists those.",
            autocompletion=topic_words,
            show_default=False,
        ),
    ] = None,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of a scenario, for editors.")
    ] = False,
    plugins: PluginOption = None,
) -> None:
    """List all that a scenario may say; tell all about one of it, with its examples executed.

    \b
    Examples:
      synthwb reference
      synthwb reference lognormal
      synthwb reference clock
      synthwb reference date_of_birth
      synthwb reference faker
      synthwb reference --json-schema > synthwb.schema.json
    """
    _load(plugins)
    with manners():
        from synthwb.commands import reference as verb

        if json_schema:
            verb.print_schema()
        elif name is None:
            verb.list_entries()
        else:
            verb.show_entries(name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        typer.main.get_command(app).main(
            args=None if arguments is None else list(arguments), prog_name="synthwb", standalone_mode=True
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
