"""Alembic's entry: the tables of all rooms, on either database."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import bot.arrivals
import bot.conversation
import bot.inbox
import bot.menus
import bot.once
import bot.outbox
import bot.prompts
import bot.topics
import content.articles
import content.attachments
import content.channels
import content.consents
import content.credentials
import content.decisions
import content.deliveries
import content.echoes
import content.editions
import content.entry
import content.handshakes
import content.history
import content.minors
import content.people
import content.posts
import content.queue
import content.reach
import content.replies
import content.review
import content.sayings
import content.seals
import content.silence
import content.slots
import content.submissions
import content.talk
import content.uploads
import content.versions
import content.writing
from bottega.migrations import filing

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
engine = create_engine(url)
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=lambda name, _kind, _parents: not str(name).startswith(filing.INDEX),
    )
    filing.remove(connection)
    context.run_migrations()
    filing.furnish(connection)
engine.dispose()
