"""Writes the alert messages of one channel in one round, for the outbox: posts, replies in threads, edits. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.flows.following.matters import Hit
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.matters import Matter
from jobbot.render.offered import subjects_of
from jobbot.store.following.model import MOVED, AlertMessage, Notification, workspaces_of


class AlertWriter:
    """Collects what is written. ``what`` begins the keys of its posts: the kind of news.

    ``notifications`` are for the outbox, ``kept`` the messages with buttons, ``mentioning`` by (channel, job) the post
    that mentions who watches it.
    """

    def __init__(self, instance: str, channel: str, *, what: str) -> None:
        self._instance = instance
        self._channel = channel
        self._what = what
        self.notifications: list[Notification] = []
        self.kept: list[AlertMessage] = []
        self.mentioning: dict[tuple[str, int], str] = {}

    def post(self, found: Sequence[Matter], hits: Sequence[Hit], *, under: str | None = None) -> str:
        """A new message with buttons, of one matter or of many: its id."""
        id_, away, calls = uuid4().hex, any(hit.away for hit in hits if hit.wanted), called_by(found)
        watchers = words.named(watchers_of(hits, found), alone=len(found) == 1)

        def message(*, mention: bool) -> Message:
            return words.drawn(
                found,
                self._instance,
                alert=id_,
                young=True,
                away=away,
                again=under is not None,
                watchers=watchers,
                calls=words.called(calls, mention=mention),
            )

        self._notify(id_, message(mention=True), found, under, what=self._what)
        self._keep(id_, message(mention=False), found)
        self._mention(id_, watchers)
        return id_

    def rows(
        self,
        root: str,
        found: Sequence[Matter],
        waiting: Mapping[int, Sequence[str]] | None = None,
        *,
        moved: bool = False,
        calls: Mapping[str, str] | None = None,
    ) -> None:
        """A reply in the thread of ``root`` for each of these matters.

        ``waiting`` are by job those who are mentioned, ``calls`` the user groups, by id their names. ``moved``: the
        first one was the whole message until now.
        """
        for number, some in enumerate(words.pages(found, moved=moved)):
            watchers = words.named_in_rows(some, waiting or {})
            called = words.called(calls or {}, mention=True) if number == 0 else ""
            id_, message = uuid4().hex, words.rows(some, self._instance, watchers, calls=called)
            self._notify(id_, message, some, root, what=MOVED if moved and number == 0 else f"{self._what} row")
            self._mention(id_, watchers)

    def edit(self, id_: str, found: Sequence[Matter], *, young: bool, away: bool) -> None:
        """Edit the message to say these matters; ``young`` and ``away`` as for ``words.drawn``."""
        called = words.called(called_by(found), mention=False)
        message = words.drawn(found, self._instance, alert=id_, young=young, away=away, calls=called)
        self._keep(id_, message, found)
        self._notify(uuid4().hex, message, found, id_, what="summary", edits=True)

    def on_again(self, matter: Matter) -> None:
        """A message of its own that a snooze is over, as the datastream has succeeded."""
        self._notify(uuid4().hex, words.on_again(matter, self._instance), [matter], None, what="on again")

    def _mention(self, id_: str, watchers: Iterable[int]) -> None:
        self.mentioning |= {(self._channel, job): id_ for job in watchers}

    def _notify(
        self, id_: str, message: Message, found: Sequence[Matter], under: str | None, *, what: str, edits: bool = False
    ) -> None:
        # One key a job and channel, so that it is posted once; edits of a message each have a key of their own.
        jobs = "+".join(str(one.newest.job) for one in (found if what == "late" else found[:1]))
        key = f"{what}:{under}:{id_}" if edits else f"{what}:{self._instance}:{jobs}:{self._channel}"
        last = found[0].newest
        days = (last.stream, last.days) if last.stream is not None and last.days is not None else None
        self.notifications.append(
            Notification(
                id=id_,
                key=key,
                need=Need.ALERTS,
                instance=self._instance,
                channel_id=self._channel,
                message=dump_message(message),
                under=under,
                edits=edits,
                workspaces=workspaces_of(one.newest.workspace for one in found),
                offers=subjects_of(message, days),
            )
        )

    def _keep(self, id_: str, message: Message, found: Sequence[Matter]) -> None:
        """What a message with buttons says, for whatever draws it again."""
        streams = dict.fromkeys(one.newest.stream for one in found if one.newest.stream is not None)
        self.kept.append(
            AlertMessage(
                id=id_,
                instance=self._instance,
                channel_id=self._channel,
                message=dump_message(message),
                datastreams=tuple(streams),
                workspaces=workspaces_of(one.newest.workspace for one in found),
            )
        )


def called_by(found: Iterable[Matter]) -> dict[str, str]:
    """The user groups that these matters call, by id their names."""
    return {id_: name for one in found for id_, name in one.calls.items()}


def watchers_of(hits: Iterable[Hit], found: Iterable[Matter]) -> dict[int, Sequence[str]]:
    """Who watches which of the jobs that these matters are about."""
    about = {job for one in found for job in (*one.jobs, one.newest.job)}
    return {hit.entry.job: hit.watchers for hit in hits if hit.watchers and hit.entry.job in about}
