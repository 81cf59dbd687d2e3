"""The tests of this project: which there are, running them, and what came of them."""
