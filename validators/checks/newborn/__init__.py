"""Series N: newborns - weights, admission type, number of children."""
