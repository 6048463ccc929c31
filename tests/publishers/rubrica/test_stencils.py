"""Templates with gaps: what fills them stands there as text, whatever it is."""

import pytest
from jinja2 import Environment
from markupsafe import Markup

from publishers.rubrica.stencils import Stencil, gap, gaps

_TEMPLATE = Environment(autoescape=True).from_string(
    '<p title="{{ title }}">{{ title }} {{ place }}</p>{{ html }}'
)


def test_a_filled_stencil_is_what_the_template_would_have_drawn() -> None:
    said = {"title": 'Un "orto" <b> & altro', "place": "Tirano", "html": Markup("<hr>")}
    stencil = Stencil.of(_TEMPLATE, **gaps("title", "place", "html"))
    assert stencil.fill(**said) == _TEMPLATE.render(said)


def test_a_stencil_may_be_filled_in_two_steps() -> None:
    stencil = Stencil.of(_TEMPLATE, **gaps("title", "place", "html"))
    begun = stencil.partly(title="<i>", html=Markup("<hr>"))
    assert begun.fill(place="Lodi") == '<p title="&lt;i&gt;">&lt;i&gt; Lodi</p><hr>'
    assert begun.fill(place="&") == '<p title="&lt;i&gt;">&lt;i&gt; &amp;</p><hr>'


def test_a_gap_that_is_left_is_an_error() -> None:
    with pytest.raises(KeyError):
        Stencil.of(_TEMPLATE, **gaps("title", "place"), html="").fill(title="Un orto")


def test_what_fills_a_gap_opens_no_other() -> None:
    stencil = Stencil.of(_TEMPLATE, **gaps("title", "place"), html="")
    begun = stencil.partly(title=gap("place"))
    assert begun.fill(place="Lodi").count("Lodi") == 1
