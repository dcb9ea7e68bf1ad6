"""Acts: their windows, what is submitted in them, reviews of them, and freezes, which hold all of them back."""
