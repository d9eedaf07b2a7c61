"""Imperfections: reads the list of layers, each with what it is about, how often, when, and what it does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from synthwb.scenario.layers.keys import IDS, LAYER, LAYERS, TRUTH
from synthwb.scenario.layers.model import BYTE_LEVEL, HOWS, Layer, TruthSpec
from synthwb.scenario.layers.rates import Rates
from synthwb.scenario.layers.targets import Targets
from synthwb.scenario.layers.windows import read_window
from synthwb.scenario.model import Clock, EventType, Field, SinkSpec
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Layers", "read_truth"]

_PPM = re.compile(r"([+-]?\d{1,12}(?:\.\d{1,12})?)\s?ppm")
_MOST_COPIES = 100
_EXAMPLES = {
    "late": "late: {rate: 5%, delay: {exponential: {mean: 40s}, max: 10m}}",
    "duplicate": "duplicate: {rate: 2%}",
}


class Layers:
    """Reads ``imperfections``. ``given``: fields that only flows give, by event; ``scopes``: what fields can read."""

    def __init__(
        self,
        values: Values,
        clock: Clock,
        events: Mapping[str, EventType | None],
        given: Mapping[str, Sequence[Field]],
        scopes: Mapping[str, Scope],
    ) -> None:
        self.values = values
        self.report = values.report
        self.clock = clock
        self.targets = Targets(values, events, given)
        self.rates = Rates(values, scopes)
        self._kinds: Counter[str] = Counter()
        self._alike: Counter[str] = Counter()

    def read(self, node: Node | None) -> tuple[Layer, ...]:
        """The layers that could be read, in the document's order."""
        if node is None:
            return ()
        if node.kind is not NodeKind.SEQUENCE:
            example = f"such as [{{{_EXAMPLES['late']}}}]"
            self.report.expected(node, "a list of imperfections", "imperfections", example)
            return ()
        found: list[Layer] = []
        for number, item in enumerate(node.items):
            layer = self._layer(item, f"imperfections.{number}")
            if layer is not None and any(layer.name == other.name for other in found):
                message = f"two layers are called {layer.name!r}"
                self.report.error("name-clash", message, item, f"imperfections.{number}", "rename one of them")
            if layer is not None:
                found.append(layer)
        return tuple(found)

    def _layer(self, node: Node, path: str) -> Layer | None:
        """One item: a kind with what it needs."""
        if node.kind is not NodeKind.MAPPING:
            self.report.expected(node, "an imperfection", path, f"such as {{{_EXAMPLES['duplicate']}}}")
            return None
        keys = self.report.keys(node, LAYER, path, "an imperfection")
        if len(keys) != 1:
            if len(keys) > 1:
                message = f"one imperfection, {len(keys)} kinds: {', '.join(keys)}"
                self.report.error("contradiction", message, node, path, "make a list item of each")
            elif not node.entries:
                self.report.error("missing-key", "an imperfection names no kind", node, path, ", ".join(LAYER))
            return None
        (kind,) = keys
        return self._of_kind(kind, keys[kind].value, join(path, kind))

    def _of_kind(self, kind: str, node: Node, path: str) -> Layer | None:
        report = self.report
        errors = len(report.found)
        table = LAYERS[kind]
        keys = report.keys(node, table, path, kind)
        if node.kind is not NodeKind.MAPPING:
            return None
        events, fields, written = self.targets.read(kind, keys, path)
        args = self._args(kind, keys, path)
        source: dict[str, str] = {}
        if kind == "skew":
            events, source = self.targets.clocks(events, keys, path, node)
        rate = self.rates.rate(keys, path, events)
        when = self.rates.when(keys, path, events)
        start, end = read_window(self.values, self.clock, keys, path)
        name = self._name(keys, path)
        if any(problem.severity.value == "error" for problem in report.found[errors:]) or rate is None:
            return None
        if kind == "drop" and rate == 1.0 and start is None and end is None and len(events) == len(self.targets.events):
            message = "every record is dropped: nothing ever arrives"
            report.error("contradiction", message, keys["rate"].value, join(path, "rate"), "lower it, or add a window")
            return None
        self._kinds[kind] += 1
        count = self._kinds[kind]
        shown = name or (kind if count == 1 else f"{kind}-{count}")
        address = name or self._address(kind, written)
        args |= {"by": source} if kind == "skew" else {}
        return Layer(kind, shown, address, events, fields, rate, when, start, end, args, report.span(node))

    def _address(self, kind: str, written: str) -> str:
        """What a layer's draws are addressed by: layers of other kinds or targets do not change it."""
        alike = f"{kind} {written}".strip()
        self._alike[alike] += 1
        return f"{alike} {self._alike[alike]}" if self._alike[alike] > 1 else alike

    def _name(self, keys: Mapping[str, Entry], path: str) -> str | None:
        if "name" not in keys:
            return None
        found = self.values.text(keys["name"].value, join(path, "name"), "a name")
        if found is not None and not found.strip():
            self.report.expected(keys["name"].value, "a name", join(path, "name"), "or leave it out")
        return found

    def _args(self, kind: str, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        """What only this kind says."""
        read = {
            "late": self._late,
            "reorder": self._reorder,
            "duplicate": self._duplicate,
            "outlier": self._outlier,
            "skew": self._skew,
            "corrupt": self._corrupt,
        }.get(kind)
        return {} if read is None else read(keys, path)

    def _quantity(self, entry: Entry | None, path: str, unit: str, what: str, example: str) -> Field | None:
        """A quantity that may not grow without end: what is held back for it is held in memory."""
        if entry is None:
            return None
        found = Quantities(self.values, unit, what).read(entry.value, path, example)
        if found is not None and support(found)[1] == float("inf"):
            message = (
                f"{what} without an end: {found.call.generator} can give any, and all that waits is held in memory"
            )
            hint = (
                f"write max: 10m beside {found.call.generator}"
                if unit
                else f"write max: 5 beside {found.call.generator}"
            )
            self.report.error("contradiction", message, entry.value, path, hint)
            return None
        return found

    def _late(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        example = "such as {exponential: {mean: 40s}, max: 10m}"
        delay = self._quantity(keys.get("delay"), join(path, "delay"), "s", "a delay", example)
        if delay is not None and support(delay)[1] <= 0:
            where = keys["delay"].value
            self.report.warning("no-effect", "a delay of 0s: nothing is late", where, join(path, "delay"))
        return {"delay": delay}

    def _reorder(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        if "within" not in keys:
            return {}
        where, here = keys["within"].value, join(path, "within")
        within = self.values.duration(where, here)
        if within is not None and within <= 0:
            message = "records that arrive within 0s keep their order"
            self.report.error("contradiction", message, where, here, "such as 5s")
        return {"within": within}

    def _duplicate(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        after = self._quantity(
            keys.get("after"), join(path, "after"), "s", "a delay", "such as {uniform: {min: 0s, max: 30s}}"
        )
        times = self._quantity(keys.get("times"), join(path, "times"), "", "a number of copies", "such as 2")
        if times is not None and support(times)[1] > _MOST_COPIES:
            message = f"at most {_MOST_COPIES} copies of a record, not {support(times)[1]:g}"
            self.report.error("range", message, keys["times"].value, join(path, "times"), "write a max beside it")
        new = False
        if "id" in keys:
            new = self.values.choice(keys["id"].value, IDS, join(path, "id"), "id") == "new"
        return {"after": after, "times": times, "new": new}

    def _outlier(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        ways = [way for way in ("factor", "shift", "to") if way in keys]
        if not ways and keys:
            hint = "such as factor: 10, shift: {normal: {mean: 0, std: 100}} or to: 9999"
            where = next(iter(keys.values())).key
            self.report.error("missing-key", "an outlier needs factor, shift or to", where, path, hint)
        elif "to" in ways and len(ways) > 1:
            message = f"to takes the place of the value, and {ways[0]} would change it"
            self.report.error("contradiction", message, keys["to"].key, join(path, "to"), "remove one of them")
        return {
            way: Quantities(self.values, "", f"a {way}", signed=True).read(
                keys[way].value, join(path, way), "such as 10"
            )
            for way in ways
        }

    def _skew(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        if "offset" not in keys and "drift" not in keys and keys:
            hint = "such as offset: {normal: {mean: 0s, std: 2s}} or drift: 50ppm"
            self.report.error("missing-key", "skew needs offset or drift", next(iter(keys.values())).key, path, hint)
        offset = drift = None
        if "offset" in keys:
            offset = Quantities(self.values, "s", "an offset", signed=True).read(
                keys["offset"].value, join(path, "offset"), "such as {normal: {mean: 0s, std: 2s}}"
            )
        if "drift" in keys:
            node = keys["drift"].value
            found = _PPM.fullmatch(node.value.strip()) if isinstance(node.value, str) else None
            if found is not None:
                node = Node.scalar(float(found[1]), node.start, node.end, node.text)
            drift = Quantities(self.values, "", "a drift", signed=True).read(
                node, join(path, "drift"), "such as 50ppm, or {normal: {mean: 0, std: 50}}"
            )
        return {"offset": offset, "drift": drift}

    def _corrupt(self, keys: Mapping[str, Entry], path: str) -> dict[str, Any]:
        if "how" not in keys:
            return {}
        node, here = keys["how"].value, join(path, "how")
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            self.report.expected(node, "a list of ways", here, f"such as [{', '.join(HOWS[:2])}]")
        found: dict[str, None] = {}
        for item in node.items:
            word = self.values.choice(item, HOWS, here, "way")
            if word is not None:
                found[word] = None
        if "fields" in keys and found and not set(found) - set(BYTE_LEVEL):
            message = f"{', '.join(found)} {'breaks' if len(found) == 1 else 'break'} whole records, so no field is hit"
            hint = "name their events instead, or add wrong_type or bad_timestamp"
            self.values.report.error("contradiction", message, keys["fields"].value, join(path, "fields"), hint)
        return {"how": tuple(found)}


def read_truth(values: Values, node: Node | None, sinks: Sequence[SinkSpec]) -> TruthSpec | None:
    """``truth: {file: out/truth.jsonl}``, or the path alone; no sink may write there."""
    if node is None:
        return None
    path, where = "truth", node
    if node.kind is NodeKind.MAPPING:
        keys = values.report.keys(node, TRUTH, "truth", "the truth")
        if "file" not in keys:
            return None
        path, where = "truth.file", keys["file"].value
    written = values.text(where, path, "the path of a file, such as out/truth.jsonl")
    if written is None:
        return None
    if not written.strip() or "\0" in written or "\n" in written or "{event}" in written:
        values.report.expected(where, "the path of one file", path, "such as out/truth.jsonl")
        return None
    if any(sink.path == written for sink in sinks):
        message = f"the truth and a sink write to {written!r}"
        values.report.error("contradiction", message, where, path, "give each its own file")
    return TruthSpec(written, values.report.span(where))
