"""Lines of a TOML file's keys, whatever the file looks like."""

import tomllib
from collections.abc import Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from jobbot.config.toml_lines import KeyPath, line_of
from tests.support.each import each

HAIRY = '''\
# [not.a.table] = 1
top = "a # no comment"  # a comment = 1
[instances.acme]
host = "x"
"key" = 'K'
a.b . "c d" = 1

[channels."C0=AAA"] # ]
may = [
    "view", # "stop",
    "stop",
    ["x",
     { y = 1, "z" = [2] }],
]
text = """
[channels.C0BBB]
may = ["view"] \\""" still
"""
raw = \'\'\'
x = 1\'\'\'
when = 1979-05-27 07:32:00
until = 1979-05-27T07:32:00Z
[[list]]
a = 1
[[list]]
[list.deep]
b = { c = { d = 1 } }
[[list.more]]
e = 1
[[list.more]]
e = 2
'''


def places(value: object, here: KeyPath = ()) -> Iterator[KeyPath]:
    """The way to everything in what ``tomllib`` read."""
    if here:
        yield here
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*here, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*here, at))


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The line of everything in it, 0 where none is found."""
    return {place: line_of(place, text) or 0 for place in places(tomllib.loads(text))}


def test_everything_has_its_line() -> None:
    lines = key_lines(HAIRY)
    assert set(lines) == set(places(tomllib.loads(HAIRY)))


@each(
    ("place", "line"),
    [
        (("top",), 2),
        (("instances",), 3),
        (("instances", "acme", "key"), 5),
        (("instances", "acme", "a", "b", "c d"), 6),
        (("channels", "C0=AAA"), 8),
        (("channels", "C0=AAA", "may"), 9),
        (("channels", "C0=AAA", "may", 1), 11),
        (("channels", "C0=AAA", "may", 2, 1, "z", 0), 13),
        (("channels", "C0=AAA", "text"), 15),
        (("channels", "C0=AAA", "when"), 21),
        (("list", 1, "deep", "b", "c", "d"), 27),
        (("list", 1, "more", 1, "e"), 31),
        (("instances", "acme", "missing"), 3),
        (("nowhere",), None),
    ],
)
def test_the_line(place: KeyPath, line: int | None) -> None:
    assert line_of(place, HAIRY) == line


def test_line_ends_of_other_editors() -> None:
    text = HAIRY.replace("\n", "\r\n")
    assert key_lines(text) == key_lines(HAIRY)


WORDS = st.text("ab.\"'=[]{}#,\\\n 1-_é", max_size=12)


@given(st.lists(WORDS, max_size=8).map("\n".join))
def test_whatever_is_toml_has_lines_and_nothing_hangs(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except ValueError:
        return
    lines = key_lines(text)
    assert set(lines) == set(places(read))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


STRINGS = st.text("ab\"'\\\n[]=#{}", max_size=8)


def written(text: str) -> str:
    """As a TOML string of several lines."""
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{kept}"""'


@given(st.lists(STRINGS, min_size=1, max_size=5))
def test_no_string_is_taken_for_a_key(strings: list[str]) -> None:
    text = "\n".join(f"k{at} = {written(words)}" for at, words in enumerate(strings))
    lines = key_lines(text)
    assert set(lines) == {(f"k{at}",) for at in range(len(strings))}
    for at in range(len(strings)):
        assert text.split("\n")[lines[(f"k{at}",)] - 1].startswith(f"k{at} = ")
