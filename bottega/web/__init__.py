"""The browser's side: the web column and the newsroom's health, served over HTTP."""

from bottega.web.app import build

__all__ = ["build"]
