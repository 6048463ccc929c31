"""What the bot shows of itself: name, descriptions, commands, menu button."""

import re
from typing import Any

from bottega.sandbox.telegram import asked
from bottega.sandbox.telegram.errors import bad

_MOST_COMMANDS = 100
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


class Profile:
    """The bot's public face, by language and, for commands, by who looks."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], str] = {("name", ""): "Bottega"}
        self._commands: dict[tuple[object, ...], list[dict[str, str]]] = {}
        self._menus: dict[int | None, dict[str, Any]] = {}

    def name(self, language: str) -> str:
        """Return the bot's name."""
        return self.text("name", language)

    def text(self, what: str, language: str) -> str:
        """Return a name or description, the common one where a language has none."""
        return self._texts.get((what, language)) or self._texts.get((what, ""), "")

    def set_text(self, what: str, language: str, text: str) -> bool:
        """Set or remove a name or description."""
        if len(text) > _LIMITS[what]:
            raise bad(f"{what.replace('_', ' ')} is too long")
        if (what, language) == ("name", "") and not text:
            raise bad("name is empty")
        self._texts[what, language] = text
        return True

    def commands(self, ask: asked.Commands) -> list[dict[str, str]]:
        """Return the commands set for exactly this scope and language."""
        return self._commands.get(_key(ask), [])

    def every_command(self) -> list[dict[str, str]]:
        """Return the commands of all scopes and languages, each once."""
        return list({c["command"]: c for some in self._commands.values() for c in some}.values())

    def set_commands(self, ask: asked.SetMyCommands) -> bool:
        """Set the commands of a scope and language."""
        if len(ask.commands) > _MOST_COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in ask.commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command.command):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command.description) <= 256:  # noqa: PLR2004 - the documented bounds
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._commands[_key(ask)] = [command.model_dump() for command in ask.commands]
        return True

    def delete_commands(self, ask: asked.Commands) -> bool:
        """Remove the commands of a scope and language."""
        self._commands.pop(_key(ask), None)
        return True

    def menu(self, chat_id: int | None) -> dict[str, Any]:
        """Return the menu button of a private chat, or everybody's."""
        return self._menus.get(chat_id) or self._menus.get(None) or {"type": "default"}

    def set_menu(self, ask: asked.SetChatMenuButton) -> bool:
        """Set the menu button of a private chat, or everybody's."""
        button = ask.menu_button
        if button.type == "web_app" and not (button.text and button.web_app):
            raise bad("can't parse menu button: Web App and text are required")
        if button.web_app and not button.web_app.url.startswith("https://"):
            raise bad(
                f"menu button Web App URL '{button.web_app.url}' is invalid: "
                "Only HTTPS links are allowed"
            )
        self._menus[ask.chat_id] = button.model_dump(exclude_none=True)
        return True


def _key(ask: asked.Commands) -> tuple[object, ...]:
    return (ask.scope.type, ask.scope.chat_id, ask.scope.user_id, ask.language_code)
