"""The API of common/, from its headers: the contract that a header opens with,
then each declaration with its comment.

`read` makes the pages' text and the index of names, which the other pages'
links need; `write` writes them.
"""
from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from .markdown import escape_prose, fenced, frontmatter
from .pages import Pages
from .repository import Repository

PARTS = {
    "common/http": "HTTP itself: bytes in, values out. No socket, no thread, no clock.",
    "common/net": "What every server needs and no step teaches: counts of threads, deadlines, memory, the log.",
}
FUNCTION = re.compile(r"\b([a-z][a-z0-9_]*)\(")
TYPE = re.compile(r"^(struct|enum|union) ([a-z0-9_]+)( \{|;)")
BODY = re.compile(r"\)\n\{\n.*?^\}", re.M | re.S)
DEFINE = re.compile(r"^#define ([A-Z][A-Z0-9_]*)", re.M)
DATA = re.compile(r"^extern .*?\b([a-z][a-z0-9_]*)(\[\])?;", re.M)
NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?:\(\))?(?!\.[ch])\b|\b[a-z_]+\.h\b")


@dataclass
class Declaration:
    """One or several declarations that share a comment."""
    comment: str
    code: str
    names: list[str]


@dataclass
class Header:
    """What a header says."""
    path: str
    summary: str
    contract: str
    declarations: list[Declaration] = field(default_factory=list)


def strip_comment(lines: list[str]) -> str:
    """The text of a comment, without its frame."""
    text = "\n".join(lines)
    text = re.sub(r"^/\*+ ?\n?", "", text)
    text = re.sub(r"\n? ?\*+/\s*$", "", text)
    return "\n".join(re.sub(r"^ \* ?", "", line).rstrip()
                     for line in text.splitlines()).strip("\n")


def names_of(code: str) -> list[str]:
    """What a declaration is called: a type, functions, or macros."""
    bare = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
    if match := re.match(r"typedef .*?(\w+)(?: __attribute__.*)?;", bare):
        return [match[1]]
    if match := TYPE.match(bare):
        return [f"{match[1]} {match[2]}"]
    if bare.lstrip().startswith("#"):
        return DEFINE.findall(bare)
    names = [match[1] for statement in bare.split(";")
             if (match := FUNCTION.search(statement))]
    return names or [match[0] for match in DATA.findall(bare)]


def blocks_of(lines: list[str]) -> list[list[str]]:
    """Top-level pieces: what stands between empty lines, comments and braces
    kept whole."""
    blocks: list[list[str]] = [[]]
    depth = 0
    inside = False
    for line in lines:
        if not line.strip() and depth == 0 and not inside:
            blocks.append([])
            continue
        blocks[-1].append(line)
        inside = inside and "*/" not in line or \
            "/*" in line and "*/" not in line.split("/*")[-1]
        if not inside:
            bare = re.sub(r"/\*.*?\*/", "", line)
            depth += bare.count("{") - bare.count("}")
    return [block for block in blocks if block]


def split_block(block: list[str]) -> tuple[str, str]:
    """A block's leading comment, and the rest."""
    if not block[0].startswith("/*"):
        return "", "\n".join(block)
    end = next(i for i, line in enumerate(block) if "*/" in line)
    return strip_comment(block[:end + 1]), "\n".join(block[end + 1:])


def first_branches(lines: list[str]) -> list[str]:
    """Without what stands between #else and #endif: the same in another way."""
    kept: list[str] = []
    inside = False
    for line in lines:
        if re.match(r"#\s*else\b", line):
            inside = True
        elif inside and re.match(r"#\s*endif\b", line):
            inside = False
        if not inside:
            kept.append(line)
    return kept


def read_header(path: str, text: str) -> Header:
    """Takes a header apart."""
    lines = text.splitlines()
    end = next(i for i, line in enumerate(lines) if "*/" in line)
    contract = strip_comment(lines[:end + 1])
    first, _, rest = contract.partition("\n\n")
    first = " ".join(first.split())
    summary = first.partition(" - ")[2] or first
    summary = summary[:1].upper() + summary[1:]
    header = Header(path, summary, rest.strip("\n"))
    kept = [line for line in first_branches(lines[end + 1:])
            if not re.match(r"#\s*(include|if|endif|define \w+_H$)", line)]
    for block in blocks_of(kept):
        comment, code = split_block(block)
        code = BODY.sub(");", code)  # an inline function is shown as it is called
        if code or comment:
            header.declarations.append(Declaration(comment, code, names_of(code)))
    return merge(header)


def merge(header: Header) -> Header:
    """A comment alone belongs to the declarations that follow it."""
    merged: list[Declaration] = []
    waiting = ""
    for item in header.declarations:
        if not item.code:
            waiting = f"{waiting}\n\n{item.comment}".strip()
        else:
            item.comment = f"{waiting}\n\n{item.comment}".strip()
            waiting = ""
            merged.append(item)
    header.declarations = merged
    return header


class Reference:
    """The headers of common/, and where each name is explained."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.headers = [read_header(path, repository.read(path))
                        for path in sorted(repository.files)
                        if re.match(r"common/.*\.h$", path)]
        for header in self.headers:
            page = self.page_of(header)
            repository.headers[posixpath.basename(header.path)] = page
            for item in header.declarations:
                for name in item.names:
                    repository.functions[name] = f"{page}#{self.anchor(name)}"

    @staticmethod
    def anchor(name: str) -> str:
        return name.replace(" ", "-").lower()

    @staticmethod
    def page_of(header: Header) -> str:
        return "/api/" + header.path.removeprefix("common/").removesuffix(".h")

    def linked(self, text: str, own: list[str]) -> str:
        """Prose with the names of functions and headers made links."""
        def link(match: re.Match[str]) -> str:
            name = match[0]
            target = self.repository.headers.get(name) or \
                self.repository.functions.get(name.removesuffix("()"))
            if target is None or name.removesuffix("()") in own:
                return f"`{name}`" if "_" in name or name.endswith(".h") else name
            return f"[`{name}`]({target})"

        parts = re.split(r"(`[^`]+`)", text)
        return "".join(part if index % 2 else NAME.sub(link, escape_prose(part))
                       for index, part in enumerate(parts))

    def prose(self, text: str, own: list[str]) -> str:
        """A comment as Markdown: paragraphs, and indented lines as code."""
        result: list[str] = []
        code: list[str] = []
        for line in text.splitlines() + ["end"]:
            if line.startswith("    ") or (code and not line.strip()):
                code.append(line[4:])
                continue
            if code:
                result += ["", fenced("c", "\n".join(code).strip("\n"))]
                code = []
            result.append(self.linked(line, own))
        return "\n".join(result[:-1]).strip() + "\n"

    def page(self, header: Header) -> str:
        """The page of one header."""
        base = posixpath.basename(header.path)
        source = self.repository.page_of(header.path)
        body = frontmatter(title=base, outline=2, description=header.summary)
        body += f"\n# {base}\n\n{self.linked(header.summary, [])}\n\n"
        body += f"Source: [{header.path}]({source})"
        code = header.path.removesuffix(".h") + ".c"
        if code in self.repository.files:
            body += f", [{code}]({self.repository.page_of(code)})"
        body += "\n\n" + self.prose(header.contract, []) + "\n"
        for item in header.declarations:
            anchors = [self.anchor(name) for name in item.names]
            if item.names:
                title = ", ".join(item.names)
                body += f"## {title} {{#{anchors[0]}}}\n\n"
                body += "".join(f'<a id="{name}"></a>' for name in anchors[1:])
                body += "\n\n" if anchors[1:] else ""
            body += fenced("c", item.code.strip("\n")) + "\n"
            body += self.prose(item.comment, item.names) + "\n"
        return body

    def write(self, pages: Pages) -> None:
        """All pages, their index, and the menu."""
        body = frontmatter(title="The API of common/")
        body += "\n# The API of common/\n\nMade from the headers: each opens with its "
        body += "contract, and each function says what it returns, who owns what, and "
        body += "its limits. Includes go one way: stages, then common/net, then "
        body += "common/http.\n"
        menu = []
        for folder, sentence in PARTS.items():
            inside = [header for header in self.headers
                      if posixpath.dirname(header.path) == folder]
            body += f"\n## {folder}\n\n{sentence}\n\n| header | what it is for |\n| --- | --- |\n"
            items = []
            for header in inside:
                base = posixpath.basename(header.path)
                body += (f"| [{base}]({self.page_of(header)}) | "
                         f"{self.linked(header.summary, [])} |\n")
                pages.write(self.page_of(header)[1:] + ".md", self.page(header))
                items.append({"text": base, "link": self.page_of(header)})
            menu.append({"text": folder, "items": items})
        pages.write("api/index.md", body)
        pages.menus["/api/"] = [{"text": "All headers", "link": "/api/"}, *menu]
