"""Documents: open, save, presets, and the guard before unsaved work is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from synthwb.errors import UsageError
from synthwb.tui.paper import NEW, Paper, open_paper, read_text, save_paper
from synthwb.tui.screens.completing import Completing
from synthwb.tui.screens.dialogs import Answer, Ask, Choice, Choose, Question

__all__ = ["Documents"]

_SUFFIXES = (".yaml", ".yml")


class Documents(Completing):
    """What has to do with the paper on the desk."""

    def action_save(self) -> None:
        """Save where it was opened, or ask where."""
        if self.session.paper.path is None:
            self.action_save_as()
        else:
            self._save(self.session.paper.path)

    def action_save_as(self) -> None:
        """Ask for a name and save."""
        self._ask_path(None)

    def _ask_path(self, then: Callable[[], None] | None) -> None:
        def chosen(name: str | None) -> None:
            if name:
                self._save_guarded(Path(name).expanduser(), then)

        self.app.push_screen(
            Ask("Save as", "A name for the scenario", self.session.paper.name, check=_check_name, paths=True), chosen
        )

    def _save_guarded(self, path: Path, then: Callable[[], None] | None) -> None:
        if not path.exists() or path == self.session.paper.path:
            self._save(path, then)
            return

        def answered(answer: str | None) -> None:
            if answer == "overwrite":
                self._save(path, then)

        answers = (Answer("overwrite", "Overwrite", "error"), Answer("keep", "Keep it"))
        self.app.push_screen(Question("File exists", f"{path} is there already.", answers), answered)

    def _save(self, path: Path, then: Callable[[], None] | None = None) -> None:
        try:
            self.session.paper = save_paper(self.session.paper, self.editor.text, path)
        except UsageError as error:
            self.notify(str(error), title="Not saved", severity="error", markup=False)
            return
        self.session.text = self.editor.text
        self.notify(f"{path} saved", markup=False)
        self.show_status()
        if then is not None:
            then()

    def guard(self, then: Callable[[], None]) -> None:
        """Do ``then`` once unsaved changes are saved or given up."""
        if self.editor.text == self.session.paper.text:
            then()
            return

        def answered(answer: str | None) -> None:
            if answer == "discard":
                then()
            elif answer == "save":
                path = self.session.paper.path
                self._save(path, then) if path is not None else self._ask_path(then)

        answers = (
            Answer("save", "Save", "primary"),
            Answer("discard", "Discard", "error"),
            Answer("stay", "Stay here"),
        )
        name = self.session.paper.name
        self.app.push_screen(Question("Unsaved changes", f"{name} has changes that are not saved.", answers), answered)

    def show_paper(self, paper: Paper) -> None:
        """Put a paper on the desk and into the editor, with a history of its own."""
        self.pinned = None
        self.session.open(paper)
        self.editor.load_text(paper.text)
        self.action_pane("scenario")
        self.show_status()

    def action_open_file(self) -> None:
        """Ask for a file and open it."""

        def chosen(name: str | None) -> None:
            if name:
                path = Path(name).expanduser()
                self.show_paper(Paper(path.name, read_text(path), path))

        here = self.session.paper.path
        start = f"{here.parent}/" if here is not None else ""
        ask = Ask("Open", "The scenario file to open", start, check=_check_readable, paths=True)
        self.guard(lambda: self._push(ask, chosen))

    def action_new_file(self) -> None:
        """Start from five lines."""
        self.guard(lambda: self.show_paper(Paper("scenario.yaml", NEW)))

    def action_presets(self) -> None:
        """Choose a ready scenario by its name and what it teaches."""
        from synthwb.scenario import presets

        def chosen(name: str | None) -> None:
            if name:
                self.guard(lambda: self.show_paper(open_paper(name)))

        found = [Choice(each.name, each.name, each.doc or each.title) for each in presets()]
        self._push(Choose("Presets", found), chosen)

    def _push(self, dialog: Ask | Choose, chosen: Callable[[str | None], None]) -> None:
        self.app.push_screen(dialog, chosen)


def _check_name(name: str) -> None:
    path = Path(name).expanduser()
    if not name.strip() or path.is_dir():
        raise UsageError("type the name of a file, such as my-shop.yaml")
    if path.suffix not in _SUFFIXES:
        raise UsageError("a scenario ends in .yaml or .yml")
    if not path.parent.exists():
        raise UsageError(f"there is no folder {path.parent}")


def _check_readable(name: str) -> None:
    read_text(Path(name).expanduser())
