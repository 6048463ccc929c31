"""Every state and allowed transition of every noun."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class SubmissionState(StrEnum):
    """Where a participant's submission stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"


class ArticleState(StrEnum):
    """Where the edited piece stands; "published" is derived from its deliveries."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETRACTED = "retracted"


class OperationState(StrEnum):
    """Where one call that changes the outside stands."""

    SCHEDULED = "scheduled"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    MISSED = "missed"
    CANCELLED = "cancelled"


class EditionState(StrEnum):
    """Where a Lab's e-book stands."""

    DRAFT = "draft"
    FINISHED = "finished"


_S, _A, _O = SubmissionState, ArticleState, OperationState

GIVEN_UP: Final = (_O.MISSED, _O.FAILED)
"""What goes out only if a person says so."""
UNSENT: Final = (_O.SCHEDULED, *GIVEN_UP)
"""What is neither out nor on its way: it may be dropped."""

SUBMISSION: Mapping[SubmissionState, frozenset[SubmissionState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.SUBMITTED: frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.WITHDRAWN}),
    _S.IN_REVIEW: frozenset(
        {_S.SUBMITTED, _S.ACCEPTED, _S.REJECTED, _S.CHANGES_REQUESTED, _S.WITHDRAWN}
    ),
    _S.CHANGES_REQUESTED: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset({_S.WITHDRAWN}),
    _S.REJECTED: frozenset({_S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}

ARTICLE: Mapping[ArticleState, frozenset[ArticleState]] = {
    _A.DRAFT: frozenset({_A.APPROVED, _A.RETRACTED}),
    _A.APPROVED: frozenset({_A.DRAFT, _A.RETRACTED}),
    _A.RETRACTED: frozenset(),
}

OPERATION: Mapping[OperationState, frozenset[OperationState]] = {
    _O.SCHEDULED: frozenset({_O.SENDING, _O.MISSED, _O.CANCELLED, _O.DONE, _O.UNCONFIRMED}),
    _O.SENDING: frozenset({_O.DONE, _O.FAILED, _O.UNCONFIRMED, _O.SCHEDULED}),
    _O.UNCONFIRMED: frozenset({_O.DONE, _O.SCHEDULED, _O.FAILED}),
    _O.MISSED: frozenset({_O.SCHEDULED, _O.CANCELLED, _O.DONE}),
    _O.FAILED: frozenset({_O.SCHEDULED, _O.CANCELLED, _O.DONE, _O.UNCONFIRMED}),
    _O.DONE: frozenset(),
    _O.CANCELLED: frozenset(),
}

EDITION: Mapping[EditionState, frozenset[EditionState]] = {
    EditionState.DRAFT: frozenset({EditionState.FINISHED}),
    EditionState.FINISHED: frozenset({EditionState.DRAFT}),
}
