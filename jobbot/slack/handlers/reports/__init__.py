"""What only reads: lists, cards, the record, issues, timelines, handovers."""
