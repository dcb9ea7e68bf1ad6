"""``jobbot doctor``: checks settings, Slack, Adverity, database and ports, and says what to do about each problem.

Each check is a small function from settings to findings; ``examine`` runs them side by side, each within its time, so
that none hides another. Nothing here changes anything: reads alone go to Slack and Adverity, and the database is left
as it was. The sentences stand beside the checks and not in ``render/``: they are of what a check has seen, for the
terminal of whoever runs jobbot, and nobody in Slack ever reads them.
"""

from jobbot.doctor.examine import Examined, examine, run_doctor
from jobbot.doctor.finding import Finding, Verdict

__all__ = ["Examined", "Finding", "Verdict", "examine", "run_doctor"]
