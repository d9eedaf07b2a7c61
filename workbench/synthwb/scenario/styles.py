"""What stands beside a format: how text writes nulls and nested values, and the templates of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthwb.scenario.formats import FORMATS
from synthwb.scenario.keys import NESTED
from synthwb.scenario.linetemplates import read_line_template, read_line_templates
from synthwb.scenario.model import CsvStyle, LineTemplate
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry
from synthwb.scenario.values import Values

__all__ = ["read_style", "read_templates"]


def read_style(values: Values, keys: Mapping[str, Entry], form: str, path: str) -> CsvStyle:
    """``nulls`` and ``nested``, which are refused where the format has no use for them."""
    table = bool(FORMATS[form].separator)
    found: dict[str, str | None] = {}
    for name, means in (("nulls", table or form == "template"), ("nested", table)):
        entry, here = keys.get(name), join(path, name)
        if entry is None:
            continue
        if not means:
            message = f"{name} is for CSV, and this is written as {FORMATS[form].title}"
            values.report.error("contradiction", message, entry.key, here, "remove it, or write format: csv")
        elif name == "nulls":
            found["null"] = values.text(entry.value, here, "the text of a null")
        else:
            found["nested"] = values.choice(entry.value, NESTED, here, "form")
    return CsvStyle(**{name: value for name, value in found.items() if value is not None})


def read_templates(
    values: Values, keys: Mapping[str, Entry], path: str, form: str | None, events: Sequence[str]
) -> Mapping[str, LineTemplate] | None:
    """``template`` (under the name "") and ``templates``, by event; None where there are none.

    ``form``: the format that is written, if one is. A problem is reported for templates in another format, and for a
    format that needs them where there are none.
    """
    here = [name for name in ("template", "templates") if name in keys]
    if not here:
        if form == "template":
            hint = 'add template: "{event.time} {event.name}", or templates: with one for each event'
            values.report.error("missing-key", "the format template needs a template", keys["format"].value, path, hint)
        return None
    if form not in (None, "template"):
        message = f"a template is the whole record, and this is written as {FORMATS[form].title}"
        entry = keys[here[0]]
        hint = f"remove {here[0]}:, or format:"
        values.report.error("contradiction", message, entry.key, join(path, here[0]), hint)
        return None
    found: dict[str, LineTemplate] = {}
    if "templates" in keys:
        found.update(read_line_templates(values, keys["templates"].value, join(path, "templates"), events))
    if "template" in keys:
        one = read_line_template(values, keys["template"].value, join(path, "template"))
        found |= {} if one is None else {"": one}
    return found
