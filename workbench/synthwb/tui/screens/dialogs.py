"""Small dialogs: a question with answers, a line to type, a list to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from synthwb.errors import SynthwbError

__all__ = ["Answer", "Ask", "Choice", "Choose", "Dialog", "PathSuggester", "Question"]

Result = TypeVar("Result")


class Dialog(ModalScreen[Result], Generic[Result]):
    """A box in the middle of the screen; Escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)


@dataclass(frozen=True, slots=True)
class Answer:
    """A button: its id, its words, and Textual's variant for its colour."""

    id: str
    label: str
    variant: str = "default"


class Question(Dialog[str]):
    """Asks, and returns the id of the answer; None when it was closed."""

    def __init__(self, title: str, text: str, answers: Sequence[Answer]) -> None:
        super().__init__()
        self._title, self._text, self._answers = title, text, tuple(answers)

    def compose(self) -> ComposeResult:
        """Text over a row of buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static(Text(self._text), classes="dialog-text")
            with Horizontal(classes="dialog-buttons"):
                for answer in self._answers:
                    yield Button(Text(answer.label), id=answer.id, variant=answer.variant)  # type: ignore[arg-type]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was given."""
        self.dismiss(event.button.id)

    def key_left(self) -> None:
        """Go to the button before."""
        self.focus_previous()

    def key_right(self) -> None:
        """Go to the next button."""
        self.focus_next()


class PathSuggester(Suggester):
    """Completes the name of a file or folder that exists."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first name in the folder that goes on like ``value``."""
        path = Path(value).expanduser()
        folder, start = (path, "") if value.endswith("/") else (path.parent, path.name)
        try:
            names = sorted(p.name + "/" * p.is_dir() for p in folder.iterdir() if p.name.startswith(start))
        except OSError:
            return None
        shown = [name for name in names if start or not name.startswith(".")]
        return value[: len(value) - len(start)] + shown[0] if shown else None


class Ask(Dialog[str]):
    """Asks for one line. ``check`` refuses a line by raising SynthwbError with what is wrong."""

    def __init__(
        self,
        title: str,
        text: str,
        value: str = "",
        *,
        check: Callable[[str], object] | None = None,
        paths: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._text, self._value = title, text, value
        self._check, self._paths = check, paths

    def compose(self) -> ComposeResult:
        """Words, the line, and room for a refusal."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter accept   Esc close" + ("   Right complete" if self._paths else "")
            yield Static(Text(self._text), classes="dialog-text")
            yield Input(self._value, suggester=PathSuggester() if self._paths else None)
            yield Static("", classes="dialog-refusal", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the line, or say why not."""
        try:
            if self._check is not None:
                self._check(event.value)
        except SynthwbError as error:
            self.query_one(".dialog-refusal", Static).update(f"✗ {error}")
            return
        self.dismiss(event.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list: its id, its title, and the text that is shown beside the list."""

    id: str
    title: str
    text: str = ""


class Choose(Dialog[str]):
    """A list with the chosen line's text beside it; returns the id."""

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title, self._choices = title, tuple(choices)

    def compose(self) -> ComposeResult:
        """List left, text right."""
        with Vertical(classes="dialog -large") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter open   Esc close"
            with Horizontal(classes="choose"):
                yield OptionList(*(Option(Text(each.title), id=each.id) for each in self._choices), markup=False)
                yield Static("", classes="choose-text", markup=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the text of the line."""
        self.query_one(".choose-text", Static).update(Text(self._choices[event.option_index].text))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(event.option_id)
