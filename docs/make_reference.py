"""Write ``docs/reference.md``, its pictures and ``docs/faker-methods.md`` from what the code declares.

Run by ``make reference``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from synthwb.reference.markdown import FOLDER, pages
from synthwb.reference.methods import PAGE

DOCS = Path(__file__).parent


def main() -> None:
    """Write what has changed, and remove pictures that nothing shows any more."""
    made = pages()
    folder = DOCS / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in folder.glob("*.svg")} - set(made.pictures):
        (folder / stale).unlink()
    texts = {DOCS / "reference.md": made.page, DOCS / PAGE: made.methods}
    for path, text in {**texts, **{folder / k: v for k, v in made.pictures.items()}}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
