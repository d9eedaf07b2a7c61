"""Two themes of one palette, for the screen and for YAML in the editor."""

from __future__ import annotations

from rich.style import Style
from textual.theme import Theme
from textual.widgets.text_area import TextAreaTheme

__all__ = ["DARK", "LIGHT", "THEMES", "yaml_theme"]


def _heats(*shades: str, ink: str) -> dict[str, str]:
    """Backgrounds of a heat map from cool to warm, and the text on the last but one, for which both may be too near."""
    return {f"heat-{number}": shade for number, shade in enumerate(shades, 1)} | {"heat-ink": ink}


DARK = Theme(
    name="synthwb-dark",
    primary="#7aa2d6",
    secondary="#8fb8a8",
    accent="#e2b35f",
    foreground="#d5dae2",
    background="#14171c",
    surface="#181c22",
    panel="#20262e",
    success="#84c58a",
    warning="#e2b35f",
    error="#f07a78",
    dark=True,
    variables={
        "border": "#7aa2d6",
        "border-blurred": "#39424e",
        "block-cursor-background": "#7aa2d6",
        "block-cursor-foreground": "#14171c",
        "block-cursor-text-style": "none",
        "input-selection-background": "#7aa2d6 35%",
        "quiet": "#8b95a3",
        **_heats("#1d2b2d", "#254140", "#2f5a55", "#649688", "#8fb8a8", ink="#14171c"),
    },
)

LIGHT = Theme(
    name="synthwb-light",
    primary="#2c5f9e",
    secondary="#2d6f5b",
    accent="#8a5a00",
    foreground="#22272e",
    background="#f4f5f7",
    surface="#fbfbfc",
    panel="#e6e9ee",
    success="#1f7a33",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
    variables={
        "border": "#2c5f9e",
        "border-blurred": "#b9c1cc",
        "block-cursor-background": "#2c5f9e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "input-selection-background": "#2c5f9e 25%",
        "quiet": "#5c6672",
        **_heats("#e2eeea", "#c4ddd4", "#a2c9bc", "#7fb3a3", "#2d6f5b", ink="#22272e"),
    },
)

THEMES = (DARK, LIGHT)

_YAML_DARK = {
    "yaml.field": Style(color="#7aa2d6"),
    "string": Style(color="#b8c99a"),
    "string.escape": Style(color="#e2b35f"),
    "number": Style(color="#d9a67a"),
    "boolean": Style(color="#c79bd2"),
    "constant.builtin": Style(color="#c79bd2"),
    "comment": Style(color="#7f8a97", italic=True),
    "type": Style(color="#8fc7c0"),
    "punctuation.bracket": Style(color="#9aa5b3"),
    "punctuation.delimiter": Style(color="#9aa5b3"),
    "punctuation.special": Style(color="#8fc7c0"),
    "preproc": Style(color="#8fc7c0"),
}

_YAML_LIGHT = {
    "yaml.field": Style(color="#1d5296"),
    "string": Style(color="#48662a"),
    "string.escape": Style(color="#8a5a00"),
    "number": Style(color="#94491a"),
    "boolean": Style(color="#7d3a8c"),
    "constant.builtin": Style(color="#7d3a8c"),
    "comment": Style(color="#68737f", italic=True),
    "type": Style(color="#1f6d66"),
    "punctuation.bracket": Style(color="#5c6672"),
    "punctuation.delimiter": Style(color="#5c6672"),
    "punctuation.special": Style(color="#1f6d66"),
    "preproc": Style(color="#1f6d66"),
}


def yaml_theme(*, dark: bool) -> TextAreaTheme:
    """The editor's colours for YAML; everything else comes from the style sheet."""
    name = "yaml-dark" if dark else "yaml-light"
    return TextAreaTheme(name, syntax_styles=dict(_YAML_DARK if dark else _YAML_LIGHT))
