"""``jobbot help``: pages of plain text, one for each topic, in ``pages/``.

A page's first line is its name and what it is about. Two pages are files that are ready to use, with explanations as
comments: ``jobbot help systemd > jobbot.service``, ``jobbot help kubernetes | kubectl apply -f -``.
"""

from importlib.resources import files

from jobbot.spelling import nearest

_PAGES = files(__name__).joinpath("pages")
_ENDING = ".txt"


class NoSuchTopic(Exception):
    """There is no such page. The message is one line, with the nearest one."""


def topics() -> list[str]:
    """The pages' names."""
    return sorted(page.name.removesuffix(_ENDING) for page in _PAGES.iterdir() if page.name.endswith(_ENDING))


def page(topic: str) -> str:
    """The page as it is printed. Raises NoSuchTopic."""
    if topic not in topics():
        near = nearest(topic.lower(), topics(), cutoff=0.6)
        meant = f"did you mean {near}?" if near else f"the pages are {', '.join(topics())}"
        raise NoSuchTopic(f"jobbot help: there is no such page; {meant}")
    return _PAGES.joinpath(topic + _ENDING).read_text(encoding="utf-8")


def contents() -> str:
    """The list of pages, each with what it is about."""
    heads = [page(topic).split("\n", 1)[0].removeprefix("# ").partition(" - ") for topic in topics()]
    width = max(len(name) for name, _, _ in heads)
    lines = [f"  {name:<{width}}  {about}" for name, _, about in heads]
    return "\n".join(["Pages about setting up and running jobbot; read one with jobbot help TOPIC:", "", *lines, ""])
