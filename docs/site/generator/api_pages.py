"""The API of common/, from its headers: the contract that a header opens with, then
each declaration with its comment."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from site_markdown import escape_prose, fenced, frontmatter
from site_pages import Site, slug

FOLDERS = {
    "common/http": "HTTP itself: bytes in, values out. No socket, no thread, no clock.",
    "common/net": "What every server needs and no step teaches: counts of threads, "
    "deadlines, memory, the log.",
}
ABOUT = """
# The API of common/

Made from the headers. Each opens with its contract, and each function says what it
returns, who owns what, and its limits. Includes go one way: stages, then common/net,
then common/http.
"""
TYPE = re.compile(r"(?m)^(?:typedef .*?(?=\b\w+;)|(struct|enum|union) )(\w+)(?: \{|;)")
FUNCTION = re.compile(r"\b([a-z][a-z0-9_]*)\(")
DEFINE = re.compile(r"(?m)^#define ([A-Z][A-Z0-9_]*)")
DATA = re.compile(r"(?m)^extern .*?\b([a-z][a-z0-9_]*)(?:\[\])?;")
BODY = re.compile(r"\)\n\{\n.*?^\}", re.M | re.S)  # of an inline function
NAME = re.compile(
    r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?:\(\))?(?!\.[ch])\b|\b[a-z_]+\.h\b"
)
SKIPPED = re.compile(r"#\s*(include|if|else|endif|define \w+_H$)")


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

    @property
    def page(self) -> str:
        """Its address on the site."""
        return "/api/" + self.path.removeprefix("common/").removesuffix(".h")


def uncommented(text: str) -> str:
    """The text of a comment, without its frame."""
    text = re.sub(r"^/\*+ ?\n?|\s*\*+/\s*$", "", text)
    return re.sub(r"(?m)^ \* ?| +$", "", text).strip("\n")


def names_of(code: str) -> list[str]:
    """What a declaration is called: a type, functions, macros, or data."""
    bare = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
    if match := TYPE.match(bare.lstrip()):
        return [f"{match[1]} {match[2]}" if match[1] else match[2]]
    if bare.lstrip().startswith("#"):
        return DEFINE.findall(bare)
    found = (FUNCTION.search(statement) for statement in bare.split(";"))
    return [match[1] for match in found if match] or DATA.findall(bare)


def blocks_of(text: str) -> list[str]:
    """Top-level pieces: what is between empty lines; comments and braces stay whole."""
    blocks = [""]
    for line in text.splitlines():
        last = blocks[-1]
        is_open = last.count("/*") > last.count("*/") or last.count("{") > last.count(
            "}"
        )
        if line.strip() or is_open:
            blocks[-1] += line + "\n"
        elif last:
            blocks.append("")
    return [block for block in blocks if block]


def read_header(path: str, text: str) -> Header:
    """Takes a header apart. A comment alone belongs to what follows it."""
    first, _, rest = text.partition("*/")
    summary, _, contract = uncommented(first + "*/").partition("\n\n")
    summary = " ".join(summary.split())
    summary = summary.partition(" - ")[2] or summary
    header = Header(path, summary[:1].upper() + summary[1:], contract.strip("\n"))
    lines = [line for line in rest.splitlines() if not SKIPPED.match(line)]
    above = ""
    shown: set[str] = set()
    for block in blocks_of("\n".join(lines)):
        comment, code = "", block
        if block.startswith("/*"):
            comment, _, code = block.partition("*/")
        comment = f"{above}\n\n{uncommented(comment)}".strip()
        code = BODY.sub(");", code).strip("\n")
        above = "" if code else comment
        names = names_of(code)
        # After #else, the same names come again.
        if code and not (names and shown.issuperset(names)):
            header.declarations.append(Declaration(comment, code, names))
        shown.update(names)
    return header


class Reference:
    """The headers of common/, and where each name is explained."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.headers = [
            read_header(path, site.read(path))
            for path in sorted(site.files)
            if re.match(r"common/.*\.h$", path)
        ]
        for header in self.headers:
            site.names[posixpath.basename(header.path)] = header.page
            for item in header.declarations:
                for name in item.names:
                    site.names[name] = f"{header.page}#{slug(name)}"

    def linked(self, text: str, own: list[str]) -> str:
        """Prose with the names of functions and headers made links."""

        def link(match: re.Match[str]) -> str:
            name = match[0].removesuffix("()")
            target = self.site.names.get(name)
            is_code = "_" in name or name.endswith(".h")
            shown = f"`{match[0]}`" if is_code else match[0]
            return f"[{shown}]({target})" if target and name not in own else shown

        parts = re.split(r"(`[^`]+`)", text)
        parts[::2] = [NAME.sub(link, escape_prose(part)) for part in parts[::2]]
        return "".join(parts)

    def prose(self, text: str, own: list[str]) -> str:
        """A comment as Markdown: paragraphs, and indented lines as code."""
        made = ""
        for part in re.split(
            r"((?:^    .*\n|^\s*\n(?=    ))+)", text + "\n", flags=re.M
        ):
            if (
                part.startswith("    ")
                or part.strip()
                and part.lstrip("\n").startswith("    ")
            ):
                made += "\n" + fenced("c", re.sub(r"(?m)^    ", "", part).strip("\n"))
            else:
                made += self.linked(part, own)
        return made.strip() + "\n"

    def write_header(self, header: Header) -> None:
        """The page of one header."""
        base = posixpath.basename(header.path)
        sources = [header.path, header.path.removesuffix(".h") + ".c"]
        shown = [
            f"[{n}]({self.site.page_of(n)})" for n in sources if n in self.site.files
        ]
        body = frontmatter(title=base, outline=2, description=header.summary)
        body += f"\n# {base}\n\n{self.linked(header.summary, [])}\n\n"
        body += f"Source: {', '.join(shown)}\n\n{self.prose(header.contract, [])}\n"
        for item in header.declarations:
            if item.names:
                first, *others = map(slug, item.names)
                body += f"## {', '.join(item.names)} {{#{first}}}\n\n"
                body += "".join(
                    f'<a id="{name}"></a>' for name in others
                ) + "\n\n" * bool(others)
            body += fenced("c", item.code) + "\n"
            body += self.prose(item.comment, item.names) + "\n"
        self.site.write(header.page[1:] + ".md", body)

    def write(self) -> None:
        """All pages, their index, and the menu."""
        body = frontmatter(title="The API of common/") + ABOUT
        menu: list[dict[str, object]] = [{"text": "All headers", "link": "/api/"}]
        for folder, sentence in FOLDERS.items():
            body += f"\n## {folder}\n\n{sentence}\n\n| header | what it is for |\n| --- | --- |\n"
            items = []
            for header in self.headers:
                folder_of_it, base = posixpath.split(header.path)
                if folder_of_it == folder:
                    self.write_header(header)
                    summary = self.linked(header.summary, [])
                    body += f"| [{base}]({header.page}) | {summary} |\n"
                    items.append({"text": base, "link": header.page})
            menu.append({"text": folder, "items": items})
        self.site.write("api/index.md", body)
        self.site.menus["/api/"] = menu
