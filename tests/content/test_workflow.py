from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from content import workflow
from content.workflow import ArticleState, OperationState, SubmissionState

TABLES: dict[type[StrEnum], Mapping[Any, frozenset[Any]]] = {
    SubmissionState: workflow.SUBMISSION,
    ArticleState: workflow.ARTICLE,
    OperationState: workflow.OPERATION,
}


@pytest.mark.parametrize("states", TABLES)
def test_every_state_is_in_the_table_and_can_be_reached_from_the_first(
    states: type[StrEnum],
) -> None:
    table = TABLES[states]
    reached: set[StrEnum] = set()
    ahead = list(states)[:1]
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += table[state]
    assert set(table) == set(states) == reached


def test_what_was_sent_is_never_planned_again_without_proof() -> None:
    assert not workflow.OPERATION[OperationState.DONE]
    assert OperationState.SENDING not in workflow.OPERATION[OperationState.UNCONFIRMED]


def test_a_submission_can_be_withdrawn_from_anywhere() -> None:
    for state, ways in workflow.SUBMISSION.items():
        assert state is SubmissionState.WITHDRAWN or SubmissionState.WITHDRAWN in ways
