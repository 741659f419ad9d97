"""Series D: diagnoses."""
