"""What the page of indicators shows: the cases of a workspace counted by its scheme, told apart in every way.

Worked out off the screen's thread. Not here: what the numbers mean (indicators), drawing (desktop).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import codebooks
import groupers
from audit.indicators import By, Counted, Indicators, Positions
from audit.messages import Stopped
from audit.session import Session
from groupers import Weights
from records import Cancelled

Step = Callable[[int, int], bool]
STAGES = 2 + len(By)


@dataclass(frozen=True)
class View:
    """The indicators by department, physician and month; ``weights`` is what is known of those of a region."""

    told: Mapping[By, Indicators]
    weights: Weights | None
    language: str
    _counted: Counted

    def cases(self, number: str, by: By, name: str | None) -> Positions:
        """The positions of the cases behind a number of the row ``name`` (``None``: of all cases)."""
        if name is None:
            return self._counted.cases(number)
        return self._counted.cases(number, by, name, self.language)


def view_of(session: Session, language: str, keep_going: Step | None = None) -> View:
    """Count the cases of a workspace as they are now. Raises ``Cancelled`` where told to, ``Stopped`` without any."""

    def step(done: int) -> None:
        if keep_going is not None and not keep_going(done, STAGES):
            raise Cancelled

    scheme = session.scheme
    if scheme is None:
        raise Stopped("workspace_empty", where=session.workspace.folder)
    step(0)
    batch = session.workspace.current()
    step(1)
    counted = Counted(batch, groupers.group(batch, scheme))
    told = {}
    for at, by in enumerate(By, start=2):
        step(at)
        told[by] = counted.told(by, language)
    return View(told, weights_of(session.library, scheme), language, counted)


def weights_of(library: codebooks.Library, scheme: groupers.Scheme) -> Weights | None:
    """What is known of the region's weights that a scheme bears; ``None`` where it bears none of a region."""
    return groupers.weights_for(library, scheme.id, scheme.region) if scheme.region else None
