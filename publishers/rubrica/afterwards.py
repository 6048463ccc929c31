"""Work that follows others' work after a while, once for all that came meanwhile."""

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger()


class Afterwards:
    """Does its work `rest` seconds after it was last asked to, in a thread of its own."""

    def __init__(self, rest: float, work: Callable[[], None]) -> None:
        self._rest, self._work = rest, work
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """Ask for the work to be done."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(self._rest, self._perform)
            self._timer.daemon = True
            self._timer.start()

    def _perform(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - what is left is done at the next start
            _log.warning("rubrica_not_finished", error=type(error).__name__)
