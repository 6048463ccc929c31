"""Alembic's entry: the tables of all rooms, on either database."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import bot.conversation
import bot.desk
import bot.inbox
import bot.outbox
import content.articles
import content.attachments
import content.channels
import content.deliveries
import content.history
import content.people
import content.posts
import content.review
import content.silence
import content.slots
import content.submissions

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
engine = create_engine(url)
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    context.run_migrations()
engine.dispose()
