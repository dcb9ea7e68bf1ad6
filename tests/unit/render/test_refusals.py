"""Every refusal of a person or a place can be asked why, and every way in which a question is met has its words."""

from jobbot.access import Allowed, Line, Met, Need
from jobbot.intents.button import decode
from jobbot.intents.model import WhoAmI
from jobbot.render.blockkit.blocks import Message
from jobbot.render.trace import render_why
from tests.support.each import each
from tests.unit.render.gallery import gallery


def test_every_refusal_has_why_but_that_of_doing_it_alone() -> None:
    found = {name: said for name, said in gallery() if name.startswith("refusal") and isinstance(said, Message)}
    # The decision about the person is a yes there, so the refusal itself says what is needed, and by which setting.
    alone = found.pop("refusal two people")
    assert "Why?" not in str(alone.blocks)
    assert "two_people, in the policy file" in alone.text
    refusals = list(found.values())
    assert len(refusals) > 20
    for said in refusals:
        elements = [one for block in said.blocks for one in block.get("elements", []) if one["type"] == "button"]
        (why,) = (one for one in elements if one["text"]["text"] == "Why?")
        assert isinstance(decode(why["value"]), WhoAmI)


@each("met", Met)
def test_each_way_has_its_words(met: Met) -> None:
    ids = (Need.STOP.value,) if met is Met.NEED else ("S0ONCALL",)
    decision = Allowed(visible=True, trace=(Line(met, ids), Line(Allowed(visible=True))))
    said = render_why(decision, Need.STOP, (), user="U0ANA", instance="acme").text.splitlines()
    assert len(said[1]) > 10
    assert said[2] == "*Yes: you may stop jobs here*"
