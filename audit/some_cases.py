"""What stands against some cases of a session now: the findings of each, and of the comparison with the others."""

from dataclasses import replace

import numpy as np

from audit.dispositions import parted
from audit.messages import Stopped
from audit.pipeline import examine
from audit.reexamining import comparisons, placed
from audit.session import Session
from audit.worklist import Positions
from validators import Report


def report_on(session: Session, positions: Positions) -> Report:
    """The report on just the cases at ``positions``, in batch order, without what was accepted.

    Raises ``Stopped`` where nothing has been examined yet.
    """
    if session.scheme is None or session.report is None:
        raise Stopped("workspace_empty", where=session.workspace.folder)
    places = np.sort(positions).tolist()
    part = session.workspace.cases(places)
    report = examine(part, session.scheme, session.settings, one_case=True).report
    compared = placed(comparisons(session.report), part, places)
    whole = replace(report, segments=(*report.segments, *compared))
    return parted(whole, session.workspace.accepted())[0]
