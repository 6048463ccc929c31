"""Every page and button of the console, and as which deed it counts."""

from typing import Final

from bottega.web.console import case, deeds, entering, queue
from bottega.web.console.guard import Way
from content.roles import Deed

_ANYBODY: Final = None
_REVIEW: Final = Deed.REVIEW

WAYS: Final = (
    Way("/entra", "GET", entering.door, _ANYBODY),
    Way("/entra", "POST", entering.enter, _ANYBODY),
    Way("/", "GET", queue.home, _REVIEW),
    Way("/coda", "GET", queue.show, _REVIEW),
    Way("/novita", "GET", queue.news, _REVIEW),
    Way("/scheda/{case}", "GET", case.show, _REVIEW),
    Way("/scheda/{case}/novita", "GET", case.changed, _REVIEW),
    Way("/scheda/{case}/revisioni", "GET", case.revisions, _REVIEW),
    Way("/scheda/{case}/anteprima/", "GET", case.preview, _REVIEW),
    Way("/scheda/{case}/media/{medium}", "GET", case.medium, _REVIEW),
    Way("/scheda/{case}/prendi", "POST", deeds.claim, _REVIEW),
    Way("/scheda/{case}/lascia", "POST", deeds.release, _REVIEW),
    Way("/scheda/{case}/approva", "POST", deeds.approve, _REVIEW),
    Way("/scheda/{case}/modifiche", "POST", deeds.ask_changes, _REVIEW),
    Way("/scheda/{case}/rifiuta", "POST", deeds.decline, _REVIEW),
    Way("/scheda/{case}/liberatoria", "POST", deeds.record_release, _REVIEW),
    Way("/scheda/{case}/descrizioni", "POST", deeds.describe, _REVIEW),
    Way("/scheda/{case}/scrivi", "POST", deeds.write, _REVIEW),
    Way("/esci", "POST", entering.leave, _REVIEW),
)
"""tests/bottega/web/console/test_ways.py tries each as everybody."""
