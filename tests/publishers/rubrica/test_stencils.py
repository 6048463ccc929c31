"""Templates with gaps: what fills them stands there as text, whatever it is."""

import json

import pytest
from jinja2 import Environment
from markupsafe import Markup

from publishers.rubrica.stencils import Stencil, gap, gaps

_TEMPLATE = Environment(autoescape=True).from_string(
    '<p title="{{ title }}">{{ title }} {{ place }}</p>{{ html }}'
)


def test_a_filled_stencil_is_what_the_template_would_have_drawn() -> None:
    said = {"title": 'Un "orto" <b> & altro: 100 % è %s', "place": "Tirano", "html": Markup("<hr>")}
    stencil = Stencil.of(_TEMPLATE.render(gaps("title", "place", "html")))
    assert stencil.fill(**said).decode() == _TEMPLATE.render(said)


def test_bytes_are_markup_as_what_was_filled_is() -> None:
    inner = Stencil.of(_TEMPLATE.render(gaps("title"), place="", html="")).fill(title="<i>")
    outer = Stencil.of(_TEMPLATE.render(gaps("html"), title="", place=""))
    assert outer.fill(html=inner).endswith(b'<p title="&lt;i&gt;">&lt;i&gt; </p>')


def test_a_stencil_may_be_filled_in_two_steps() -> None:
    stencil = Stencil.of(_TEMPLATE.render(gaps("title", "place", "html")))
    begun = Stencil.of(stencil.fill(title="<i>", html=Markup("<hr>"), **gaps("place")))
    assert begun.fill(place="Lodi") == b'<p title="&lt;i&gt;">&lt;i&gt; Lodi</p><hr>'
    assert begun.fill(place="&") == b'<p title="&lt;i&gt;">&lt;i&gt; &amp;</p><hr>'


def test_a_gap_that_is_left_is_an_error() -> None:
    with pytest.raises(KeyError):
        Stencil.of(_TEMPLATE.render(gaps("title", "place"), html="")).fill(title="Un orto")


def test_what_fills_a_gap_opens_no_other() -> None:
    stencil = Stencil.of(_TEMPLATE.render(gaps("title", "place"), html=""))
    filled = stencil.fill(title=gap("place"), place="Lodi")
    assert filled.count(b"Lodi") == 1


def test_a_gap_in_json_is_filled_with_any_value() -> None:
    stencil = Stencil.of_json({"name": str(gap("name")), "of": [str(gap("of"))], "more": "è"})
    told = stencil.fill(name=json.dumps('Un "orto"').encode(), of=b'{"a":1},2')
    assert json.loads(told) == {"name": 'Un "orto"', "of": [{"a": 1}, 2], "more": "è"}
