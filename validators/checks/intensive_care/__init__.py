"""Series I: intensive care, ventilator, coma, nursing, transfusion."""
