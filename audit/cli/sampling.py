"""``qingdan sample``: synthetic batches, clean or with planted defects and an answer key."""

from pathlib import Path

from audit.cli.context import FINE, Context
from audit.messages import Stopped
from audit.sampling import sample, write


def run(context: Context) -> int:
    """Make a sample and write it, with ``PATH.key.jsonl`` where defects are planted."""
    options = context.options
    if options.cases < 1 or not 0 <= options.defects <= 1:
        raise Stopped("sample_bounds")
    made = sample(options.cases, options.seed, options.defects, context.library)
    write(made, options.layout, Path(options.out))
    context.tell(context.say("sample_written", cases=options.cases, where=options.out))
    return FINE
