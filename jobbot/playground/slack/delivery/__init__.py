"""How the bot is told what happened: envelopes over Socket Mode, or signed HTTP."""
