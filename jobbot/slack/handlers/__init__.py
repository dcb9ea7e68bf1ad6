"""What answers each command, click, submit and mention, behind the gate that decides access.

The way in: ``listeners``, ``guard``, ``serving``, ``answers``; then, by what it asks for, one room:
``reports``, ``following``, ``acts`` or ``anywhere``.
"""
