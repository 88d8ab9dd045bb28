"""Results of processings that are still known.

Chained panes and a scroll back need no second work.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from weakref import WeakValueDictionary

from medviewer.imaging.processing.processed import Processed
from medviewer.limits import RECENT_RESULTS_BYTES


class RecentResults:
    """Cache of results that are in use or within the budget.

    Threads may share it.

    Parameters
    ----------
    budget : int
        Bytes of results, their frames' stored pixels included, that are held only for this. A larger one is
        found as long as a pane shows it.
    """

    def __init__(self, budget: int = RECENT_RESULTS_BYTES) -> None:
        self._budget = budget
        self._bytes = 0
        self._latest: OrderedDict[Hashable, Processed] = OrderedDict()
        self._alive: WeakValueDictionary[Hashable, Processed] = WeakValueDictionary()
        self._lock = Lock()

    def find(self, question: Hashable, *, at_rest: bool) -> Processed | None:
        """Return the cached answer to a request, the exact one if possible."""
        with self._lock:
            for key in [(question, True)] if at_rest else [(question, True), (question, False)]:
                found = self._alive.get(key)
                if found is not None:
                    self._keep(key, found)
                    return found
        return None

    def add(self, question: Hashable, processed: Processed) -> None:
        """Remember an answer."""
        with self._lock:
            key = (question, processed.exact)
            self._alive[key] = processed
            self._keep(key, processed)

    def _keep(self, key: Hashable, processed: Processed) -> None:
        before = self._latest.pop(key, None)
        self._bytes -= 0 if before is None else before.nbytes
        if processed.nbytes > self._budget:
            return
        self._latest[key] = processed
        self._bytes += processed.nbytes
        while self._bytes > self._budget:
            self._bytes -= self._latest.popitem(last=False)[1].nbytes
