"""Words, options and what is said about wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthwb
from synthwb.commands.talk import printable
from synthwb.scenario import presets

Call = Callable[..., Any]


def test_the_version(call: Call) -> None:
    assert call("--version").out == f"synthwb {synthwb.__version__}\n"


@pytest.mark.parametrize("verb", [(), ("run",), ("preview",), ("check",), ("presets",)])
def test_every_help_has_examples(call: Call, verb: tuple[str, ...]) -> None:
    outcome = call(*verb, "--help")
    assert outcome.code == 0
    assert outcome.err == ""
    assert "Examples:\n" in outcome.out
    assert f"\n    {' '.join(('synthwb', *verb))}" in outcome.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run",), "Missing argument"),
        (("run", "web-shop", "--bogus"), "No such option"),
        (("run", "web-shop", "--count", "0"), "--count"),
        (("run", "web-shop", "--seed", "-1"), "--seed"),
        (("run", "web-shop", "--rate", "fast"), "--rate fast: not a rate; write 500/s"),
        (("run", "web-shop", "--rate", "-5"), "--rate -5: not a rate"),
        (("run", "web-shop", "--rate", "inf"), "--rate inf: not a rate"),
        (("run", "web-shop", "--for", "soon"), "--for soon: not a duration; write 40s"),
        (("run", "web-shop", "--wall", "0s"), "--wall 0s: not a duration"),
        (("run", "web-shop", "--set", "seed"), "--set seed: write --set path=value"),
        (("run", "web-shop", "--to", "a.xlsx"), "the suffix .xlsx names no format"),
        (("run", "web-shop", "--to", "a.csv"), "write one file per event type: {event}.csv"),
        (("run", "web-shop", "--to", "@nowhere"), "target @nowhere"),
        (
            ("run", "web-shpo"),
            "there is no file web-shpo and no preset of this name; did you mean the preset web-shop?",
        ),
        (("check", "/no/such/file.yaml"), "there is no file /no/such/file.yaml"),
        (("check", "/"), "/ is a folder"),
        (("preview", "web-shop", "-n", "0"), "--count"),
        (("presets", "web-shpo"), "web-shop"),
        (("presets", "--copy", "x.yaml"), "--copy needs the name of a preset"),
        (("rnu",), "there is no file, preset or verb rnu; did you mean synthwb run?"),
        (("web-shpo",), "did you mean synthwb web-shop?"),
        (("--bogus",), "No such option"),
    ],
)
def test_a_wrong_call_says_why(call: Call, words: tuple[str, ...], message: str) -> None:
    outcome = call(*words)
    assert outcome.code == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_without_a_verb_the_workbench_opens(call: Call, monkeypatch: pytest.MonkeyPatch, shop: Path) -> None:
    opened: list[str | None] = []
    monkeypatch.setattr("synthwb.tui.open_workbench", lambda word=None: opened.append(word) or 5)
    assert [call().code, call("web-shop").code, call(shop).code, call("open", "web-shop").code] == [5, 5, 5, 5]
    assert opened == [None, "web-shop", str(shop), "web-shop"]


def test_presets_are_listed_shown_and_copied(call: Call, tmp_path: Path) -> None:
    listed = call("presets").out
    for preset in presets():
        assert f"{preset.name} " in listed
        assert call("presets", preset.name).out == preset.text
    assert call("presets", "web-shop", "--copy", tmp_path).code == 0
    copy = tmp_path / "web-shop.yaml"
    assert call("check", copy).code == 0
    copy.write_text("mine")
    outcome = call("presets", "web-shop", "--copy", copy)
    assert (outcome.code, copy.read_text()) == (2, "mine")
    assert "is there already" in outcome.err
    missing = call("presets", "web-shop", "--copy", tmp_path / "no" / "x.yaml")
    assert missing.code == 1
    assert "No such file or directory" in missing.err


def test_text_from_outside_cannot_steer_the_terminal() -> None:
    assert printable("plain é 😀 שלום") == "plain é 😀 שלום"
    assert printable("\x1b]0;title\x07\x9b2J\r") == "�]0;title��2J�"
