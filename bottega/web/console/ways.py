"""Every page and button of the console, and as which deed it counts."""

from typing import Final

from bottega.web.console import (
    article,
    case,
    channels,
    deeds,
    entering,
    labs,
    manuscript,
    queue,
    records,
    replies,
    roster,
)
from bottega.web.console.guard import Way
from content.roles import Deed

_ANYBODY: Final = None
_REVIEW: Final = Deed.REVIEW
_SCHEDULE: Final = Deed.SCHEDULE
_AN_ARTICLE: Final = 1024 * 1024

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
    Way("/canali", "GET", channels.show, _SCHEDULE),
    Way("/canali/silenzio", "POST", channels.declare, _SCHEDULE),
    Way("/canali/silenzio/togli", "POST", channels.lift, _SCHEDULE),
    Way("/canali/{channel}/pausa", "POST", channels.pause, _SCHEDULE),
    Way("/canali/{channel}/riprendi", "POST", channels.resume, _SCHEDULE),
    Way("/canali/{channel}/controlla", "POST", channels.check, _SCHEDULE),
    Way("/canali/{channel}/modi", "POST", channels.set_manners, _SCHEDULE),
    Way("/canali/{channel}/spazi", "POST", channels.add_slot, _SCHEDULE),
    Way("/canali/{channel}/spazi/togli", "POST", channels.remove_slot, _SCHEDULE),
    Way("/persone", "GET", roster.show, Deed.BLOCK),
    Way("/persone/{person}/blocca", "POST", roster.block, Deed.BLOCK),
    Way("/persone/{person}/sblocca", "POST", roster.unblock, Deed.BLOCK),
    Way("/redattori", "GET", roster.show_members, Deed.INVITE),
    Way("/redattori/invita", "POST", roster.invite, Deed.INVITE),
    Way("/redattori/{member}/ruolo", "POST", roster.change_role, Deed.APPOINT),
    Way("/redattori/{member}/congeda", "POST", roster.dismiss, Deed.APPOINT),
    Way("/laboratori", "GET", labs.show, _REVIEW),
    Way("/laboratori", "POST", labs.open_lab, Deed.OPEN_LABS),
    Way("/laboratori/{lab}", "POST", labs.change, Deed.OPEN_LABS),
    Way("/risposte", "GET", replies.show, Deed.WRITE_REPLIES),
    Way("/risposte", "POST", replies.add, Deed.WRITE_REPLIES),
    Way("/risposte/{reply}", "POST", replies.change, Deed.WRITE_REPLIES),
    Way("/articolo/{case}", "GET", article.show, _REVIEW),
    Way("/articolo/{case}", "POST", manuscript.save, _REVIEW, _AN_ARTICLE),
    Way("/articolo/{case}/bozza", "POST", manuscript.keep, _REVIEW, _AN_ARTICLE),
    Way("/articolo/{case}/presenza", "POST", manuscript.here, _REVIEW),
    Way("/articolo/{case}/scarta", "POST", manuscript.discard, _REVIEW),
    Way("/articolo/{case}/anteprima/", "GET", article.preview, _REVIEW),
    Way("/scheda/{case}/percorso", "GET", records.show_trace, _REVIEW),
    Way("/risultati", "GET", records.show_results, _REVIEW),
    Way("/risultati.csv", "GET", records.show_results_as_sheet, _REVIEW),
    Way("/equilibrio", "GET", records.show_balance, _REVIEW),
    Way("/registro", "GET", records.show, Deed.READ_THE_RECORD),
    Way("/registro.csv", "GET", records.show_as_sheet, Deed.READ_THE_RECORD),
    Way("/esci", "POST", entering.leave, _REVIEW),
)
"""tests/bottega/web/console/test_ways.py tries each as everybody."""
