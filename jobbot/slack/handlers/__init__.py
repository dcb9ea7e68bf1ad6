"""What answers each command, click, submit and mention, behind the gate that decides access."""
