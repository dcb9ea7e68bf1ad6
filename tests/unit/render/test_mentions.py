"""An answer for a whole channel that calls nobody: the names of people in the place of mentions."""

from jobbot.adverity.model import JobId
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import SECTION_TEXT
from jobbot.render.blockkit.mentions import mentioned, without_mentions

ANA, BEN, GUS = "U0ANA00001", "U0BEN00001", "W0GUS00001"


def test_people_are_named_and_who_asked_is_mentioned() -> None:
    rows = [
        parts.text(f"*Facebook* watched by <@{ANA}>", buttons.show(JobId(987), "acme")),
        parts.small(f"<@{BEN}> · <@{GUS}>"),
    ]
    message = parts.compose([*rows, parts.text("in <#C0INC>, quoted &lt;@U0ANA00001&gt;")])
    assert mentioned(message, but=BEN) == [ANA, GUS]
    told = without_mentions(message, {ANA: "Ana *Lopez*"}, but=BEN)
    assert mentioned(told, but="") == [BEN]
    first, small, last = told.blocks
    assert first["text"]["text"].startswith("*Facebook* watched by Ana ")
    assert "*Lopez*" not in first["text"]["text"], "a name formats nothing"
    assert first["accessory"] == message.blocks[0]["accessory"]
    assert small["elements"][-1]["text"].endswith("somebody")
    assert last == message.blocks[2]
    assert "watched by Ana" in told.text


def test_it_fits_however_long_the_names_are() -> None:
    line = f"<@{ANA}>" * (SECTION_TEXT // len(f"<@{ANA}>"))
    told = without_mentions(parts.compose([parts.text(line)]), {ANA: "A" * 80}, but=BEN)
    assert mentioned(told, but="") == []
    assert all(len(block["text"]["text"]) <= SECTION_TEXT for block in told.blocks)
    assert len(told.text.encode()) <= 3_800
