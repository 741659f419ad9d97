"""The face: a Qt window over the audit room. Knows nothing of medicine, formats or SQL."""
