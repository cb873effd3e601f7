"""The door for programs: a personal token instead of a session."""

import datetime as dt

from django.http import HttpRequest

from mediacoding.studies import operations, queries
from mediacoding.studies.models import AccessToken


def secret_of(request: HttpRequest) -> str:
    """The token's secret that a request brings: in its header, or in its address.

    The header is better, because addresses stand in logs; some programs can't send one.
    """
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    return request.GET.get("token", "")


def admit(request: HttpRequest, secret: str, *, at: dt.datetime) -> AccessToken | None:
    """Let the request act as the token's person, and return the token; None if it is none.

    What the person may do is asked as always, so a member who has left gets nothing.
    """
    token = queries.living_token(secret, at=at)
    if token is not None:
        request.user = token.person
        operations.note_use(token=token, at=at)
    return token
