"""Series H: the hospital - institution, departments, discharge, readmission."""
