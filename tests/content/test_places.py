import pytest

from content.places import place_in


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("45.4642, 9.1900", "45.46420, 9.19000"),
        ("45.4642,9.1900", "45.46420, 9.19000"),
        ("Siamo qui: 45.698264 9.677270 dalle 15", "45.69826, 9.67727"),
        ("geo:45.698264,9.677270?z=17", "45.69826, 9.67727"),
        (
            "https://www.google.com/maps/place/Piazza+Vecchia,+Bergamo/@45.7036,9.6626,17z/data=!3m1",
            "Piazza Vecchia, Bergamo",
        ),
        ("https://www.google.it/maps/@45.7036123,9.6626456,17z", "45.70361, 9.66265"),
        ("https://maps.google.com/?q=45.7036,9.6626", "45.70360, 9.66260"),
        ("https://maps.google.com/?q=Piazza+Garibaldi+Sondrio", "Piazza Garibaldi Sondrio"),
        ("https://www.google.com/maps/search/?api=1&query=45.7036%2C9.6626", "45.70360, 9.66260"),
        ("https://www.openstreetmap.org/#map=17/45.70361/9.66265", "45.70361, 9.66265"),
        (
            "https://www.openstreetmap.org/?mlat=45.7036&mlon=9.6626#map=17/45.7/9.6",
            "45.70360, 9.66260",
        ),
        ("https://maps.apple.com/?ll=45.7036,9.6626&q=Municipio", "Municipio"),
        ("https://maps.app.goo.gl/AbCdEf123", "https://maps.app.goo.gl/AbCdEf123"),
    ],
)
def test_a_place_is_read_from_what_people_paste(text: str, shown: str) -> None:
    found = place_in(text)

    assert found is not None
    assert found.shown == shown


@pytest.mark.parametrize(
    "text",
    [
        "Il bando vale 1.250,000 euro e dura 3,5 anni",
        "Versione 1.2.345, 10.11.223",
        "Abitanti: 12.345 nel 2023, 12.567 nel 2024",
        "Residenti e presenze: 12.345, 12.567",
        "45.4642, 9.19",
        "95.1234, 9.1234",
        "45.1234, 190.1234",
        "Dal 26.10.2024 al 30.10.2024",
        "https://www.comune.tirano.so.it/maps/45.7036,9.6626",
        "",
    ],
)
def test_numbers_that_are_no_place_on_earth_are_none(text: str) -> None:
    assert place_in(text) is None


def test_the_words_around_a_place_stay() -> None:
    found = place_in("Ecco dove siamo https://maps.app.goo.gl/AbCdEf123 da domani")

    assert found is not None
    assert found.rest.split() == ["Ecco", "dove", "siamo", "da", "domani"]
