"""Series G: groups, as the pipeline has attached them to the batch."""
