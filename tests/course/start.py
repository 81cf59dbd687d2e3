#!/usr/bin/env python3
"""tests/course/start.py STAGE DIR - makes a folder for work on a step.

`make start STAGE=n DIR=path` calls it. DIR gets the sources of the stage before; for
step 1, those of stage 1 without delegate.c. webserve.h is that of the step. `make`,
`make run`, `make watch` and `make test` work in the folder (tests/course/steps/folder.mk), and its
TODO.md says what to do (tests/course/steps/stepN.md).
Writes nothing if DIR exists and is not empty.
"""

import os
import shutil
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
STEPS = TOP / "tests/course/steps"
TODO = """# Step {step}

{work}
- `make` builds the server in this folder. `make run` starts it on port 8080.
- `make watch` tests the server each time you save, and shows the first red test: what
  was sent, what came, and a line to try by hand. Press h for a hint.
- `make test` says what to look at first, and how many points you would get. At first,
  the tests of this step are red. When you have 100 points, you are done. (Tests without
  points are about what a production server would also do.)
- `webserve.h` has the contract of each function. You need not change it.
{pages}
"""


PAGES = """- `make live` shows in a browser what the threads of your server do.
- The walkthrough of the step is `docs/stage{step}.md` in the project."""


def check_arguments(step: str, folder: str, command: str = "make start") -> None:
    """Ends the program if the step is unknown, or the folder has anything in it."""

    def refuse(sentence: str) -> None:
        print(f"{command}: {sentence}", file=sys.stderr)
        sys.exit(2)

    stages = sorted(path.name[5:] for path in TOP.glob("stages/stage*"))
    if not step:
        refuse(f"which step? Say STAGE=n; the stages are: {' '.join(stages)}")
    if step not in stages:
        refuse(f"there is no stage '{step}'. The stages are: {' '.join(stages)}")
    if not folder:
        refuse("which folder? Say DIR=path")
    path = Path(folder)
    is_new = not path.exists() and not path.is_symlink()
    if not is_new and (not path.is_dir() or any(path.iterdir())):
        refuse(f"'{folder}' exists and is not empty; nothing was written.")


def sources_before(step: int) -> list[Path]:
    """The C files that a step begins with."""
    found = (TOP / f"stages/stage{max(step - 1, 1)}").glob("*.c")
    return [path for path in found if step > 1 or path.name != "delegate.c"]


def fill(folder: Path, step: int, project: str = "", pages: str = PAGES) -> None:
    """Writes all files of the folder. Its Makefile looks for the project in `project`,
    and its TODO.md ends with `pages`."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources_before(step):
        shutil.copy(source, folder)
    shutil.copy(TOP / f"stages/stage{step}/webserve.h", folder)
    rules = (STEPS / "folder.mk").read_text("utf-8").replace("@STEP@", str(step))
    project = project or os.path.relpath(TOP, folder.resolve())
    rules = rules.replace("@PROJECT@", project)
    (folder / "Makefile").write_text(rules, "utf-8")
    work = (STEPS / f"step{step}.md").read_text("utf-8")
    todo = TODO.format(step=step, work=work, pages=pages.format(step=step))
    (folder / "TODO.md").write_text(todo, "utf-8")


def main() -> None:
    """Makes the folder that is named."""
    step, folder = sys.argv[1:]
    check_arguments(step, folder)
    try:
        fill(Path(folder), int(step))
    except OSError as error:
        sys.exit(f"make start: {error.filename}: {error.strerror}")
    print(
        f"{folder} is ready for step {step}: read TODO.md, then type make watch there."
    )


if __name__ == "__main__":
    main()
