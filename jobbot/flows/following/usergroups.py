"""Which of the user groups that alerts mention there still are."""

from collections.abc import Mapping
from typing import Protocol


class UserGroups(Protocol):
    """Slack's user groups."""

    async def known(self, groups: Mapping[str, str]) -> Mapping[str, str]:
        """Those of these (by id, with a name as it was) that there are, with their names. Never raises.

        Where Slack does not tell, all of them: a group that is gone reaches nobody.
        """
        ...


class AsTheyWere:
    """Where nobody asks Slack."""

    async def known(self, groups: Mapping[str, str]) -> Mapping[str, str]:
        """See :class:`UserGroups`."""
        return groups
