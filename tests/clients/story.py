"""A whole story told with a generated client: log in, create, change, be refused, move, list."""

from steward_client import AuthenticatedClient, Client
from steward_client.api.controls import create_control, list_controls, transition_control, update_control
from steward_client.api.auth import create_token
from steward_client.models import Control, ControlCreate, ControlPage, ControlTransition, ControlUpdate, ProblemDetails, Token, TokenRequest
from steward_client.models.control_kind import ControlKind
from steward_client.models.control_state import ControlState
from steward_client.models.token_request_grant_type import TokenRequestGrantType

BASE = "http://127.0.0.1:8080"
request = TokenRequest(grant_type=TokenRequestGrantType.PASSWORD, username="admin@steward.local", password="correct horse battery staple")
token = create_token.sync(client=Client(base_url=BASE), body=request)
assert isinstance(token, Token), token
client = AuthenticatedClient(base_url=BASE, token=token.access_token)

body = ControlCreate(code="PY-1", name="From Python", kind=ControlKind.DETECTIVE, test_period_days=30)
control = create_control.sync(client=client, body=body)
assert isinstance(control, Control), control
changed = update_control.sync(control.id, client=client, body=ControlUpdate(name="Renamed"), if_match=f'"{control.revision}"')
assert isinstance(changed, Control) and changed.name == "Renamed", changed
stale = update_control.sync(control.id, client=client, body=ControlUpdate(name="Again"), if_match='"1"')
assert isinstance(stale, ProblemDetails) and stale.status == 412, stale
moved = transition_control.sync(control.id, client=client, body=ControlTransition(to=ControlState.IMPLEMENTED), if_match="*")
assert isinstance(moved, Control), moved
page = list_controls.sync(client=client, state=[ControlState.IMPLEMENTED], sort="-updated_at")
assert isinstance(page, ControlPage) and page.data[0].id == control.id, page
print("the Python client tells the whole story")
