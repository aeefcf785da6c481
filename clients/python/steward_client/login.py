"""Logins: tokens that are refreshed when they are about to expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import httpx

from .problem import ProblemError

#: An access token that expires within so many seconds is refreshed first.
MARGIN = 30


class Login(httpx.Auth):
    """Authenticates requests: `vendors.Client(base_url=url, httpx_args={"auth": Login(url, username=…, password=…)})`.

    Users log in with `username` and `password`, service accounts with `client_id` and `client_secret`.
    """

    def __init__(
        self, base_url: str, *, username: str = "", password: str = "", client_id: str = "", client_secret: str = ""
    ) -> None:
        self._base_url = base_url.rstrip("/")
        # A refresh token that is used twice ends the login: one thread at a time.
        self._lock = threading.Lock()
        if client_id:
            self._first = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        else:
            self._first = {"grant_type": "password", "username": username, "password": password}
        self._grant(self._first)

    def token(self, refused: str | None = None) -> str:
        """A valid access token, and never the one that was refused."""
        with self._lock:
            if self._access == refused or self._expires_at - MARGIN < time.monotonic():
                self._renew()
            return self._access

    def logout(self) -> None:
        """Ends the login at the service."""
        with self._lock:
            token = self._refresh or self._access
            answer = httpx.post(f"{self._base_url}/api/v1/auth/revoke", data={"token": token})
        if answer.is_error:
            raise ProblemError.of(answer)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the request with the token, and once more where the token has ended early."""
        token = self.token()
        request.headers["Authorization"] = f"Bearer {token}"
        answer = yield request
        if answer.status_code == 401:
            try:
                request.headers["Authorization"] = f"Bearer {self.token(refused=token)}"
            except ProblemError:
                return
            yield request

    def _renew(self) -> None:
        if self._refresh:
            self._grant({"grant_type": "refresh_token", "refresh_token": self._refresh})
        else:
            self._grant(self._first)

    def _grant(self, form: dict[str, str]) -> None:
        answer = httpx.post(f"{self._base_url}/api/v1/auth/token", data=form)
        if answer.is_error:
            raise ProblemError.of(answer)
        token = answer.json()
        self._access: str = token["access_token"]
        self._refresh: str | None = token.get("refresh_token")
        self._expires_at: float = time.monotonic() + token["expires_in"]
