"""Series T: dates and times - the stay, operations, intensive care, settlement."""
