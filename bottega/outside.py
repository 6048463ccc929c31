"""What the newsroom has of the world outside: who drafts, hears and sees, who looks for viruses."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bottega.settings import Settings
from content.drafting import Assistant, ChannelLimit, CheckedAssistant, TemplateAssistant
from content.links import Links, NullLinks
from content.mentions import Mentioning
from content.scanning import NullScanner, Scanner
from content.senses import Hearing, NullHearing, NullSight, Sight
from publishers import Rubrica
from publishers.base import Publisher
from publishers.holding import holding


@dataclass(frozen=True, slots=True)
class Outside:
    """Each is a stand-in that does nothing where the settings name nobody."""

    assistant: Assistant
    hearing: Hearing
    sight: Sight
    scanner: Scanner
    links: Links
    closing: tuple[Callable[[], Awaitable[None]], ...] = ()

    async def aclose(self) -> None:
        """Close every connection."""
        for close in self.closing:
            await close()


def outside_of(settings: Settings, publishers: Mapping[str, Publisher]) -> Outside:
    """Return what the settings name; a model's drafts are checked. What is not named is not loaded.

    A model drafts, describes pictures and, if it is named too, hears.
    """
    limits = _limits(publishers)
    template = TemplateAssistant(limits)
    scanner, links = scanner_of(settings), _links(settings)
    if settings.openai_api_key is None:
        return Outside(Mentioning(template, limits), NullHearing(), NullSight(), scanner, links)
    from content.outside.model import ModelAssistant  # noqa: PLC0415 - only where there is a key
    from content.outside.senses import ModelSenses  # noqa: PLC0415

    where, key = settings.openai_base_url, settings.openai_api_key.get_secret_value()
    seconds = settings.openai_timeout
    model = ModelAssistant(where, key, settings.openai_model, seconds, limits)
    heard = settings.openai_transcription_model
    senses = ModelSenses(where, key, hearing=heard, sight=settings.openai_model, timeout=seconds)
    return Outside(
        assistant=Mentioning(CheckedAssistant(model, template, limits, seconds), limits),
        hearing=senses if heard else NullHearing(),
        sight=senses,
        scanner=scanner,
        links=links,
        closing=(model.aclose, senses.aclose),
    )


def _limits(publishers: Mapping[str, Publisher]) -> list[ChannelLimit]:
    rubrica = publishers.get(Rubrica.channel)
    site, utm = (rubrica.url, rubrica.sourced) if isinstance(rubrica, Rubrica) else ("", False)
    return [
        ChannelLimit(
            name,
            one.limits.draft or one.limits.text,
            one.measure,
            one.handles.mentioned if one.handles else None,
            holding(one, site, utm=utm),
        )
        for name, one in publishers.items()
        if one.limits.text
    ]


def scanner_of(settings: Settings) -> Scanner:
    """Return who looks for viruses, as the settings say."""
    if settings.clamd_address is None:
        return NullScanner()
    from content.outside.scanner import Clamd  # noqa: PLC0415

    return Clamd(settings.clamd_address)


def _links(settings: Settings) -> Links:
    if not settings.link_previews:
        return NullLinks()
    from content.outside.links import SafeLinks  # noqa: PLC0415

    return SafeLinks()
