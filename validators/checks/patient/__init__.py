"""Series P: the patient - certificate, age, contact."""
