"""Jobs, datastreams, issues, extracts and workspaces as Adverity describes them, validated as they arrive.

Only ``id`` is certain in an object; everything else may be missing, renamed or of another type, and a state may have a
label nobody has seen yet. So the models take what they can, keep the rest in ``model_extra`` and never fail on it.
Where the fields come from: Adverity's Management API documentation, and what independent clients read from it.

Links are kept as paths. One that names a host is kept where the host is the instance's, which is told by the context
of the validation: ``Datastream.model_validate(given, context=on_host("acme.datatap.adverity.com"))``.
"""

from jobbot.adverity.model.datastream import Datastream, DatastreamRef, Schedule, Workspace
from jobbot.adverity.model.fields import DatastreamId, Days, JobId, WorkspaceId, on_host
from jobbot.adverity.model.issue import Extract, Issue
from jobbot.adverity.model.job import GOING_ON, OVER, STOPPED, Job, JobList, State
from jobbot.adverity.model.started import Priority, Started

__all__ = [
    "GOING_ON",
    "OVER",
    "STOPPED",
    "Datastream",
    "DatastreamId",
    "DatastreamRef",
    "Days",
    "Extract",
    "Issue",
    "Job",
    "JobId",
    "JobList",
    "Priority",
    "Schedule",
    "Started",
    "State",
    "Workspace",
    "WorkspaceId",
    "on_host",
]
