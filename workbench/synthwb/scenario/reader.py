"""The door of the language: text in, validated scenario out, with every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthwb.errors import ScenarioError, UsageError
from synthwb.scenario.arrivals.processes import for_life
from synthwb.scenario.arrivals.reading import Arrivals
from synthwb.scenario.blocks import Blocks, type_entries
from synthwb.scenario.carrying import check_memories
from synthwb.scenario.checks.reading import Checks
from synthwb.scenario.diagnostics import Diagnostic
from synthwb.scenario.document import LARGEST, Document, compose
from synthwb.scenario.flows.ahead import check_ahead
from synthwb.scenario.flows.fields import arranged
from synthwb.scenario.flows.model import Flow
from synthwb.scenario.flows.reading import Flows
from synthwb.scenario.keys import ROOT
from synthwb.scenario.layers.formats import check_formats
from synthwb.scenario.layers.model import Layer, TruthSpec
from synthwb.scenario.layers.reading import Layers, read_truth
from synthwb.scenario.layers.targets import fields_of_states
from synthwb.scenario.linetemplates import check_line_templates
from synthwb.scenario.locales import read_locales
from synthwb.scenario.model import Clock, Envelope, EventType, Scenario, SinkSpec
from synthwb.scenario.outputs import Outputs
from synthwb.scenario.params import override, substitute
from synthwb.scenario.replaying import Replays
from synthwb.scenario.report import Report
from synthwb.scenario.timing import Timing
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Parsed", "load", "loads", "parse"]

DEFAULT_SEED = 42
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a text: the scenario if there is no error, all problems in document order, the document.

    ``begin``: the start that took the place of ``now`` in it (see `synthwb.scenario.parse_at`); empty where it has one.
    """

    scenario: Scenario | None
    diagnostics: tuple[Diagnostic, ...]
    document: Document
    begin: str = ""


def parse(text: str | bytes, *, overrides: Mapping[str, str] | None = None, folder: str | Path | None = None) -> Parsed:
    """Read a scenario. Never raises for a bad document; ``scenario`` is None exactly if there is an error.

    ``overrides`` are values by path (``{"order_placed.total.median": "80"}``), written as YAML. ``folder``: where the
    paths of the files that it reads begin (without: the working directory).
    """
    document, problems = compose(text)
    report = Report(document)
    report.found.extend(problems)
    scenario = None
    if document.root is not None:
        if overrides:
            override(report, overrides)
        substitute(report)
        scenario = _Reader(report, document.root, Path(folder or ".")).scenario()
    return Parsed(None if report.failed else scenario, report.done(), document)


def loads(
    text: str | bytes,
    *,
    overrides: Mapping[str, str] | None = None,
    source: str = "scenario",
    folder: str | Path | None = None,
) -> Scenario:
    """The scenario of a text. ``folder``: where the paths of its files begin.

    Raises ScenarioError with all problems if there is an error among them.
    """
    parsed = parse(text, overrides=overrides, folder=folder)
    if parsed.scenario is None:
        raise ScenarioError(parsed.diagnostics, source=source)
    return parsed.scenario


def load(path: str | Path, *, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The scenario in a file.

    Raises UsageError if it cannot be read, ScenarioError if it is wrong.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}; synthwb presets lists ready scenarios") from None
    except IsADirectoryError:
        raise UsageError(f"{str(path)!r} is a folder; name the scenario file in it") from None
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}") from None
    return loads(data, overrides=overrides, source=str(path), folder=Path(path).parent)


class _Reader:
    """Reads the blocks of one document."""

    def __init__(self, report: Report, root: Node, folder: Path) -> None:
        self.report = report
        self.values = Values(report)
        self.values.folder = folder
        self._root = root
        self.keys: dict[str, Entry] = report.keys(root, ROOT, "", "a scenario", free=True)

    def node(self, name: str) -> Node | None:
        """The value of a top-level key; nothing for one that is left empty, which is fine while typing."""
        entry = self.keys.get(name)
        if entry is None or not entry.value.is_null:
            return entry.value if entry else None
        self.report.warning("empty", f"{name!r} is empty", entry.key, name, "remove it, or fill it")
        return None

    def scenario(self) -> Scenario | None:
        """Everything; None where too little could be read."""
        self._version()
        timing = Timing(self.values)
        replays = Replays(self.values, self.node("replay"))
        clock = timing.clock(self.node("clock"), replays.first)
        replays.placed()
        self._locales()
        entities = type_entries(self.report, self.node("entities"), "entity", "entities")
        events = type_entries(self.report, self._events(replays), "event", "events")
        limit = timing.limit(self.node("limit"))
        flows = type_entries(self.report, self.node("flows"), "flow", "flows")
        blocks = Blocks(self.values, entities, events, flows)
        blocks.within(clock, limit)
        found_entities = blocks.entities()
        arrivals_node = self.node("arrivals")
        walks = Flows(blocks, flows, events, for_life(arrivals_node))
        found_events = blocks.events()
        found_flows = walks.read()
        found_events = self._together(found_events, found_flows, walks.emitted)
        reading = Arrivals(self.values, clock, found_entities, blocks.source)
        arrivals = reading.read(arrivals_node, events, flows, walks.emitted, replays.names)
        check_ahead(self.report, found_entities, arrivals, blocks.actors, found_flows)
        outputs = Outputs(self.values, tuple(events), clock.zone)
        envelope, sinks = self._outputs(outputs, events, walks.added())
        layers, truth = self._layers(clock, blocks, {e: found_events.get(e) for e in events}, found_flows, sinks)
        pacing = timing.pacing(self.node("pacing"), clock)
        node = self.node("checks")
        checks = () if node is None else Checks(self.values, events, found_events, found_flows).read(node)
        seed, name, doc = self._seed(), self._text("name"), self._text("doc")
        if self.report.failed or envelope is None:
            return None
        return Scenario(
            name,
            seed,
            self.values.locales,
            clock,
            {**found_entities, **blocks.standard},
            found_events,
            arrivals,
            limit,
            pacing,
            envelope,
            sinks,
            doc,
            found_flows,
            checks,
            layers,
            truth,
            replays.replay,
        )

    def _together(
        self, events: dict[str, EventType], flows: dict[str, Flow], emitted: frozenset[str]
    ) -> dict[str, EventType]:
        """The events as they are beside the flows that emit them."""
        found = arranged(self.report, events, flows)
        check_memories(self.report, found, flows, emitted)
        return found

    def _outputs(
        self, outputs: Outputs, events: Mapping[str, Entry], added: Iterable[tuple[str, Entry, str]]
    ) -> tuple[Envelope | None, tuple[SinkSpec, ...]]:
        """How records are wrapped (None: that could not be read), and where they go."""
        node = self.node("envelope")
        envelope = Envelope() if node is None else outputs.envelope(node, "envelope")
        node = self.node("sinks")
        sinks = () if node is None else outputs.sinks(node)
        if envelope is not None:
            envelopes = [envelope, *(sink.envelope for sink in sinks if sink.envelope)]
            outputs.collisions(events, envelopes, added)
        return envelope, sinks

    def _layers(
        self,
        clock: Clock,
        blocks: Blocks,
        events: Mapping[str, EventType | None],
        flows: Mapping[str, Flow],
        sinks: Sequence[SinkSpec],
    ) -> tuple[tuple[Layer, ...], TruthSpec | None]:
        """The imperfections, in order, which the sinks can show, and the truth."""
        reader = Layers(self.values, clock, events, fields_of_states(flows), blocks.scopes)
        layers = reader.read(self.node("imperfections"))
        check_formats(self.report, layers, sinks)
        check_line_templates(self.report, events, fields_of_states(flows), sinks)
        return layers, read_truth(self.values, self.node("truth"), sinks)

    def _events(self, replays: Replays) -> Node | None:
        entry = self.keys.get("events")
        if replays.wanted and (entry is None or not entry.value.is_null):
            return replays.events(None if entry is None else entry.value)
        if entry is None and self._root.kind is NodeKind.MAPPING:
            message = f"a scenario needs 'events', {ROOT['events'].kind}"
            self.report.error(
                "missing-key", message, self._root, "", "the record types; or replay, a file that has them"
            )
        if entry is not None and (entry.value.is_null or (entry.value.size == 1 and not entry.value.text)):
            hint = "such as page_viewed: {fields: {user_id: uuid}}"
            self.report.error("missing-value", "a scenario needs an event", entry.key, "events", hint)
            return None
        return entry.value if entry else None

    def _version(self) -> None:
        entry = self.keys.get("synthwb")
        if entry is not None and entry.value.value != _VERSION:
            edit = self.report.replace(entry.value, entry.value.text, str(_VERSION)) if entry.value.text else None
            message = f"this synthwb reads version {_VERSION} of the language, not {entry.value.describe()}"
            self.report.error("version", message, entry.value, "synthwb", f"write synthwb: {_VERSION}", edit)

    def _seed(self) -> int:
        node = self.node("seed")
        found = None if node is None else self.values.integer(node, "seed", (0, None, None, None))
        return DEFAULT_SEED if found is None else found

    def _locales(self) -> None:
        node = self.node("locale")
        found = None if node is None else read_locales(self.values, node, "locale")
        if found is not None:
            self.values.locales = found

    def _text(self, name: str) -> str:
        node = self.node(name)
        return "" if node is None else self.values.text(node, name) or ""
