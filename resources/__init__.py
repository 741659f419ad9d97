"""Shipped material: sample batches, templates, icons. No logic: other rooms open these files by path."""
