"""The words about datastreams and workspaces, by number or by name.

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply. No name is
looked up here: it is kept as it was put.
"""

from collections.abc import Sequence

from jobbot.adverity.model import DatastreamId
from jobbot.intents.grammar.reason import linked
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.numbers import datastream_link, like_number, number
from jobbot.intents.language.spelling import nearest
from jobbot.intents.language.tokens import LONGEST_NAME, Token, joined
from jobbot.intents.language.vocabulary import DATASTREAM, FILLERS, TITLES, VOCABULARY, WHY, WORKSPACE
from jobbot.intents.model import BadNumber, MissingName, MissingNumber, Stream


def read_quoted(sentence: Sentence, at: int) -> int:
    """``"trade desk"``: a datastream's name."""
    token = sentence.tokens[at]
    if not token.quoted:
        return 0
    _put_datastream(sentence, token.name, at, at + 1)
    return 1


def read_page(sentence: Sentence, at: int) -> int:
    """A link to a datastream's page says which instance it is on. On a host nobody configured it says nothing."""
    url = sentence.tokens[at].url
    stream = datastream_link(url) if url else None
    name = linked(sentence.instances, sentence.base_urls, url) if stream is not None else None
    if stream is None or name is None:
        return 0
    sentence.put_instance(name, at, at + 1)
    _put_datastream(sentence, DatastreamId(stream), at, at + 1, f"datastream {stream}")
    return 1


def read_datastream(sentence: Sentence, at: int) -> int:
    """``datastream 42``, ``datastream facebook ads``, ``datastream "failed"``."""
    if sentence.words[at] not in DATASTREAM:
        return 0
    parts, word = sentence.parts, sentence.tokens[at].shown
    place = _behind(sentence, at)
    if place is None or _says_something_else(sentence, place):
        parts.fault(MissingNumber(word), at, at + 1)
        return 1
    given, behind = sentence.tokens[place], place + 1
    found = number(given.word)
    if found is not None:
        _put_datastream(sentence, DatastreamId(found), at, behind)
    elif like_number(given.word) and not given.quoted:
        parts.fault(BadNumber(word, given.shown), at, behind)
    else:
        behind = behind if given.quoted else _name_ends(sentence, place)
        _put_datastream(sentence, _name(sentence.tokens[place:behind]), at, behind)
    return behind - at


def read_workspace(sentence: Sentence, at: int) -> int:
    """``workspace emea``, ``workspace "north america"``, ``workspace 14``."""
    if sentence.words[at] not in WORKSPACE:
        return 0
    parts, place = sentence.parts, _behind(sentence, at)
    if place is None or _says_something_else(sentence, place):
        parts.fault(MissingName(sentence.tokens[at].shown), at, at + 1)
        return 1
    given = sentence.tokens[place]
    found = number(given.word)
    name = given.name[:LONGEST_NAME].rstrip() if found is None else str(found)
    if not name or (found is None and like_number(given.word) and not given.quoted):
        parts.fault(BadNumber(sentence.tokens[at].shown, given.shown), at, place + 1)
    elif parts.once("workspace", (parts.workspace, name), sentence.shown(at, place + 1), at, place + 1):
        parts.workspace = name
    return place + 1 - at


def _put_datastream(sentence: Sentence, which: Stream, at: int, behind: int, shown: str = "") -> None:
    parts = sentence.parts
    if parts.once("datastream", (parts.datastream, which), shown or sentence.shown(at, behind), at, behind):
        parts.datastream = which


def _behind(sentence: Sentence, at: int) -> int | None:
    """Where the number or the name is: behind "id" and the like, which may also be the name."""
    place = sentence.behind(at, TITLES)
    return at + 1 if place is None and at + 1 < len(sentence.words) and sentence.tokens[at + 1].quoted else place


def _says_something_else(sentence: Sentence, place: int) -> bool:
    token = sentence.tokens[place]
    if token.quoted:
        return False
    return number(token.word) is None and not like_number(token.word) and sentence.is_known(place)


def _name_ends(sentence: Sentence, at: int) -> int:
    """Behind the words that nobody knows, nor almost knows; a word that says nothing may stand between two of them."""
    end = at + 1
    for place in range(end, len(sentence.words)):
        token = sentence.tokens[place]
        if token.word in FILLERS and not token.quoted:
            continue
        if token.quoted or token.mention or token.url or like_number(token.word) or sentence.is_known(place):
            break
        if token.word in WHY or nearest(token.word, VOCABULARY) is not None:
            break
        if len(joined(sentence.tokens[at : place + 1])) > LONGEST_NAME:
            break
        end = place + 1
    return end


def _name(tokens: Sequence[Token]) -> str:
    return joined(tokens)[:LONGEST_NAME].rstrip()
