"""The python-telegram-bot Application: which handler hears what, what happens when one fails."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, NetworkError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import (
    agenda,
    buttons,
    console,
    corrections,
    desk,
    files,
    guide,
    intake,
    labs,
    mine,
    mydata,
    order,
    outbox,
    pages,
    programme,
    rights,
    texts,
)
from bot.inbox import AlreadyHandled, give_up
from bot.turn import Newsroom, Turn
from content.store import may_pass

log = structlog.get_logger()
ALLOWED_UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member"]
TIMEOUT_SECONDS: Final = 20.0

_PRIVATE: Final = filters.ChatType.PRIVATE
_GROUP: Final = filters.ChatType.GROUPS
_GROUP_BUTTONS: Final = ("d:", "l:")
_CHATS: Final = frozenset({ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP})
_FILE: Final = (
    filters.PHOTO
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.ANIMATION
    | filters.VOICE
    | filters.AUDIO
    | filters.Document.ALL
)
_PLACE: Final = filters.LOCATION | filters.VENUE

Handle = Callable[[Turn], Awaitable[None]]


def build(
    newsroom: Newsroom, token: str, *, api_url: str, braked: bool
) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return the Application, its handlers in place; it is given its updates one by one.

    `braked` is whether all calls together keep to Telegram's 30 a second; groups have their own
    limit, which the postman keeps.
    """
    limiter = AIORateLimiter(group_max_rate=0, group_time_period=0) if braked else None
    builder: Any = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .local_mode(newsroom.local_files)
        .updater(None)
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
            turn = Turn(newsroom, update)
            with texts.speaking(turn.language):
                await (handle if _spoken_to_us(update) else _unknown_button)(turn)
            if not turn.settled:  # there was nothing to do about it
                async with turn.transaction():
                    pass

        return callback

    new = filters.UpdateType.MESSAGE
    for name, handle in {
        "start": intake.start,
        "nuova": intake.new,
        "guidami": guide.begin,
        "mie": mine.show,
        "aiuto": intake.say_help,
        "help": intake.say_help,
        "privacy": rights.say_privacy,
        "miei_dati": mydata.export,
        "cancella_dati": mydata.ask_erasure,
        "invita": desk.invite,
        "redazione": console.link,
    }.items():
        application.add_handler(CommandHandler(name, hear(handle), new & _PRIVATE))
    application.add_handler(CommandHandler("collega", hear(desk.tie), new))
    application.add_handler(CommandHandler("lab", hear(labs.command), new))
    for name, handle in {
        "coda": desk.queue,
        "oggi": programme.today,
        "calendario": programme.week,
        "statistiche": programme.figures,
        "pausa": agenda.pause,
        "riprendi": agenda.resume,
        "blackout": agenda.blackout,
        "blocca": order.block,
        "sblocca": order.unblock,
    }.items():
        here = hear(order.at_the_desk(handle))
        application.add_handler(CommandHandler(name, here, new & _GROUP))
    application.add_handlers(
        [
            ChatMemberHandler(hear(order.joined), ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(hear(rights.pressed), r"^c:"),
            CallbackQueryHandler(hear(buttons.pressed), r"^s:"),
            CallbackQueryHandler(hear(pages.pressed), r"^p:"),
            CallbackQueryHandler(hear(mine.pressed), r"^m:"),
            CallbackQueryHandler(hear(guide.pressed), r"^g:"),
            CallbackQueryHandler(hear(labs.pressed), r"^l:"),
            CallbackQueryHandler(hear(desk.button), r"^d:"),
            CallbackQueryHandler(hear(_unknown_button)),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE & _PRIVATE, hear(corrections.edited)),
            MessageHandler(new & _PRIVATE & _FILE, hear(files.sent)),
            MessageHandler(new & _PRIVATE & _PLACE, hear(intake.place)),
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


def _spoken_to_us(update: Update) -> bool:
    """Whether somebody wrote it, to the bot or in a group: a channel's posts are nobody's.

    A group has none but the moderators' buttons: others there are forged, and what they would show
    is for one person alone.
    """
    user, chat, query = update.effective_user, update.effective_chat, update.callback_query
    if user is None or chat is None or chat.type not in _CHATS:
        return False
    if chat.type == ChatType.PRIVATE:
        return _is_theirs(update)
    return query is None or (query.data or "").startswith(_GROUP_BUTTONS)


def _is_theirs(update: Update) -> bool:
    """Whether an update comes from the private chat of who caused it: the two have one id.

    https://core.telegram.org/api/bots/ids: what is said there is for that person alone.
    """
    user, chat = update.effective_user, update.effective_chat
    return user is not None and chat is not None and chat.id == user.id


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
    database = may_pass(error)  # which undid all of it
    passing, name = passing or database, type(error).__name__
    if database or not passing:
        log.error("update_failed", update_id=update.update_id, error=name, exc_info=error)
    now, chat = newsroom.clock(), update.effective_chat
    async with newsroom.store.transaction() as session:
        last = await give_up(session, update.update_id, name, final=not passing, now=now)
        if last and chat is not None and _is_theirs(update):
            await outbox.say(session, chat.id, texts.TROUBLE, now=now)
    newsroom.said()
