"""Series O: operations and procedures."""
