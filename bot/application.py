"""The python-telegram-bot Application: which handler hears what, what happens when one fails."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    Update,
)
from telegram.error import BadRequest, NetworkError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import agenda, buttons, desk, intake, mine, outbox, texts
from bot.inbox import AlreadyHandled, OnePersonAtATime, give_up
from bot.turn import Newsroom, Turn

log = structlog.get_logger()
ALLOWED_UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
TIMEOUT_SECONDS: Final = 20.0
TRY_AGAIN: Final = timedelta(seconds=2)

_PRIVATE: Final = filters.ChatType.PRIVATE
_GROUP: Final = filters.ChatType.GROUPS
_PICTURE: Final = filters.PHOTO | filters.Document.IMAGE

Handle = Callable[[Turn], Awaitable[None]]


def build(
    newsroom: Newsroom, token: str, *, api_url: str, calls_per_minute: int
) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return the Application, its handlers in place, not yet started.

    `calls_per_minute` is what Telegram allows in one group (20); 0 takes the brake off.
    """
    limiter = (
        AIORateLimiter(group_max_rate=calls_per_minute, group_time_period=60, max_retries=0)
        if calls_per_minute
        else None
    )
    builder: Any = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .update_queue(newsroom.inbox)
        .concurrent_updates(OnePersonAtATime())
        .connection_pool_size(64)
        .connect_timeout(TIMEOUT_SECONDS)
        .read_timeout(TIMEOUT_SECONDS)
        .write_timeout(TIMEOUT_SECONDS)
        .media_write_timeout(60)
        .job_queue(None)
    )
    if limiter is not None:
        builder = builder.rate_limiter(limiter)
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    _furnish(application, newsroom)
    return application


async def introduce(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Give the bot its menu of commands and its descriptions."""
    bot = application.bot
    private = [BotCommand(*one) for one in texts.COMMANDS_PRIVATE]
    group = [BotCommand(*one) for one in texts.COMMANDS_GROUP]
    await bot.set_my_commands(private, scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(group, scope=BotCommandScopeAllGroupChats())
    await bot.set_my_description(texts.DESCRIPTION)
    await bot.set_my_short_description(texts.SHORT_DESCRIPTION)


def _furnish(application: Application[Any, Any, Any, Any, Any, Any], newsroom: Newsroom) -> None:
    def hear(handle: Handle) -> Any:
        async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
            await handle(Turn(newsroom, update))

        return callback

    new = filters.UpdateType.MESSAGE
    for name, handle in {
        "start": intake.start,
        "nuova": intake.new,
        "mie": mine.show,
        "aiuto": intake.say_help,
        "help": intake.say_help,
        "privacy": intake.say_privacy,
        "invita": desk.invite,
    }.items():
        application.add_handler(CommandHandler(name, hear(handle), new & _PRIVATE))
    application.add_handler(CommandHandler("collega", hear(desk.tie), new))
    for name, handle in {
        "coda": desk.queue,
        "pausa": agenda.pause,
        "riprendi": agenda.resume,
        "blackout": agenda.blackout,
    }.items():
        application.add_handler(CommandHandler(name, hear(handle), new & _GROUP))
    application.add_handlers(
        [
            CallbackQueryHandler(hear(intake.accept), r"^c:accept$"),
            CallbackQueryHandler(hear(buttons.pressed), r"^s:"),
            CallbackQueryHandler(hear(desk.button), r"^d:"),
            CallbackQueryHandler(hear(_unknown_button)),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE & _PRIVATE, hear(intake.edited)),
            MessageHandler(new & _PRIVATE & _PICTURE, hear(intake.photo)),
            MessageHandler(new & _PRIVATE & filters.COMMAND, hear(intake.say_help)),
            MessageHandler(new & _PRIVATE & filters.TEXT, hear(intake.text)),
            MessageHandler(new & _PRIVATE & ~filters.StatusUpdate.ALL, hear(intake.unsupported)),
            MessageHandler(new & _GROUP & filters.TEXT & ~filters.COMMAND, hear(desk.written)),
            TypeHandler(Update, hear(_let_pass)),
        ]
    )

    async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(update, Update) and context.error is not None:
            await _failed(newsroom, update, context.error)

    application.add_error_handler(failed)


async def _unknown_button(turn: Turn) -> None:
    async with turn.transaction():
        pass
    await turn.answer(texts.UNKNOWN_BUTTON, alert=True)


async def _let_pass(turn: Turn) -> None:
    async with turn.transaction():
        pass


async def _failed(newsroom: Newsroom, update: Update, error: Exception) -> None:
    """Keep what could not be handled; try again what may pass, tell the person of what will not."""
    if isinstance(error, AlreadyHandled):
        return
    passing = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
    name = type(error).__name__
    if not passing:
        log.error("update_failed", update_id=update.update_id, error=name, exc_info=error)
    now = newsroom.clock()
    if not await give_up(newsroom.store, update.update_id, name, final=not passing, now=now):
        loop = asyncio.get_running_loop()
        loop.call_later(TRY_AGAIN.total_seconds(), newsroom.inbox.put_nowait, update)
        return
    if update.effective_chat is not None and update.effective_chat.type == "private":
        async with newsroom.store.transaction() as session:
            await outbox.say(session, update.effective_chat.id, texts.TROUBLE, now=now)
        newsroom.said()
