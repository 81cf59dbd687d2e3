"""What `tests/bench/run` and `tests/bench/report` are made of."""
