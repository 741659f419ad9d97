"""Books out of the files that hospitals hold: recognised, previewed, then switched on in one step."""
