"""Pelican's settings for the benchmark: the column's addresses."""

SITEURL = "https://laboratori.example"
SITENAME = "Laboratori dell'Innovazione"
TIMEZONE = "Europe/Rome"
DEFAULT_LANG = "it"
ARTICLE_URL = "{category}/{slug}/"
ARTICLE_SAVE_AS = "{category}/{slug}/index.html"
CATEGORY_URL = "{slug}/"
CATEGORY_SAVE_AS = "{slug}/index.html"
TAG_URL = "temi/{slug}/"
TAG_SAVE_AS = "temi/{slug}/index.html"
MONTH_ARCHIVE_SAVE_AS = "archivio/{date:%Y-%m}/index.html"
AUTHOR_SAVE_AS = ""
AUTHORS_SAVE_AS = ""
ARCHIVES_SAVE_AS = ""
CATEGORIES_SAVE_AS = ""
TAGS_SAVE_AS = ""
DEFAULT_PAGINATION = 18
_NUMBERED = "{base_name}/pagina/{number}/"
PAGINATION_PATTERNS = (
    (1, "{base_name}/", "{base_name}/index.html"),
    (2, _NUMBERED, f"{_NUMBERED}index.html"),
)
FEED_ALL_ATOM = "feed.xml"
CATEGORY_FEED_ATOM = "{slug}/feed.xml"
FEED_MAX_ITEMS = 20
