"""A destination that keeps nothing but how many events of each type it was given."""

from __future__ import annotations

import json

from synthwb.errors import SinkError
from synthwb.sinks import REQUIRED, DeclaredSink, Option, OptionKind, SinkReport, Takes, register_sink


@register_sink
class Tally(DeclaredSink):
    """A file with how many events of each type there were, as one object of JSON.

    It is written when the run is saved, and when it ends.
    """

    name = "tally"
    shorthand = "path"
    schemes = ("tally",)
    sample = "tally:///tmp/counts.json"
    guarantee = "Exactly once: a saved run goes on with the counts it had."
    options = (
        Option("path", OptionKind.TEXT, "The file", REQUIRED, example="counts.json"),
        Option("indent", OptionKind.INTEGER, "Spaces before each line", 0, minimum=0, maximum=8),
    )
    examples = ("{tally: counts.json}",)

    @classmethod
    def takes(cls, options, form):
        """Messages say of each event which type it is."""
        return Takes.MESSAGES

    @classmethod
    def from_address(cls, address, query):
        """``tally:///srv/counts.json``."""
        return {"path": address.path}

    def open(self, info, mark=None):
        """Begin at nothing, or where the saved run was."""
        self._counts = dict(mark["counts"]) if mark else {}
        self._write()

    def write(self, event, data, count):
        """Count what came."""
        for kind in data.kinds.tolist():
            name = data.events[kind]
            self._counts[name] = self._counts.get(name, 0) + 1

    def position(self):
        """The path as it was written."""
        return self.chosen["path"]

    def mark(self):
        """Have the counts on the disk, and say what they are."""
        self._write()
        return {"counts": dict(self._counts)}

    def close(self, commit=True):
        """Write them for the last time."""
        if commit:
            self._write()

    def report(self):
        """All that was given is counted."""
        return SinkReport(delivered=sum(getattr(self, "_counts", {}).values()))

    def _write(self):
        try:
            with open(self.chosen["path"], "w") as file:
                json.dump(self._counts, file, indent=self.chosen["indent"] or None)
        except OSError as error:
            raise SinkError(f"{self.chosen['path']}: {error.strerror}") from None
