"""What is done with a submission by each command: `make test DIR=path`, `make
grade` and `make variants` take its sources, build it, start its server once and
run the tests by these modules.
"""

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]

sys.path.insert(0, str(TOP / "tests/tools"))  # for the package `suite`
