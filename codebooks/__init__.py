"""What the state publishes: code tables, value sets, layouts, standards, schemes, edits and profiles.

``shipped()`` opens the compiled codebooks; nothing here knows patients.
"""

from codebooks.books import Book, edition_on, is_valid_on
from codebooks.code_kinds import CodeKind, CodeKinds
from codebooks.errors import CodebookError
from codebooks.layouts import Condition, Field, Kind, Layout, Node, Required, Shape
from codebooks.profiles import merge_profiles
from codebooks.schemes import SchemeTables
from codebooks.standards import Standard
from codebooks.store import Library, open_library, shipped
from codebooks.terms import UNKNOWN, CodeTable
from codebooks.values import ValueSet
from codebooks.weights import Region, region_of, regions, weight_rows

__all__ = [
    "UNKNOWN",
    "Book",
    "CodeKind",
    "CodeKinds",
    "CodeTable",
    "CodebookError",
    "Condition",
    "Field",
    "Kind",
    "Layout",
    "Library",
    "Node",
    "Region",
    "Required",
    "SchemeTables",
    "Shape",
    "Standard",
    "ValueSet",
    "edition_on",
    "is_valid_on",
    "merge_profiles",
    "open_library",
    "region_of",
    "regions",
    "shipped",
    "weight_rows",
]
