"""Series X and R: several cases compared; R are leads for a person to look at, never a verdict."""
