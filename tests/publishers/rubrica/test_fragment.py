"""What becomes of a participant's words: links and emphasis stay, anything active goes."""

from pathlib import Path

import pytest

from publishers.prose import body, words
from tests.publishers.rubrica.newsroom import column, photograph, piece


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[clic](javascript:alert(1))",
        "[clic](JaVaScRiPt:alert(1))",
        "[clic](data:text/html;base64,PHNjcmlwdD4=)",
        "[clic](vbscript:x)",
        "<a href='javascript:alert(1)'>x</a>",
        '[x](https://a.example/"onmouseover="alert(1))',
        '<https://a.example/"onclick=alert(1)>',
        "![foto](https://spia.example/pixel.gif)",
        "<style>body{display:none}</style>",
        "`</code><script>alert(1)</script>`",
        "https://a.example/<script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<!-- --!><script>alert(1)</script>",
    ],
)
def test_nothing_active_comes_through(text: str) -> None:
    html = body(text)
    tags = [part.split(">")[0] for part in html.split("<")[1:]]
    for tag in tags:
        assert not tag.startswith(("script", "img", "style", "svg", "!--"))
        name, _, attributes = tag.partition(" ")
        assert not attributes or (name == "a" and attributes.startswith('href="http'))
        assert attributes.count('"') in (0, 2)


def test_headings_start_below_the_title_and_leave_no_gap() -> None:
    html = body("# Uno\n\n### Due\n\n###### Tre\n\n# Quattro")
    assert [html[at + 1 : at + 3] for at in range(len(html)) if html.startswith("<h", at)] == [
        "h2", "h3", "h4", "h2",
    ]  # fmt: skip


def test_a_deep_heading_alone_is_brought_up() -> None:
    assert body("##### Solo") == "<h2>Solo</h2>\n"


def test_a_bare_address_becomes_a_link_without_the_full_stop_after_it() -> None:
    assert body("Su https://www.a.example/orto.") == (
        '<p>Su <a href="https://www.a.example/orto">a.example/orto</a>.</p>\n'
    )


def test_an_address_with_odd_signs_is_written_as_addresses_are() -> None:
    assert 'href="https://a.example/a%7Cb%5Ec"' in body("https://a.example/a|b^c")
    assert 'href="https://xn--' in column(Path()).render(piece(link="https://città.example/")).html


def test_an_address_already_linked_is_left_alone() -> None:
    assert body("[https://a.example](https://b.example)").count("<a ") == 1


def test_lines_typed_in_a_chat_stay_lines() -> None:
    assert body("uno\ndue") == "<p>uno<br>\ndue</p>\n"


def test_words_are_the_text_without_the_marks() -> None:
    assert words("## Titolo\n\n**Uno** e\n[due](https://a.example).") == "Titolo Uno e due."


def test_rendering_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    told = piece(media=(photograph(tmp_path),), ai_model="modello-1", link="https://a.example/x")
    first, second = (column(tmp_path).render(told) for _ in range(2))
    assert first.canonical() == second.canonical()
    assert not (tmp_path / "site").exists()


def test_the_fragment_tells_who_speaks_where_from_and_what_a_model_wrote(tmp_path: Path) -> None:
    told = piece(ai_model="modello-1", link="https://www.comune.example/orto?x=1&y=2")
    html = column(tmp_path).render(told).html
    assert "Comune di Tirano" in html
    assert "Ada" in html
    assert '<a href="https://www.comune.example/orto?x=1&amp;y=2">comune.example</a>' in html
    assert "Obiettivo 11, Città e comunità sostenibili" in html
    assert "modello di intelligenza artificiale (modello-1)" in html


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "ftp://a.example",
        "a.example",
        "https://",
        "https://[x",
        "https://a b",
    ],
)
def test_a_source_that_is_no_web_address_is_not_linked(tmp_path: Path, link: str) -> None:
    assert "Per saperne di più" not in column(tmp_path).render(piece(link=link)).html


def test_pictures_have_size_words_and_smaller_siblings(tmp_path: Path) -> None:
    medium = photograph(tmp_path, alt="L'orto \"visto\" <dall'alto>")
    html = column(tmp_path).render(piece(media=(medium, photograph(tmp_path, "navy")))).html
    assert f'src="/media/{medium.sha256}.jpg"' in html
    assert f"/media/{medium.sha256}-480.jpg 480w" in html
    assert 'width="900" height="600" alt="L&#39;orto &#34;visto&#34; &lt;dall&#39;alto&gt;"' in html
    assert html.count('loading="lazy"') == 1


def test_pictures_are_credited_where_there_are_any(tmp_path: Path) -> None:
    told = piece(credit="Studio <Alfa> (CC BY 4.0)")
    with_picture = told.model_copy(update={"media": (photograph(tmp_path),)})

    assert "Studio &lt;Alfa&gt; (CC BY 4.0)" in column(tmp_path).render(with_picture).html
    assert "CC BY" not in column(tmp_path).render(told.model_copy(update={"media": ()})).html


def test_without_a_lead_the_summary_is_how_the_text_begins(tmp_path: Path) -> None:
    post = column(tmp_path).render(piece(lead="", text="Parola " * 100))
    assert post.text.startswith("Parola Parola")
    assert post.text.endswith("Parola…")
    assert len(post.text) <= 200
