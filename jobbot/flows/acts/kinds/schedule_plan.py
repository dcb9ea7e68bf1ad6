"""What the rows of a pause and of a planned resume keep, and the resume that a pause plans."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from jobbot.store.acts.model import ActRecord, ActRequest, Kind, UnknownAct


class PausedBefore(BaseModel):
    """The pause whose end another one changes, as its window has shown it: whose, and until when, None for no end.

    ``updated`` is when the datastream was changed last, as far as Adverity told it then.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    user_id: str
    until: datetime | None = None
    updated: datetime | None = None


class PauseDetails(BaseModel):
    """What only a pause's row has: its end, None for none; and when the datastream was changed last, by the pause.

    ``before`` is there where its window has shown that jobbot had paused the schedule.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    until: datetime | None = None
    updated: datetime | None = None
    before: PausedBefore | None = None


class ResumeDetails(BaseModel):
    """What only a planned resume's row has: when the datastream was changed last, by the pause."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    updated: datetime | None = None


def pause_details(pause: ActRecord) -> PauseDetails:
    """From the row of a pause. Raises ValidationError where another version has written it."""
    return PauseDetails.model_validate_json(pause.details or "{}")


def pause_details_if_known(pause: ActRecord) -> PauseDetails | None:
    """From the row of a pause; None where another version has written it."""
    try:
        return pause_details(pause)
    except ValueError:
        return None


def end_of_pause(act: ActRecord | UnknownAct) -> datetime | None:
    """When a pause is to end, as its row keeps it; None of anything else, and where another version has written it."""
    if not isinstance(act, ActRecord) or act.kind is not Kind.PAUSE:
        return None
    details = pause_details_if_known(act)
    return details.until if details is not None else None


def resume_of(pause: ActRecord, until: datetime, updated: datetime | None) -> ActRequest:
    """What jobbot is to do at the end of a pause."""
    return ActRequest(
        request_key=f"resume|{pause.id}",
        kind=Kind.RESUME,
        instance=pause.instance,
        subject=pause.subject,
        name=pause.name,
        user_id=pause.user_id,
        team_id=pause.team_id,
        channel_id=pause.channel_id,
        thread_ts=pause.thread_ts,
        reason=pause.reason,
        opened_at=pause.requested_at,
        # The record tells it at its hour.
        requested_at=until,
        datastream=pause.datastream,
        workspace=pause.workspace,
        details=ResumeDetails(updated=updated).model_dump_json(),
        planned_for=until,
    )
