"""Who may do what where; decides from facts that others look up."""
