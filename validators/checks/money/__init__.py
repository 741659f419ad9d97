"""Series M: money - fee categories, totals, payments."""
