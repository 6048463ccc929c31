"""What people who mean harm write into fields, and whether a page shows it as mere words.

After the OWASP XSS Filter Evasion Cheat Sheet:
https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html
"""

from typing import Final

from markupsafe import escape

HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">qui</a>',
    "{{ 7*7 }}{% raw %}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<!--<script>--><math><mi//xlink:href="data:x,<script>alert(1)</script>">',
)


def is_harmless(page: str, payload: str) -> bool:
    """Whether a page shows what was written, as mere words."""
    shown = str(escape(" ".join(payload.split())))
    return shown in page and (shown == payload or payload not in page)
