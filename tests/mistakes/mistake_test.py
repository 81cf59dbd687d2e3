#!/usr/bin/env python3
"""tests/mistakes/mistake_test.py - how mistakes are read, found, planted, renamed."""

import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import rename  # noqa: E402
from mistake import Malformed, Mistake, NotFound, Sources, read_text  # noqa: E402


def block(heading: str, code: str) -> str:
    """A section with a block of C."""
    return f"\n## {heading}\n\n```c\n{textwrap.dedent(code).strip()}\n```\n"


def written(*pairs: tuple[str, str], listed: str = "", added: str = "") -> str:
    """The text of a mistake."""
    text = f"# A mistake\n\n- group: reading\n- caught by: `one`, `two`\n{listed}"
    text += "\n## What you see\n\nNothing.\n\n## Hint\n\nWhy?\n"
    for before, after in pairs:
        text += block("Before", before) + block("After", after)
    return text + (block("Added above the function", added) if added else "")


def made(*pairs: tuple[str, str], listed: str = "", added: str = "") -> Mistake:
    """A mistake."""
    return read_text("a-mistake", written(*pairs, listed=listed, added=added))


class WithStages(unittest.TestCase):
    """A project of some stages, with a file each."""

    def setUp(self) -> None:
        made_folder = tempfile.TemporaryDirectory()
        self.addCleanup(made_folder.cleanup)
        self.top = Path(made_folder.name)
        (self.top / "tests/mistakes").mkdir(parents=True)

    def write(self, stage: int, text: str, name: str = "a.c") -> None:
        """Writes a file of a stage."""
        folder = self.top / f"stages/stage{stage}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")

    def planted(self, mistake: Mistake, stage: int = 1) -> str:
        """The one file that a mistake changes, as it is with it."""
        (text,) = mistake.planted(Sources(self.top), f"stages/stage{stage}").values()
        return text


class Reading(unittest.TestCase):
    """The form of the file."""

    def test_all_parts_are_read(self) -> None:
        mistake = made(
            ("a();", "b();"), ("c();", ""), added="static void b(void);",
            listed="- stages: 1, 3-5\n- includes: `<a.h>`, `\"b.h\"`\n- sanitizer: thread\n",
        )  # fmt: skip
        self.assertEqual(mistake.title, "A mistake")
        self.assertEqual(mistake.caught_by, ("one", "two"))
        self.assertEqual(mistake.stages_named, (1, 3, 4, 5))
        self.assertEqual(mistake.includes, ("<a.h>", '"b.h"'))
        self.assertEqual(mistake.sanitizer, "thread")
        self.assertEqual([p.after for p in mistake.pairs], ["b();", ""])
        self.assertEqual(mistake.added, "static void b(void);")

    def test_a_line_of_the_list_may_go_on(self) -> None:
        text = written(("a();", "b();")).replace("`one`, ", "`one`,\n  ")
        self.assertEqual(read_text("x", text).caught_by, ("one", "two"))

    def test_what_is_wrong_is_said(self) -> None:
        good = written(("a();", "b();"))
        for old, new, reason in (
            ("# A mistake\n", "A mistake\n", "first line"),
            ("- group: reading\n", "", "no `group`"),
            ("reading", "writing", "no group `writing`"),
            ("- group", "- color", "no key `color`"),
            ("- caught by: ", "- caught by", "not `- KEY: VALUE`"),
            ("## Hint", "## Help", "first sections"),
            ("a();", "", "a Before is empty"),
            ("a();", "/* nothing */", "a Before is empty"),
            ("a();", "b( ); /* again */", "the same code"),
            ("## After", "## Afterwards", "its sections should be"),
            ("```c\na();\n```", "a();", "one block of code"),
        ):
            with self.subTest(reason=reason):
                self.assertIn(old, good)
                with self.assertRaisesRegex(Malformed, reason):
                    read_text("x", good.replace(old, new))
        for listed in ("- stages: 6-3\n", "- stages: all\n", "- in: stages\n"):
            with self.subTest(listed=listed), self.assertRaises(Malformed):
                made(("a();", "b();"), listed=listed)


class Finding(WithStages):
    """Where a mistake is planted."""

    def test_white_space_and_comments_do_not_matter(self) -> None:
        self.write(1, "int f(void)\n{\n    return g(1, /* one */\n             2);\n}\n")
        self.assertIn("g(2)", self.planted(made(("return g( 1,2 ) ; // ?", "return g(2);"))))

    def test_a_string_is_one_token(self) -> None:
        self.write(1, 'char *a = "f(); /* b */";\nint x = f();\n')
        self.assertIn("x = 0;", self.planted(made(("f();", "0;"))))

    def test_not_there_or_twice(self) -> None:
        self.write(1, "int a = 1;\n")
        self.write(1, "int b = 1;\n", "b.c")
        with self.assertRaisesRegex(NotFound, "Before is not in stages/stage1"):
            self.planted(made(("= 2;", "= 3;")))
        with self.assertRaisesRegex(NotFound, r"more than once: .*/a.c:1, .*/b.c:1"):
            self.planted(made(("= 1;", "= 3;")))

    def test_pairs_that_overlap(self) -> None:
        self.write(1, "int a = 1;\n")
        with self.assertRaisesRegex(NotFound, "overlap"):
            self.planted(made(("int a =", "int b ="), ("a = 1;", "a = 2;")))

    def test_the_stages_are_those_that_have_the_code_once(self) -> None:
        self.write(1, "int a = 1, b = 1;\n")
        self.write(2, "int a = 1;\n", "moved.c")
        self.write(3, "int a = 2;\n")
        sources = Sources(self.top)
        self.assertEqual(made(("= 1", "= 3")).stages(sources), [2])
        self.assertEqual(made(("= 1", "= 3"), listed="- stages: 2\n").stages(sources), [2])
        with self.assertRaisesRegex(NotFound, "stage3"):
            made(("= 1", "= 3"), listed="- stages: 2-3\n").stages(sources)
        with self.assertRaises(NotFound):
            made(("= 4", "= 3")).stages(sources)


class Planting(WithStages):
    """What is planted."""

    def test_an_after_is_indented_as_its_place(self) -> None:
        self.write(1, """
            void f(void)
            {
                while (a) {
                    b();
                }
            }
            """)
        self.assertEqual(
            self.planted(made(("b();", "if (c) {\n    b();\n}\nd();"))),
            textwrap.dedent("""
                void f(void)
                {
                    while (a) {
                        if (c) {
                            b();
                        }
                        d();
                    }
                }
                """).lstrip(),
        )

    def test_an_empty_after_deletes_the_line(self) -> None:
        self.write(1, "a();\n    b();\nc();\n")
        self.assertEqual(self.planted(made(("b();", ""))), "a();\nc();\n")

    def test_a_part_of_a_line(self) -> None:
        self.write(1, "{\n    a(1, 2);\n}\n")
        self.assertEqual(self.planted(made(("1, 2", "2, 1"))), "{\n    a(2, 1);\n}\n")

    def test_comments_at_the_edges_go_with_the_code(self) -> None:
        self.write(1, "/* Old words,\n * two lines. */\na(); /* why */\nb();\n")
        self.assertEqual(
            self.planted(made(("/* Words. */\na(); /* x */", "c();"))), "c();\nb();\n"
        )
        self.assertIn("two lines. */\nc(); /* why */", self.planted(made(("a();", "c();"))))

    def test_several_pairs_includes_and_a_function(self) -> None:
        self.write(1, """
            #include "a.h"

            #include <errno.h>

            int g(void)
            {
                return 0;
            }

            /* What f does. */
            int f(void)
            {
                a();
                b();
            }
            """)
        mistake = made(
            ("b();", "h();"), ("a();", ""), added="static void h(void)\n{\n}",
            listed="- includes: `<errno.h>`, `<time.h>`\n",
        )  # fmt: skip
        self.assertEqual(
            self.planted(mistake),
            textwrap.dedent("""
                #include "a.h"

                #include <errno.h>
                #include <time.h>

                int g(void)
                {
                    return 0;
                }

                static void h(void)
                {
                }

                /* What f does. */
                int f(void)
                {
                    h();
                }
                """).lstrip(),
        )


class Renaming(WithStages):
    """rename.py, on a project of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(setattr, rename, "top", rename.top)
        rename.top = self.top
        self.write(1, '#include <old.h>\nint old(int x)\n{\n    return x + 1; /* old */\n}\n')
        self.write(2, "int old(int x)\n{\n    return x + 2;\n}\n")
        for number in (1, 2):
            text = written((f"return x + {number};", f"return old(x - {number});"))
            (self.top / f"tests/mistakes/of-{number}.md").write_text(text, "utf-8")

    def text(self, path: str) -> str:
        """What is in a file now."""
        return (self.top / path).read_text("utf-8")

    def test_in_all_stages_and_mistakes(self) -> None:
        rename.rename("old", "new", [])
        self.assertIn("#include <old.h>\nint new(int x)", self.text("stages/stage1/a.c"))
        self.assertIn("/* old */", self.text("stages/stage1/a.c"))
        self.assertIn("return new(x - 2);", self.text("tests/mistakes/of-2.md"))

    def test_in_one_file(self) -> None:
        rename.rename("old", "new", [str(self.top / "stages/stage2/a.c")])
        self.assertIn("int old(int x)", self.text("stages/stage1/a.c"))
        self.assertIn("return old(x - 1);", self.text("tests/mistakes/of-1.md"))
        self.assertIn("return new(x - 2);", self.text("tests/mistakes/of-2.md"))

    def test_refused(self) -> None:
        for old, new in (("old", "x"), ("nowhere", "new"), ("old", "1st")):
            with self.subTest(new=new), self.assertRaises(rename.Refused):
                rename.rename(old, new, [])
        text = written(("return x +", "return x -"), listed="- stages: 1-2\n")
        (self.top / "tests/mistakes/of-both.md").write_text(text, "utf-8")
        with self.assertRaisesRegex(rename.Refused, "of-both"):
            rename.rename("x", "y", [str(self.top / "stages/stage2/a.c")])


if __name__ == "__main__":
    unittest.main()
