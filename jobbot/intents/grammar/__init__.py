"""From tokens to an intent: which words belong to which command, and what a sentence means as a whole."""
