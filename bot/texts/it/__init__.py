"""The Italian of the bot; HTML as Telegram knows it."""

from bot.texts.it.calendar import *
from bot.texts.it.cases import *
from bot.texts.it.desk import *
from bot.texts.it.guidance import *
from bot.texts.it.media import *
from bot.texts.it.newsroom import *
from bot.texts.it.participants import *
from bot.texts.it.profile import *
from bot.texts.it.programme import *
from bot.texts.it.reach import *
from bot.texts.it.retracting import *
from bot.texts.it.rights import *
from bot.texts.it.uploads import *
from bot.texts.it.words import *
