#!/usr/bin/env python3
"""tests/tools/list_tests.py STAGE - prints the tests that are expected of a stage.
tests/tools/list_tests.py --check - fails if a label is missing, two tests have one id, or
docs/assignment-map.md does not say which sentence a test of the assignment is for.

Each line is ID, TAG, GROUP, HINT, JOB and TITLE, with tabs between them; suite/tests.py
says where they are written. Stage 0 has the unit tests of common/. PORTABLE=1 is the
portable build.
"""

import sys

sys.dont_write_bytecode = True

from suite.tests import COMMON, TOP, expected_tests, faults_of, stages


def check() -> list[str]:
    """Returns what is wrong with the labels of any test."""
    faults: list[str] = []
    jobs: dict[str, str] = {}
    mapped = (TOP / "docs/assignment-map.md").read_text("utf-8")
    for stage in (COMMON, *stages()):
        tests = expected_tests(stage)
        load = expected_tests(stage, suite="tests/load")
        faults += [*faults_of(tests), *faults_of(load)]
        for test in (*tests, *load):
            if jobs.setdefault(test.id, test.job) != test.job:
                faults.append(f"the id {test.id} is in {jobs[test.id]} and in {test.job}")
            is_judged = not test.job.endswith("_test") or test.job == "delegate_test"
            if test.tag == "assignment" and is_judged and not test.is_end:
                if f"`{test.id}`" not in mapped:
                    faults.append(f"docs/assignment-map.md does not have {test.id}")
    return list(dict.fromkeys(faults))


def main() -> int:
    """Returns the exit status."""
    if sys.argv[1:] == ["--check"]:
        faults = check()
        print("\n".join(faults), end="\n" if faults else "", file=sys.stderr)
        return 1 if faults else 0
    if sys.argv[1:] not in [[str(stage)] for stage in (COMMON, *stages())]:
        print(__doc__.partition("\n\n")[0], file=sys.stderr)
        return 2
    for test in expected_tests(int(sys.argv[1])):
        print(test.id, test.tag, test.group, test.hint, test.job, test.title, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
