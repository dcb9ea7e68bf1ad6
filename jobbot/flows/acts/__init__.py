"""Acts: claim, execution, the one channel message, and the history of it all; the kinds of acts are in ``kinds``."""
