"""The course runs: open and solved, without a word of complaint, twice alike, and as its source says."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
LEARNERS = sorted(FOLDER.glob("*.ipynb"))
SOLVED = sorted((FOLDER / "solved").glob("*.ipynb"))
CELLS, LINES = 25, 5
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, strict: bool) -> Any:
    """Run a notebook in a fresh folder; a cell that raises fails at once."""
    monkeypatch.setenv("SYNTHWB_STRICT", "1" if strict else "0")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, store_widget_state=False, resources={"metadata": {"path": str(tmp_path)}}
    )
    return client.execute()


def outputs(notebook: Any) -> list[Any]:
    """All outputs, in order."""
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def digest(notebook: Any) -> str:
    """One number for everything that a reader sees, without what names a widget or a moment."""
    found = hashlib.sha256()
    for output in outputs(notebook):
        data: Mapping[str, Any] = output.get("data", {"text/plain": output.get("text", "")})
        for kind in sorted(set(data) - {WIDGET_VIEW}):
            text = re.sub(r"events in [\d.]+ s", "events", "".join(data[kind]))
            found.update(f"{output.output_type} {kind} {text}".encode())
    return found.hexdigest()


def verdicts(notebook: Any) -> list[str]:
    """What the checks said, in plain words."""
    plain = ["".join(output.data.get("text/plain", "")) for output in outputs(notebook) if "data" in output]
    return [text for text in plain if re.match(r"\d[a-z]: ", text)]


@pytest.fixture(params=[*LEARNERS, *SOLVED], ids=lambda path: f"{path.parent.name}-{path.stem}")
def course(request: pytest.FixtureRequest) -> Path:
    """Every notebook, in both forms."""
    path: Path = request.param
    return path


@pytest.mark.slow
def test_it_runs_without_a_complaint_and_twice_alike(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = course in SOLVED
    digests = set()
    for _ in range(2):
        notebook = execute(course, tmp_path, monkeypatch, strict=solved)
        assert [output.output_type for output in outputs(notebook) if output.output_type == "error"] == []
        assert [output.text for output in outputs(notebook) if output.get("name") == "stderr"] == []
        assert "widgets" not in notebook.metadata
        words = {text.split(": ", 1)[1].split(".", 1)[0] for text in verdicts(notebook)}
        assert len(verdicts(notebook)) >= 3
        assert words == {"pass"} if solved else words <= {"not yet", "error"}
        digests.add(digest(notebook))
    assert len(digests) == 1


def test_it_is_what_its_source_says() -> None:
    spec = importlib.util.spec_from_file_location("course_build", FOLDER / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    sys.modules["course_build"] = build  # dataclasses look their module up
    try:
        spec.loader.exec_module(build)
        targets = build.targets()
    finally:
        del sys.modules["course_build"]
    assert sorted(targets) == sorted([*LEARNERS, *SOLVED])
    for path, text in targets.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python notebooks/build.py"


def code_lines(source: str) -> int:
    """Lines of Python; a document in triple quotes counts as one line, for it is data."""
    return len(re.sub(r'""".*?"""', '""', source, flags=re.DOTALL).strip().splitlines())


def test_it_is_short_and_shows_a_widget_early(course: Path) -> None:
    cells = json.loads(course.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(code) <= CELLS
    assert max(map(code_lines, code)) <= LINES
    assert any(re.search(r"^wb$", text, re.MULTILINE) for text in code[:2])
    assert "close()" in code[-1]
    for text in code:
        compile(text, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_a_learner_finds_no_solution() -> None:
    for path in LEARNERS:
        marks = [tag for cell in json.loads(path.read_text())["cells"] for tag in cell["metadata"].get("tags", ())]
        assert "solution" not in marks
        assert marks.count("exercise") >= 3


def test_every_prediction_is_answered(course: Path) -> None:
    """Predict, run, see, explain: after a prediction comes code, and after the code comes prose."""
    cells = json.loads(course.read_text(encoding="utf-8"))["cells"]
    visible = [cell for cell in cells if "hidden" not in cell["metadata"].get("tags", ())]
    predictions = [i for i, cell in enumerate(visible) if "*Predict:*" in "".join(cell["source"])]
    assert len(predictions) >= 5
    for i in predictions:
        kinds = [cell["cell_type"] for cell in visible[i : i + 3]]
        assert kinds == ["markdown", "code", "markdown"], "".join(visible[i]["source"])[:80]
