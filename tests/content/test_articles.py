"""What an article says of its pictures."""

import pytest

from content.articles import licensed


@pytest.mark.parametrize("credit", ["Ada Rossi", "Studio CC", "Foto Zero di Tirano"])
def test_pictures_go_out_under_our_licence(credit: str) -> None:
    assert licensed(credit) == f"{credit} (CC BY 4.0)"


@pytest.mark.parametrize(
    "credit",
    [
        "Carla Neri, CC BY-SA 3.0",
        "NASA (CC0)",
        "© Archivio di Stato",
        "Biblioteca Trivulziana, licenza d’uso 12/2026",
        "Museo civico. Tutti i diritti riservati",
        "Pubblico dominio",
    ],
)
def test_who_names_another_licence_is_not_given_ours(credit: str) -> None:
    assert licensed(credit) == credit
