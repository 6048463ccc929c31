"""The second schema, on a newsroom that had posts planned under the first."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from bottega import migrations


def test_what_was_planned_before_is_news_for_the_six_hours_that_held_then(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = f"sqlite:///{tmp_path / 'old.db'}"
    command.upgrade(config, "0001")
    engine = create_engine(config.attributes["url"])
    columns = "delivery_id, channel, post_id, action, part, due_at, local_time, next_try_at, tries"
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO channel (name) VALUES ('red')"))
        connection.execute(
            text("INSERT INTO slot (channel, weekday, hour) VALUES ('red', 0, '09:00')")
        )
        for state, remote_id in (("scheduled", "NULL"), ("done", "'7'")):
            connection.execute(
                text(
                    f"INSERT INTO operation (state, remote_id, {columns}) "  # noqa: S608 - our words
                    f"VALUES ('{state}', {remote_id}, 1, 'red', 1, 'create', 1, "
                    "'2026-11-23 08:00:00.000000', '', '2026-11-23 08:00:00.000000', 0)"
                )
            )

    command.upgrade(config, "0002")

    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, news_until FROM operation ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("scheduled", "2026-11-23 14:00:00.000000"), ("done", None),
        ]  # fmt: skip
        assert connection.execute(text("SELECT gap_minutes FROM channel")).scalar_one() == 0
        assert connection.execute(text("SELECT hour FROM slot")).scalar_one() == "09:00"
    engine.dispose()
