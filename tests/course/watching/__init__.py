"""What `make watch` is made of: it notices what you save (saves), builds and tests it
in a process of its own (attempt, run), and shows what came of it (screen)."""
