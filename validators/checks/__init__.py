"""The checks, one package a chapter of identifiers. Chapters do not import each other."""
