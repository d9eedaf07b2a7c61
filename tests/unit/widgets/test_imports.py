"""What the notebook workbench loads, and what it must never load."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = ("textual", "pandas", "jsonschema", "altair", "matplotlib", "typer", "scipy")


def loaded_after(code: str) -> set[str]:
    """The top-level modules of a fresh interpreter that ran ``code``."""
    program = f"{code}\nimport sys\nprint('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    line = next(line for line in reversed(done.stdout.splitlines()) if line.startswith("LOADED"))
    return set(line.split()[1:])


def test_importing_loads_no_screen_and_no_slow_library() -> None:
    found = loaded_after("import synthwb_widgets")
    assert "anywidget" in found
    assert not found & set(FORBIDDEN)


def test_a_whole_run_loads_none_of_them_either() -> None:
    found = loaded_after(
        "from synthwb_widgets import Workbench\n"
        "with Workbench('web-shop') as wb:\n"
        "    wb.run(10)\n"
        "    wb._repr_mimebundle_()\n"
    )
    assert not found & set(FORBIDDEN)


def test_without_the_extra_the_message_says_what_to_install() -> None:
    program = "import sys\nsys.modules['anywidget'] = None\nimport synthwb_widgets"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "pip install 'synthwb[notebook]'" in done.stderr
