"""The folder that the site is built from, and its list of pages."""
from __future__ import annotations

import json
from pathlib import Path


class Pages:
    """Writes pages below one folder, and keeps what the menus need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.menus: dict[str, object] = {}

    def write(self, name: str, text: str) -> None:
        """One file, below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_json(self, name: str, value: object) -> None:
        """Data for the build."""
        self.write(name, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
