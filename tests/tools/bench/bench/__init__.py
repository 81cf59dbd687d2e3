"""What `tests/tools/bench/run.py` and `tests/tools/bench/report.py` are made of."""
