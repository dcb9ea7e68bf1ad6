"""What jobbot was told, frozen and typed."""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, model_validator

from jobbot.config.network import Network
from jobbot.config.problems import FEW, wrong
from jobbot.config.traces import TraceSettings
from jobbot.config.values import BaseUrl, Key, Scheme, UsergroupId, UserId, WorkspaceEntry, passwords_of
from jobbot.spelling import nearest

Mode = Literal["socket", "http"]
Power = Literal["view", "stop", "watch", "alerts", "fetch", "retry", "pause"]
LogFormat = Literal["text", "json"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


Name = TypeVar("Name", str, str | None)


class Strict(BaseModel):
    """Frozen; an unknown name is a problem."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _known_instance(name: Name, info: ValidationInfo) -> Name:
    """The policy file is read with the instances' names around it."""
    names = (info.context or {}).get("instances")
    if name is not None and names and name not in names:
        raise wrong("is not one of the instances", instead=nearest(name, names, cutoff=FEW))
    return name


class InstanceSettings(Strict):
    """One Adverity instance. ``cache_seconds``: how long an answer may be shown again; ``concurrency``: calls."""

    url: BaseUrl
    key: Key
    scheme: Scheme = "Token"
    cache_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    concurrency: Annotated[int, Field(ge=1, le=8)] = 1


class ChannelSettings(Strict):
    """What may be done in one channel, and by whom. Without ``stop_users`` and ``stop_usergroups``: by all in it.

    ``act_users`` and ``act_usergroups`` are the same for fetch, retry and pause; without both it is who may stop.
    ``instances`` are those that may be asked there; without it the channel's own ``instance``, without that all.
    ``workspaces``, by number, slug or name, are those whose jobs are seen there, with what lies in them.
    ``two_people``: whoever asks for an act, somebody else confirms it.
    No list may be given empty: to one reader that says "nobody", to the next "no limit".
    """

    may: frozenset[Power] = frozenset({"view", "stop", "watch", "alerts"})
    instance: Annotated[str | None, AfterValidator(_known_instance)] = None
    instances: Annotated[tuple[Annotated[str, AfterValidator(_known_instance)], ...], Field(min_length=1)] = ()
    workspaces: Annotated[tuple[WorkspaceEntry, ...], Field(min_length=1)] = ()
    external: bool = False
    answers: Literal["channel", "ephemeral"] = "channel"
    stop_users: Annotated[frozenset[UserId], Field(min_length=1)] = frozenset()
    stop_usergroups: Annotated[frozenset[UsergroupId], Field(min_length=1)] = frozenset()
    act_users: Annotated[frozenset[UserId], Field(min_length=1)] = frozenset()
    act_usergroups: Annotated[frozenset[UsergroupId], Field(min_length=1)] = frozenset()
    guests_may_stop: bool = False
    reason_required: bool = False
    two_people: bool = False

    @model_validator(mode="after")
    def _own_is_one_of_them(self) -> Self:
        if self.instance is not None and self.instances and self.instance not in self.instances:
            raise wrong("instance is not among its instances")
        return self

    @model_validator(mode="after")
    def _workspaces_are_of_one_instance(self, info: ValidationInfo) -> Self:
        # The same number is another workspace on another instance.
        known = (info.context or {}).get("instances") or ()
        several = len(self.instances) > 1 or (not self.instances and self.instance is None and len(known) > 1)
        if self.workspaces and several:
            raise wrong("workspaces belong to one instance: name that instance, and no other, in the same channel")
        return self


class DatastreamSettings(Strict):
    """What holds of one datastream, in every channel. ``two_people`` as of a channel."""

    two_people: bool = False


class Draft(Strict):
    """The settings while some may still be wrong: those are None or empty. See :class:`Settings`.

    ``notes``: other programs' variables that cannot be used here, in lines like those of problems; they stop nothing.
    """

    bot_token: SecretStr | None
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    slack_api_url: str
    instances: dict[str, InstanceSettings]
    channels: dict[str, ChannelSettings]
    aliases: dict[str, dict[str, int]] = {}  # by instance
    datastreams: dict[str, dict[int, DatastreamSettings]] = {}  # by instance
    database_url: SecretStr
    keep_days: int | None = None
    mode: Mode
    host: str
    port: int
    metrics_port: int | None = None
    log_format: LogFormat
    log_level: LogLevel
    traces: TraceSettings | None = None
    network: Network = Network()
    notes: tuple[str, ...] = ()

    def secrets(self) -> list[str]:
        """Every secret among them, for the redaction of logs and reports."""
        keys = [instance.key for instance in self.instances.values()]
        given = [self.bot_token, self.app_token, self.signing_secret, *keys]
        known = [secret.get_secret_value() for secret in given if secret is not None]
        return (
            known
            + passwords_of(self.database_url.get_secret_value())
            + (self.traces.secrets() if self.traces is not None else [])
            + self.network.secrets()
        )


class Settings(Draft):
    """Everything jobbot was told. ``instances`` by name, the first one is the default; ``channels`` by id.

    ``metrics_port``: where readiness and metrics are served, apart from Slack's requests; None is on ``port``.
    ``keep_days``: for how many days finished stops stay in the record; None keeps all of them.
    """

    bot_token: SecretStr
