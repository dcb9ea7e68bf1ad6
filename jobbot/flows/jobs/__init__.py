"""Reading jobs: lists, one job's card, and the names of datastreams."""
