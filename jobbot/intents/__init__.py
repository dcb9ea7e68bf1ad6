"""The command language: text or button in, intent out; pure."""
