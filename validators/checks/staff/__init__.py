"""Series S: staff."""
