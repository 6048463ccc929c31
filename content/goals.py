"""The United Nations' Sustainable Development Goals: names, colours, and which a text serves.

Italian short names as ASviS and the UN's Italian centre print them; colours from the UN's
guidelines: https://www.un.org/sustainabledevelopment/news/communications-material/
"""

import re
from dataclasses import dataclass
from typing import Final

from content.municipalities import fold

_READ: Final = 20_000
_MOST: Final = 3
_WHOLE: Final = 4
"""Stems up to this length count as whole words alone: "mare", "api", "led"."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: `colour` as #RRGGBB, `stems` the folded beginnings of the words that tell it."""

    number: int
    name: str
    colour: str
    stems: str


GOALS: Final = (
    Goal(
        1,
        "Sconfiggere la povertà",
        "#E5243B",
        "povert indigen senzatetto senza_dimora emporio_solidal reddito_di"
        " contributo_economico bonus fragilita_economic carta_solidale buoni_spesa",
    ),
    Goal(
        2,
        "Sconfiggere la fame",
        "#DDA63A",
        "aliment agricol cibo mensa mense orto orti contadin spreco_alimentare filiera_corta"
        " nutrizion produttori_agricol",
    ),
    Goal(
        3,
        "Salute e benessere",
        "#4C9F38",
        "salut sanit benesser medic cura_dell ospedal infermier psicolog sport vaccin"
        " prevenzion soccorso anzian clown disabil dipendenz camminata longevita fragil",
    ),
    Goal(
        4,
        "Istruzione di qualità",
        "#C5192D",
        "scuol scolast istruzion student formazion educativ educator insegnant bibliotec"
        " corso corsi didattic alfabetizz universit doposcuola lettur libri laborator ragazz"
        " bambin studi",
    ),
    Goal(
        5,
        "Parità di genere",
        "#FF3A21",
        "donn femminil parita_di_genere parita_tra violenza_di_genere antiviolenz ragazze"
        " madri maternit pari_opportunit stereotipi_di_genere",
    ),
    Goal(
        6,
        "Acqua pulita e servizi igienico-sanitari",
        "#26BDE2",
        "acqua acque idric fognatur depura fontanell casa_dell_acqua acquedott irrigazion falda",
    ),
    Goal(
        7,
        "Energia pulita e accessibile",
        "#FCC30B",
        "energ fotovoltai solare pannell rinnovabil comunita_energetic cer led illuminazion"
        " efficientament teleriscald",
    ),
    Goal(
        8,
        "Lavoro dignitoso e crescita economica",
        "#A21942",
        "lavor occupazion impres commerci turism tirocin artigian economi negozi mercat"
        " disoccup posteggi cooperativ sviluppo_local fiera",
    ),
    Goal(
        9,
        "Imprese, innovazione e infrastrutture",
        "#FD6925",
        "innovazion digital tecnolog infrastruttur startup banda_larga fibra_ottic"
        " intelligenza_artificial sensor piattaform app dati software ricerc blockchain spid",
    ),
    Goal(
        10,
        "Ridurre le disuguaglianze",
        "#DD1367",
        "disuguagl inclusion inclusiv migrant stranier disabil accessibil integrazion"
        " barriere_architett vulnerab marginal emarginaz interculturale",
    ),
    Goal(
        11,
        "Città e comunità sostenibili",
        "#FD9D24",
        "citta quartier mobilit ciclabil trasport piazz rigenerazion urban territori"
        " patrimonio_cultural abitativ alloggi cultur museo teatr verde_pubblic spazi_pubblic"
        " cittadin borgo viabilit restaur partecipazion pedibus",
    ),
    Goal(
        12,
        "Consumo e produzione responsabili",
        "#BF8B2E",
        "rifiut riciclo ricicl riuso riutilizz raccolta_differenziat compost plastic spreco"
        " imballagg economia_circolar consumo_responsabil baratto",
    ),
    Goal(
        13,
        "Lotta contro il cambiamento climatico",
        "#3F7E44",
        "clima climatic emission co2 alluvion isole_di_calore siccit adattament"
        " protezione_civil decarbonizz temperatur",
    ),
    Goal(
        14,
        "Vita sott'acqua",
        "#0A97D9",
        "mare marin oceano pesca pesci costier spiagg lago lacustr fauna_ittic barrier_corallin",
    ),
    Goal(
        15,
        "Vita sulla Terra",
        "#56C02B",
        "biodivers bosch bosco forest alber fauna flora api impollinator natur parco ambient"
        " piantumaz animal verde habitat volontariato_ambiental",
    ),
    Goal(
        16,
        "Pace, giustizia e istituzioni solide",
        "#00689D",
        "pace giustizi legalit trasparen amministrazione_digital anagraf sportello mafi"
        " corruzion diritti democra bilancio_partecipativ polizia_local consiglio_comunale_dei"
        " sicurezz",
    ),
    Goal(
        17,
        "Partnership per gli obiettivi",
        "#19486A",
        "partenariat gemellagg cooperazione_internazional rete_di_comuni rete_tra accordo_di"
        " convenzion protocollo_d_intes coprogett partner unione_europe",
    ),
)

FALLBACK: Final = 11
"""What is suggested for a text that names nothing: cities and communities."""


def suggest(text: str) -> tuple[int, ...]:
    """Return the numbers of the one to three goals a text's words tell of, the strongest first.

    A word counts less each time it returns; a goal far behind the first is left out.
    """
    words = " ".join(re.findall(r"[^\W_]+", fold(text[:_READ])))
    scores = {goal.number: _score(words, goal) for goal in GOALS}
    ranked = sorted((n for n in scores if scores[n] > 0), key=lambda n: (-scores[n], n))
    kept = [n for n in ranked if scores[n] * 2 >= scores[ranked[0]]]
    return tuple(kept[:_MOST]) or (FALLBACK,)


def _score(words: str, goal: Goal) -> float:
    """Sum the goal's stems: a phrase weighs three, a word one; twice said, half again."""
    total = 0.0
    for found, times in _counted(words, goal).items():
        weight = 3.0 if " " in found else 1.0
        total += weight * sum(0.5**n for n in range(min(times, 4)))
    return total


def _counted(words: str, goal: Goal) -> dict[str, int]:
    counts: dict[str, int] = {}
    for stem in goal.stems.split():
        phrase = stem.replace("_", " ")
        end = r"\b" if len(phrase) <= _WHOLE else ""
        if times := len(re.findall(rf"\b{phrase}{end}", words)):
            counts[phrase] = times
    return counts
