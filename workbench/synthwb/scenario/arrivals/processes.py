"""Which keys of arrivals belong to which process."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.arrivals.shaping import SHAPES
from synthwb.scenario.keys import ARRIVAL
from synthwb.scenario.paths import join
from synthwb.scenario.report import Report
from synthwb.scenario.tree import Entry, Node

__all__ = ["EXAMPLES", "NEEDED", "ONCE", "OWNED", "belongs", "for_life", "has_actor"]

NEEDED: Mapping[str, tuple[str, ...]] = {
    "poisson": ("rate",),
    "constant": ("rate",),
    "renewal": ("gap",),
    "schedule": ("cron",),
    "hawkes": ("rate", "branching", "decay"),
    "once": (),
    "births": (),
    "per_actor": (),
}
"""By process: the keys that it cannot do without."""

_BESIDE: Mapping[str, tuple[str, ...]] = {
    "poisson": SHAPES,
    "constant": SHAPES,
    "renewal": (),
    "schedule": ("count", "jitter"),
    "hawkes": SHAPES,
    "once": ("jitter",),
    "births": ("jitter",),
    "per_actor": ("rate", "gap", "count", "every", "chance", "jitter", *SHAPES),
}

EXAMPLES: Mapping[str, str] = {
    "rate": "how many in event time, such as rate: 5/s",
    "gap": "such as gap: {lognormal: {median: 12s, sigma: 0.8}}",
    "cron": 'such as cron: "0 9 * * mon-fri"',
    "branching": "how many more events each brings about on average, such as branching: 0.6",
    "decay": "how long that takes on average, such as decay: 30s",
}
"""By key: what it could say."""


ONCE = ("once", "births")
"""Those that come once for each row of the actor's entity."""

OWNED = (*ONCE, "per_actor")
"""Those whose arrivals belong each to a row of the actor's entity."""


def belongs(report: Report, process: str, keys: Mapping[str, Entry], node: Node, path: str) -> bool:
    """Whether the keys are those of the process, and all that it cannot do without are there; reported if not."""
    complete = True
    for name, entry in keys.items():
        if name not in (*NEEDED[process], *_BESIDE[process], "process", "concurrency"):
            owners = [each for each in NEEDED if name in (*NEEDED[each], *_BESIDE[each])]
            message = f"{name!r} belongs to {_listed(owners)}, and the process is {process}"
            needing = [each for each in owners if name in NEEDED[each]] or owners
            hint = f"write process: {needing[0]}, or remove it" if len(needing) == 1 else "remove it"
            report.error("contradiction", message, entry.key, join(path, name), hint)
            complete = False
    if not complete:
        return False
    for name in NEEDED[process]:
        if name not in keys:
            complete = False
            if node.get(name) is None:
                message = f"{process} arrivals need {name!r}, {ARRIVAL[name].kind}"
                report.error("missing-key", message, node, path, EXAMPLES[name])
    return complete


def for_life(arrivals: Node | None) -> frozenset[str]:
    """What each row begins once, as far as ``arrivals`` says so: a session of it need not end."""
    entries = arrivals.entries if arrivals is not None else ()
    found = {entry.name: entry.value.get("process") for entry in entries}
    return frozenset(name for name, process in found.items() if process is not None and process.value in ONCE)


def has_actor(report: Report, process: str, owner: Entry, node: Node, path: str) -> bool:
    """Whether an event or a flow has an actor, which its process needs; reported if not."""
    if owner.value.get("actor") is not None:
        return True
    message = f"of {process} each arrival belongs to an actor, and {owner.name!r} has none"
    report.error("contradiction", message, node, path, f"add actor: to {owner.name!r}, with the name of an entity")
    return False


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
