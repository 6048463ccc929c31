import io

import pytest
from alembic import command
from alembic.config import Config

from bottega import migrations


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
def test_the_tables_are_as_the_rooms_declare_them(
    database: str, request: pytest.FixtureRequest
) -> None:
    """`alembic check` finds no difference; it raises where there is one."""
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(migrations._FOLDER))
    config.attributes["url"] = migrations.blocking(request.getfixturevalue(database))

    command.check(config)
