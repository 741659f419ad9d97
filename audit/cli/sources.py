"""What a command looks at: files and folders, or a workspace as it is after all edits; and one case of it."""

from audit.cli.context import Context
from audit.messages import Stopped
from audit.workspace import JOURNAL, Workspace
from records import Batch
from validators import case_labels

IDENTITIES = ("settlement_id", "visit_id", "record_no", "inpatient_no")
PLACES_NAMED = 5


def cases_of(context: Context) -> tuple[Batch, bool]:
    """The cases to look at, and whether some could not be read. Raises ``Stopped`` where there are none."""
    inputs = context.inputs
    if len(inputs) == 1 and (inputs[0] / JOURNAL).is_file():
        with Workspace(inputs[0], context.library, who=context.who) as workspace:
            if workspace.base is None or not len(workspace.base):
                raise Stopped("nothing_read")
            return workspace.current(), False
    result, batch = context.read()
    return batch, result.partly


def place_of(batch: Batch, wanted: str) -> int:
    """The position of the case that ``wanted`` names: by label, by an identity, else by its position from 1.

    Raises ``Stopped`` where none or several are named so.
    """
    columns = [case_labels(batch)]
    columns += [batch.cases.column(name).to_list() for name in IDENTITIES if batch.cases.has(name)]
    for column in columns:
        found = [at for at, value in enumerate(column) if value == wanted]
        if len(found) > 1:
            shown = "、".join(str(at + 1) for at in found[:PLACES_NAMED])
            raise Stopped("case_not_unique", case=wanted, count=len(found), places=shown)
        if found:
            return found[0]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(batch):
        return int(wanted) - 1
    raise Stopped("case_not_found", case=wanted, count=len(batch))
