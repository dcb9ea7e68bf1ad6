"""Decides access: may this person do this in this channel? Facts in, Allowed or Refused out. Pure.

What is not known refuses.

In two steps. :func:`refuse_early` uses the payload alone, because a modal must be opened within 3 seconds and no
look-up fits before that. :func:`decide` uses everything; it is called before any job data is shown, and again, with
fresh facts, before anything is sent that changes something.

Each decision carries its trace: the questions in the order in which they were asked, each with its answer, of which the
last is the decision. ``whoami`` and "Why?" show it, and it is the decision's own path, so that they cannot differ.

Bolt's own ``context.team_id`` says "ours" for people of another organisation too, so the team here is always the
person's own (executed and seen with Bolt 1.30).
"""

from itertools import chain

from jobbot.access.facts import Facts, Home, Person
from jobbot.access.met import Met
from jobbot.access.policy import Need, Policy
from jobbot.access.questions import Request, is_shut, person_line, says_other_organisation
from jobbot.access.reasons import Decision, Line, NotThisWorkspace, NotYou, Refused, TwoPeople
from jobbot.access.workspaces import Reach
from jobbot.interaction import Interaction


def refuse_early(
    who: Interaction, need: Need, policy: Policy, home: Home, *, instance: str | None = None
) -> Refused | None:
    """Refuse what the payload alone forbids; None is not yet a permission.

    ``instance`` is the one that was named, None for the channel's own.
    """
    asked = Request(who, need, policy, home, instance)
    decision = asked.decided_by(chain(asked.of_payload(), asked.of_channel()))
    return decision if isinstance(decision, Refused) else None


def decide(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, *, instance: str | None = None
) -> Decision:
    """Decide from payload, policy and facts. ``instance`` as for :func:`refuse_early`.

    The person comes before the channel: somebody of another organisation learns nothing of what is permitted where.
    """
    asked = Request(who, need, policy, home, instance)
    decision = asked.decided_by(
        chain(asked.of_payload(), asked.of_person(facts.person), asked.of_channel(), asked.of_facts(facts))
    )
    assert decision is not None  # noqa: S101 - the last line of the facts is always one
    return decision


def may_ask(refused: Refused) -> bool:
    """Whether the person who is refused may ask others in the channel to do it.

    False where nobody in the channel may do it, and for people of other organisations and untrusted guests.
    """
    return isinstance(refused.reason, NotYou | TwoPeople)


def is_colleague(who: Interaction, person: Person | None, home: Home) -> bool:
    """Whether a person may know which channels there are: a full member of ours, as the payload and Slack say."""
    if person is None or person.is_guest or who.is_bot or says_other_organisation(who, home):
        return False
    return isinstance(person_line(who, person, home).answer, Met)


def refuse_workspace(
    channel_id: str | None,
    reach: Reach | None,
    workspace: int | None,
    *,
    job: int | None = None,
    datastream: int | None = None,
) -> Refused | None:
    """Refuse a job or a datastream that a channel does not see; ``reach`` is None where it sees every workspace.

    ``workspace`` is the number of the one in which it is, None where that is not known: then it is not seen.
    """
    if reach is None or reach.sees(workspace):
        return None
    reason = NotThisWorkspace(channel_id or "", reach.names, reach.whole, job, datastream)
    return Refused(reason, trace=(Line(reason),))


def may_offer(channel_id: str | None, policy: Policy, facts: Facts) -> frozenset[Need]:
    """What a message here may offer by its buttons; who may press one is asked when it is pressed."""
    rule = policy.rule(channel_id)
    if rule is None or Need.VIEW not in rule.may or facts.channel is None:
        return frozenset()
    return frozenset(need for need in rule.may if not is_shut(need, rule, facts.channel))
