"""The record of what was asked and done."""

from jobbot.store.ledger import Claimed, Held, Ledger, MemoryLedger, StopRecord, StopState, WrongTransition

__all__ = ["Claimed", "Held", "Ledger", "MemoryLedger", "StopRecord", "StopState", "WrongTransition"]
