"""A book in one line, for lists that people read."""

from codebooks.books import Book
from codebooks.errors import say


def describe(book: Book) -> str:
    """Name, rows, title, edition and validity, between tabs."""
    always = say("listing", "always")
    validity = f"{book.valid_from or always}–{book.valid_to or always}"
    holes = {"name": book.name, "rows": book.rows, "title": book.title, "edition": book.edition}
    return say("listing", "book", **holes, validity=validity)
