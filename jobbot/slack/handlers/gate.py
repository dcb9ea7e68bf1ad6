"""The gate: decides access for each interaction from the policy and Slack's facts, and counts refusals."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from jobbot.access import (
    Allowed,
    Channel,
    ChannelRule,
    Directory,
    Facts,
    Home,
    Line,
    Need,
    Person,
    Policy,
    Reach,
    Refused,
    Where,
    decide,
    gather_all_facts,
    gather_facts,
    is_colleague,
    may_ask,
    may_offer,
    open_places,
    open_where,
    refuse_early,
    refuse_workspace,
    without_places,
)
from jobbot.access.anywhere import refuse_anywhere, refuse_person
from jobbot.access.reasons import NotThisWorkspace, TwoPeople
from jobbot.adverity.key_seen import KeySeen
from jobbot.adverity.model import DatastreamId, Job
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.frozen import Audience
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.intents.model import Act
from jobbot.intents.times.zones import zone_named
from jobbot.interaction import Interaction
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.buttons import ask_for
from jobbot.render.refusals import render_refusal
from jobbot.telemetry import Telemetry
from jobbot.telemetry.labels import label_of

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Passed:
    """Access is allowed, with what the answer needs: visibility, buttons, membership, the person's time zone.

    ``offers``: what a message in this channel may have buttons for; ``is_shared``: with another organisation.
    """

    visible: bool
    may_share: bool
    offers: frozenset[Need]
    is_member: bool
    zone: ZoneInfo | None
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision to be told with its trace, and ``elsewhere``: where else it can be done and by whom, as far as the
    person may know of those channels."""

    decision: Allowed | Refused
    elsewhere: tuple[Where, ...] = ()


class OutOfReach(Exception):
    """The channel does not see what was asked for: ``refused`` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__("out of the channel's workspaces")
        self.refused = refused


class Gate:
    """Decides access. ``home`` is the workspace, ``directory`` looks people and channels up.

    ``catalogue`` knows in which workspaces things are: without it, a channel that is bound to workspaces sees nothing.
    """

    def __init__(
        self,
        home: Home,
        policy: Policy,
        directory: Directory,
        telemetry: Telemetry | None = None,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._home = home
        self._policy = policy
        self._directory = directory
        self._telemetry = telemetry or Telemetry()

    def set_policy(self, policy: Policy) -> None:
        """Replace the policy, as a whole."""
        self._policy = policy

    @property
    def policy(self) -> Policy:
        """The policy as it is now."""
        return self._policy

    @property
    def home(self) -> Home:
        """The workspace."""
        return self._home

    def refuse_anywhere(self, who: Interaction) -> Refused | None:
        """Refuse whoever is refused wherever they ask, by the payload alone."""
        refused = refuse_anywhere(who, self._home)
        return refused and self._noted(who, Need.VIEW, refused)

    def refuse_person(self, who: Interaction, person: Person | None) -> Refused | None:
        """The same by what Slack says of the person, None where it does not."""
        refused = refuse_person(who, self._home, person)
        return refused and self._noted(who, Need.VIEW, refused)

    def refuse_early(self, who: Interaction, need: Need, instance: str | None = None) -> Refused | None:
        """Refuse what the payload alone forbids, without a look-up. ``instance``: the one named, None for none.

        Where it can be done is not said, as that takes look-ups: see :meth:`refuse_at_once`.
        """
        policy = self._policy
        refused = refuse_early(who, need, policy, self._home, instance=instance)
        return refused and self._noted(who, need, without_places(refused))

    async def refuse_at_once(self, who: Interaction, need: Need, instance: str | None = None) -> Refused | None:
        """The same with the places where it can be done; nothing is looked up where nothing is refused."""
        policy = self._policy
        refused = refuse_early(who, need, policy, self._home, instance=instance)
        return refused and self._noted(who, need, await self._placed(refused, who, policy))

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The policy's rule for a channel."""
        return self._policy.rule(channel_id)

    def limited_to(self, channel_id: str | None) -> tuple[str, ...]:
        """The instances that alone may be named in a channel; empty for all, and where nothing is permitted."""
        rule = self.rule(channel_id)
        return rule.instances if rule is not None else ()

    def meant(self, channel_id: str | None, named: str | None) -> str | None:
        """As :meth:`Policy.meant`."""
        return self._policy.meant(channel_id, named)

    def aliases(self, instance: str) -> Mapping[str, int]:
        """The policy's names for datastreams of an instance, in lower case."""
        return self._policy.aliases.get(instance, {})

    async def reach(self, channel_id: str | None, instance: Instance) -> Reach | None:
        """What a channel sees of an instance; None where it is bound to no workspaces, and sees all."""
        rule = self.rule(channel_id)
        if rule is None or not rule.workspaces:
            return None
        if self._catalogue is None:
            return Reach(frozenset(), tuple(map(str, rule.workspaces)), whole=False)
        return await self._catalogue.reach(rule.workspaces, instance)

    def needs_two(self, channel_id: str | None, instance: str, datastreams: Collection[int | None]) -> bool:
        """Whether the policy wants two people for an act on these datastreams; None: one that is not known."""
        return self._policy.needs_two(channel_id, instance, datastreams)

    def not_alone(self, who: Interaction, need: Need) -> Refused:
        """The refusal of what nobody does alone here."""
        reason = TwoPeople(need, who.channel_id or "")
        return self._noted(who, need, Refused(reason, need, trace=(Line(reason),)))

    async def is_member(self, channel_id: str) -> bool:
        """Whether jobbot is in a channel, so that it can post there what nobody waits for."""
        channel = await self._directory.channel(channel_id)
        return channel is not None and channel.is_member

    async def zone(self, who: Interaction, passed: Passed | Refused) -> ZoneInfo | None:
        """A person's time zone, also of one who is refused and asks somebody else."""
        if isinstance(passed, Passed):
            return passed.zone
        return _zone(await self._directory.person(who.user_id))

    def is_bound(self, channel_id: str | None) -> bool:
        """Whether a channel sees some workspaces only."""
        rule = self.rule(channel_id)
        return rule is not None and bool(rule.workspaces)

    async def audience(self, channel_id: str | None) -> Audience:
        """Who reads a channel, and how much they see."""
        channel = await self._directory.channel(channel_id) if channel_id else None
        return Audience(channel is None or channel.is_shared_outside, self.is_bound(channel_id))

    async def open_to_all_of(self, who: Interaction, need: Need, instance: str) -> list[str]:
        """The ids of other channels that see all of an instance, of our people alone, in which something may be done;
        as far as the person may know of them."""
        if not is_colleague(who, await self._directory.person(who.user_id), self._home):
            return []
        places = await open_where(need, self._policy, self._directory, but=who.channel_id, instance=instance)
        found = [(one.channel_id, await self.audience(one.channel_id)) for one in places]
        return [id_ for id_, there in found if not (there.is_shared or there.is_bound)]

    def cannot_place(self, who: Interaction, need: Need, job: int) -> Refused:
        """The refusal of a job of which nobody learned in time where it is, in a channel bound to workspaces."""
        rule = self.rule(who.channel_id)
        bound = rule.workspaces if rule is not None else ()
        reason = NotThisWorkspace(who.channel_id or "", tuple(map(str, bound)), whole=True, job=job)
        return self._noted(who, need, Refused(reason, need))

    async def place(self, who: Interaction, instance: Instance, job: Job, need: Need = Need.VIEW) -> int | None:
        """The number of the workspace in which a job is that the channel sees, None where it sees all.

        Raises OutOfReach for a job that it does not see.
        """
        reach = await self.reach(who.channel_id, instance)
        if reach is None or self._catalogue is None:
            self._must_see(who, need, reach, None, job=job.id)
            return None
        stream = job.datastream
        places = await self._catalogue.places(instance, [stream])
        place = None if stream is None else places.get(stream.id)
        self._must_see(who, need, reach, place, job=job.id)
        return place

    async def may_see(
        self, who: Interaction, instance: Instance, datastream: DatastreamId, need: Need = Need.ALERTS
    ) -> None:
        """Raises OutOfReach for a datastream that the channel does not see."""
        reach = await self.reach(who.channel_id, instance)
        known = reach is not None and self._catalogue is not None
        place = await self._catalogue.workspace_of(instance, datastream) if known and self._catalogue else None
        self._must_see(who, need, reach, place, datastream=datastream)

    async def may_see_all(self, who: Interaction, instance: Instance, workspaces: frozenset[int] | None) -> None:
        """Raises OutOfReach for what is in workspaces of which the channel does not see every one; None: unknown."""
        reach = await self.reach(who.channel_id, instance)
        for place in [None] if workspaces is None else sorted(workspaces):
            self._must_see(who, Need.ALERTS, reach, place)

    def _must_see(self, who: Interaction, need: Need, reach: Reach | None, place: int | None, **what: int) -> None:
        refused = refuse_workspace(who.channel_id, reach, place, **what)
        if refused is not None:
            raise OutOfReach(self._noted(who, need, replace(refused, need=need)))

    async def decide(
        self, who: Interaction, need: Need, instance: str | None = None, *, fresh: bool = False
    ) -> Passed | Refused:
        """Decide with look-ups. ``instance``: the one named, None for none; ``fresh``: bypass caches, before an act."""
        # The policy may be replaced during the look-ups: one is used from the first question to the last.
        policy = self._policy
        if early := refuse_early(who, need, policy, self._home, instance=instance):
            return self._noted(who, need, await self._placed(early, who, policy))
        facts = await gather_facts(who, need, policy, self._directory, fresh=fresh)
        decision = decide(who, need, policy, self._home, facts, instance=instance)
        match decision:
            case Refused():
                return self._noted(who, need, await self._placed(decision, who, policy))
            case Allowed(visible, may_share):
                offers = may_offer(who.channel_id, policy, facts)
                member = facts.channel is not None and facts.channel.is_member
                shared = facts.channel is None or facts.channel.is_shared_outside
                return Passed(visible, may_share, offers, member, _zone(facts.person), shared)

    def offers(self, channel_id: str, channel: Channel | None) -> frozenset[Need] | None:
        """What a message in a channel may have buttons for; None where Slack does not say what the channel is."""
        if channel is None:
            return None
        return may_offer(channel_id, self._policy, Facts(channel=channel))

    async def explain(
        self,
        who: Interaction,
        needs: Iterable[Need],
        instance: str | None = None,
        *,
        key: KeySeen | None = None,
        fresh: bool = False,
    ) -> Mapping[Need, Explained]:
        """Decide each of ``needs`` anew, to be told with its trace; nothing is counted as refused.

        ``instance`` and ``fresh`` as for :meth:`decide`; ``key``: what it said of jobbot's key so far.
        """
        policy, asked = self._policy, tuple(needs)
        meant = policy.meant(who.channel_id, instance)
        if refuse_early(who, Need.VIEW, policy, self._home, instance=instance) is None:
            facts = await gather_all_facts(who, asked, policy, self._directory, fresh=fresh)
        else:
            # Of a channel in which nothing is permitted nothing is looked up.
            facts = dict.fromkeys(asked, Facts(person=await self._directory.person(who.user_id, fresh=fresh)))
        explained = {}
        for need in asked:
            decision = decide(who, need, policy, self._home, replace(facts[need], key=key), instance=instance)
            elsewhere: tuple[Where, ...] = ()
            if isinstance(decision, Refused):
                decision = without_places(decision)
                if is_colleague(who, facts[need].person, self._home):
                    elsewhere = await open_where(need, policy, self._directory, but=who.channel_id, instance=meant)
            explained[need] = Explained(decision, elsewhere)
        return explained

    async def _placed(self, refused: Refused, who: Interaction, policy: Policy) -> Refused:
        return await open_places(refused, who, policy, self._home, self._directory)

    def _noted(self, who: Interaction, need: Need, refused: Refused) -> Refused:
        """Count and log a refusal, with ids alone."""
        reason = label_of(refused.reason)
        self._telemetry.metrics.refused(reason)
        log.info("refused", reason=reason, need=need.value, user=who.user_id, channel=who.channel_id)
        return refused


def _zone(person: Person | None) -> ZoneInfo | None:
    return zone_named(person.zone) if person is not None and person.zone is not None else None


def denied(refused: Refused, wish: Act | None = None) -> Denied:
    """A refusal of a submission: for the record, and for the person, who may ask others for ``wish``."""
    return Denied(label_of(refused.reason).replace("_", " "), refusal_of(refused, wish))


def refusal_of(refused: Refused, wish: Act | None = None) -> Message:
    """A refusal for the person, with the button to ask somebody who can, where there may be one in the channel."""
    ask = ask_for(wish) if wish is not None and may_ask(refused) else None
    return render_refusal(refused, ask=ask)
