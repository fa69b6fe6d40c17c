"""One module per system; peers that are not installed are imported by name, and have no types here."""
