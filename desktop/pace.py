"""How fast a running job goes, in words: how many, how many a second, how long it will still take."""

import time

from desktop.words import tr

SETTLED_SECONDS = 1.0
"""Before this a rate is a guess and is not told."""
MINUTE = 60


class Pace:
    """Told of each progress, it answers with words. A new file or a smaller count begins anew."""

    def __init__(self) -> None:
        self._start = 0.0
        self._from = 0
        self._last = -1
        self._total = -1

    def words(self, done: int, total: int, what: str = "") -> str:
        """What to show for ``done`` of ``total`` (0: unknown); ``what`` is the file that is being read."""
        now = time.monotonic()
        if done < self._last or total != self._total:
            self._start, self._from, self._total = now, done, total
        self._last = done
        parts = []
        if what:
            parts.append(tr("reading", file=what, count=f"{done:,}"))
        elif total:
            parts.append(tr("checking", done=done, total=total))
        else:
            parts.append(tr("working"))
        spent = now - self._start
        if spent >= SETTLED_SECONDS and done > self._from:
            rate = (done - self._from) / spent
            if what:
                parts.append(tr("pace_rate", rate=f"{rate:,.0f}"))
            if total:
                parts.append(_left((total - done) / rate))
        return tr("pace_and").join(parts)


def _left(seconds: float) -> str:
    if seconds < MINUTE:
        return tr("pace_seconds", count=max(round(seconds), 1))
    return tr("pace_minutes", count=round(seconds / MINUTE))
