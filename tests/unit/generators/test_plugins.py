"""Generators from outside: loaded from files, modules and entry points, and what is said when that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

import synthwb
from synthwb.errors import PluginError, ScenarioError, SinkError
from synthwb.generators import generator, names, plugins, registry
from synthwb.generators.plugins import chosen, load_plugin
from synthwb.guide import json_schema
from synthwb.reference import find
from synthwb.runtime.exporting import Wish, command_line

ROOT = Path(__file__).parents[3]
DICE = ROOT / "tests" / "plugins" / "dice" / "synthwb_dice.py"
SCENARIO = "events: {throw: {fields: {sum: {dice: {count: 3}}, both: dice}}}\n"


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test loads is forgotten after it."""
    names()
    before, modules = registry.snapshot(), set(sys.modules)
    monkeypatch.setattr(plugins, "_CHOSEN", {})
    yield
    registry.restore(before)
    for name in set(sys.modules) - modules:
        if name.startswith("synthwb_plugin_") or name in ("synthwb_dice", "broken_plugin"):
            del sys.modules[name]


def written(folder: Path, text: str, name: str = "mine.py") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def refused(word: str) -> str:
    with pytest.raises(PluginError) as caught:
        load_plugin(word)
    assert caught.value.exit_code == 2
    assert "dice" not in names(), "nothing of it may stay"
    return str(caught.value)


def test_a_file_brings_its_generator_with_all_that_follows() -> None:
    assert synthwb.check(SCENARIO) != ()
    load_plugin(str(DICE))
    assert names()[-1] == "dice"
    assert synthwb.check(SCENARIO) == ()
    frame = synthwb.preview(SCENARIO, 2_000)["throw"]
    assert (frame["sum"].min(), frame["sum"].max()) == (3, 18)
    assert frame["sum"].mean() == pytest.approx(10.5, abs=0.2)
    (problem,) = synthwb.check(SCENARIO.replace("count", "cuont"))
    assert "did you mean 'count'?" in problem.hint
    (problem,) = synthwb.check(SCENARIO.replace("3", "0"))
    assert "must be at least 1, not 0" in problem.message
    (problem,) = synthwb.check(SCENARIO.replace("dice:", "dise:"))
    assert "did you mean 'dice'?" in problem.hint
    schema = json_schema()
    Draft7Validator.check_schema(schema)
    assert set(schema["definitions"]["generator-dice"]["properties"]) == {"count", "sides"}
    (entry,) = find("dice")
    assert entry.family == "games"
    assert entry.text.startswith("The sum of several dice")


def test_a_module_is_named_as_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DICE.parent))
    load_plugin("synthwb_dice")
    load_plugin("synthwb_dice")
    assert chosen() == ("synthwb_dice",)
    assert generator("dice") is not None


def test_a_file_is_loaded_once_however_it_is_written() -> None:
    load_plugin(str(DICE))
    load_plugin(os.path.relpath(DICE))
    assert len(chosen()) == 2


def test_the_headless_call_of_an_export_names_the_plug_in() -> None:
    load_plugin(str(DICE))
    assert command_line("a.yaml", Wish("a.jsonl", 5), None).endswith(f"--plugin {DICE}")


def test_a_file_that_is_not_there() -> None:
    assert refused("nowhere.py") == "--plugin nowhere.py: there is no such file"


@pytest.mark.parametrize("word", ["no_such_module", "synthwb.no_such_module", "no.such.module"])
def test_a_module_that_is_not_there(word: str) -> None:
    assert refused(word) == f"--plugin {word}: there is no module of this name; a file is written with its .py"


@pytest.mark.parametrize("word", ["..dice", ""])
def test_a_word_that_names_nothing(word: str) -> None:
    assert refused(word) == f"--plugin {word}: write FILE.py, or the name of a module"


def test_code_that_fails_is_shown_with_its_place(tmp_path: Path) -> None:
    word = written(tmp_path, "import os\n\ndef make():\n    return dicee\n\nmake()\n")
    message = refused(word)
    assert message == f"the plug-in {word} cannot be loaded: NameError: name 'dicee' is not defined ({word}, line 4)"
    assert "synthwb_plugin_mine" not in sys.modules


def test_a_missing_import_inside_is_not_taken_for_a_missing_plug_in(tmp_path: Path) -> None:
    word = written(tmp_path, "import no_such_library\n")
    assert f"ModuleNotFoundError: No module named 'no_such_library' ({word}, line 1)" in refused(word)


def test_code_that_is_no_python(tmp_path: Path) -> None:
    word = written(tmp_path, "x = 1\ndef (\n")
    assert refused(word).endswith(f"cannot be loaded: invalid syntax ({word}, line 2)")


def test_code_that_leaves(tmp_path: Path) -> None:
    word = written(tmp_path, "import sys\nsys.exit('no licence')\n")
    assert refused(word).endswith(f"cannot be loaded: SystemExit: no licence ({word}, line 2)")


def test_a_plug_in_without_a_generator(tmp_path: Path) -> None:
    word = written(tmp_path, "x = 1\n")
    assert "registers no generator and no sink; write @register above a subclass of Generator" in refused(word)


def test_two_generators_of_one_name_in_two_plug_ins(tmp_path: Path) -> None:
    other = written(tmp_path, DICE.read_text().replace("The sum", "Another sum"), "other.py")
    load_plugin(str(DICE))
    with pytest.raises(PluginError, match="a generator 'dice' already, one of synthwb_dice; choose another name"):
        load_plugin(other)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"dice"\n', '"uuid"\n', "there is a generator 'uuid' already, a built-in one; choose another name"),
        ('"dice"\n', '"round"\n', "'round' is a modifier; choose another name"),
        ('"dice"\n', '"My Dice"\n', "Dice needs a name of small letters, digits and _, such as name = 'dice'"),
        ('family = "games"', 'family = ""', "dice needs a family, under which the reference lists it"),
        ("def bind", "def bound", "dice does not define bind"),
        ("def dtype", "def type_of", "dice does not define dtype"),
        ('examples = ("{dice: {count: 3}}", "dice")', "pass", "dice needs an example, such as"),
        (
            'family = "games"',
            'family = "games"\n    shorthand = "n"',
            "dice: shorthand names 'n', which is no parameter",
        ),
        ('"sides", Kind', '"count", Kind', "dice declares 'count' twice"),
        ('"How many sides each has."', '""', "dice: the parameter 'sides' needs a doc"),
    ],
)
def test_a_declaration_that_lacks_something(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = DICE.read_text()
    assert old in text
    word = written(tmp_path, text.replace(old, new))
    assert f"the plug-in {word} cannot be loaded: {message}" in refused(word)


def test_a_generator_without_a_docstring(tmp_path: Path) -> None:
    text = DICE.read_text()
    doc = text[text.index('    """The sum') : text.index("    name =")]
    word = written(tmp_path, text.replace(doc, ""))
    assert "dice needs a docstring, which is its documentation" in refused(word)


def test_what_a_failing_plug_in_registered_before_is_taken_back(tmp_path: Path) -> None:
    word = written(tmp_path, DICE.read_text() + "\nraise RuntimeError('too late')\n")
    assert "RuntimeError: too late" in refused(word)


FAILS = {
    "def dtype(self, args, dtype_of):": ("dtype of the generator dice fails", "check"),
    "def bind(self, call, site):": ("bind of the generator dice fails", "preview"),
    "        def draw(block):": ("throw.sum: the generator dice fails", "preview"),
}
"""By the head of a function of the plug-in that is made to fail: what is said, and the first verb that says it."""


@pytest.mark.parametrize("head", FAILS)
def test_a_function_that_fails_is_told_with_its_place_in_the_document_and_in_the_plug_in(
    tmp_path: Path, head: str
) -> None:
    said, first = FAILS[head]
    indent = head[: len(head) - len(head.lstrip())] or "    "
    text = DICE.read_text().replace(head, f"{head}\n{indent}    raise ValueError('no dice today')")
    word = written(tmp_path, text)
    line = text[: text.index("raise ValueError")].count("\n") + 1
    load_plugin(word)
    if first == "check":
        problems = synthwb.check(SCENARIO)
    else:
        assert synthwb.check(SCENARIO) == ()
        with pytest.raises(ScenarioError) as caught:
            synthwb.preview(SCENARIO)
        problems = caught.value.diagnostics
    shown = f"{said}: ValueError: no dice today ({word}, line {line})"
    assert [(each.message, each.column, each.path) for each in problems] == [
        (shown, 33, "throw.sum"),
        (shown.replace("throw.sum", "throw.both"), 58, "throw.both"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return Column.of(total)", "pass", "throw.sum: the generator dice gives nothing, not a Column; write Column"),
        ("return Column.of(total)", "return total", "gives a ndarray, not a Column; write Column.of(...)"),
        ("Column.of(total)", "Column.of(np.append(total, 1))", "the generator dice gives 2 values for 1 rows"),
        ("return draw", "pass", "throw.sum: the generator dice binds to nothing, not to a function from a block"),
    ],
)
def test_what_is_no_column_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    load_plugin(written(tmp_path, DICE.read_text().replace(old, new)))
    with pytest.raises(ScenarioError) as caught:
        synthwb.preview(SCENARIO)
    assert message in str(caught.value)


def test_a_draw_that_fails_later_ends_the_run_with_a_word(tmp_path: Path) -> None:
    fails = "            if len(block) > 1:\n                raise ValueError('too many')\n            return Column"
    load_plugin(written(tmp_path, DICE.read_text().replace("            return Column", fails)))
    with pytest.raises(SinkError, match=r"throw.sum: the generator dice fails: ValueError: too many \(.*mine.py, line"):
        synthwb.generate(SCENARIO, tmp_path / "out.jsonl", count=9)
    with pytest.raises(PluginError, match=r"throw.sum: the generator dice fails: ValueError: too many"):
        synthwb.preview(SCENARIO)


def test_a_notebook_may_write_its_generator_anew() -> None:
    source = DICE.read_text()
    for times in ("several", "many"):
        exec(source.replace("several", times), {"__name__": "__main__"})
    found = generator("dice")
    assert found is not None
    assert "many" in str(found.__doc__)


# Installed packages


def installed(folder: Path, module: str, target: str) -> dict[str, str]:
    """The environment in which a package announces a module; what pip leaves behind, without pip."""
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[synthwb.generators]\n{module} = {target}\n")
    paths = [str(folder), *(path for path in sys.path if path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1"}


def synthwb_says(environment: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthwb", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "throw.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.parametrize("target", ["synthwb_dice", "synthwb_dice:Dice"])
def test_an_installed_package_is_there_without_a_word(tmp_path: Path, scenario: Path, target: str) -> None:
    (tmp_path / "synthwb_dice.py").write_text(DICE.read_text())
    environment = installed(tmp_path, "synthwb_dice", target)
    done = synthwb_says(environment, "check", scenario)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "The sum of several dice" in synthwb_says(environment, "reference", "dice").stdout
    named = synthwb_says(environment, "check", scenario, "--plugin", "synthwb_dice")
    assert (named.returncode, named.stderr) == (0, "")


def test_a_broken_package_is_warned_of_and_left_out(tmp_path: Path, scenario: Path) -> None:
    (tmp_path / "broken_plugin.py").write_text("import no_such_library\n")
    environment = installed(tmp_path, "broken_plugin", "broken_plugin")
    done = synthwb_says(environment, "preview", "web-shop", "-n", "2")
    assert done.returncode == 0
    assert done.stderr == (
        "warning: the plug-in broken_plugin (package broken_plugin 1.0) cannot be loaded: ModuleNotFoundError: "
        f"No module named 'no_such_library' ({tmp_path}/broken_plugin.py, line 1); it is left out\n"
    )
    assert synthwb_says(environment, "check", scenario).returncode == 2


@pytest.mark.parametrize("verb", ["run", "preview", "check", "reference", "open"])
def test_every_verb_that_reads_a_scenario_takes_a_plug_in(tmp_path: Path, scenario: Path, verb: str) -> None:
    bad = written(tmp_path, "raise RuntimeError('no dice today')\n", "bad.py")
    words = [verb, "dice" if verb == "reference" else scenario]
    done = synthwb_says(dict(os.environ), *words, "--plugin", bad)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"error: the plug-in {bad} cannot be loaded: RuntimeError: no dice today ({bad}, line 1)\n"


def test_a_run_with_a_plug_in(tmp_path: Path, scenario: Path) -> None:
    done = synthwb_says(dict(os.environ), "run", scenario, "--count", 3, "--plugin", DICE)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
    before = synthwb_says(dict(os.environ), "--plugin", DICE, "preview", scenario, "-n", 3, "--format", "json")
    assert before.stdout == done.stdout, "before the verb it means the same"


def test_the_worked_example_of_the_documentation_is_this_plug_in() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    assert f"```python\n{DICE.read_text()}```" in page
    assert f"```toml\n{(DICE.parent / 'pyproject.toml').read_text()}```" in page
