"""What a test needs that may not be here: it skips, or fails where everything is required."""

import os

import pytest


def need(condition: bool, what: str) -> None:
    """Skip the test unless `condition`, saying what to install; fail under REQUIRE_ALL=1."""
    if condition:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For a Java that runs for seconds: it compiles no further than pays, which halves its work."""
