"""Series C: code standards - structure, edition, names."""
