"""One script a promise: each prints its figures, the limit, and the ratio to a named floor of the same run."""
