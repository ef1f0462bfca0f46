"""Who may do what: every address of the product × everybody who may come. An address without a line here fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import SignupInvitation
from collecting.models import Import, Search, WebPhoto
from predictions.models import ApiKey, Prediction, ShareLink
from projects import dresses
from projects.actions import add_sample, create_project, delete_samples
from projects.models import Membership, Project, ProjectInvitation, Role
from tests.pictures import picture
from tests.training.planted import answers, version_of

PUBLIC, SIGNED_IN, VIEWER, EDITOR, OWNER, STAFF = 'public', 'signed in', *Role.labels, 'staff'
ALICE = 'alice'  # hers, and no part of a project
SHARES = [{'id': 1, 'category': 'blue', 'confidence': 1.0}]
EVERYBODY = ('owner', 'editor', 'viewer', 'stranger', 'operator', 'anonymous', 'share link', 'predict-only key')
NOBODY = ('anonymous', 'share link')  # who has opened a share link may open its page, and else what anybody may


@dataclass
class Route:
    """`least`: method -> who may; `of`: whose id the address holds; `kwargs`: what else it holds."""

    least: dict[str, str]
    of: str = ''
    kwargs: dict[str, Any] = field(default_factory=dict)
    predicts: bool = False  # a key made for predictions may use it
    unseen: int = 404  # what a stranger gets


def get(least: str, of: str = '', **kwargs: Any) -> Route:
    return Route({'get': least}, of, kwargs)


def post(least: str, of: str = '', **kwargs: Any) -> Route:
    return Route({'post': least}, of, kwargs)


ROUTES = {
    # pages
    'dashboard': get(SIGNED_IN),
    'project_new': post(SIGNED_IN),
    'project_example': post(SIGNED_IN),
    'example_photo': get(PUBLIC, number=1),
    'how_it_works': get(PUBLIC),
    'lesson_run': get(PUBLIC),
    'lesson_ask': get(PUBLIC),
    'lesson_choices': get(PUBLIC),
    'lesson_own': post(PUBLIC),
    'trash': get(SIGNED_IN),
    'project_duplicate': post(VIEWER, 'project'),
    'project_delete': post(OWNER, 'project'),
    'project_restore': post(OWNER, 'project'),
    'project': get(VIEWER, 'project'),
    'project_settings': Route({'get': EDITOR, 'post': EDITOR}, 'project'),
    'project_hand_over': post(OWNER, 'project'),
    'members': Route({'get': VIEWER, 'post': OWNER}, 'project'),
    'members_invite': post(OWNER, 'project'),
    'member_change': post(OWNER, 'editor'),
    'member_remove': post(EDITOR, 'editor'),  # the editor himself
    'invitation_revoke': post(OWNER, 'invitation'),
    'join': Route({'get': SIGNED_IN, 'post': SIGNED_IN}, kwargs={'token': 'x'}),
    'gallery': get(VIEWER, 'project'),
    'deleted': get(EDITOR, 'project'),
    'deleted_back': post(EDITOR, 'project'),
    'deleted_thumbnail': get(EDITOR, 'deleted'),
    'export': get(EDITOR, 'project'),
    'attribution': get(EDITOR, 'project'),
    'train': Route({'get': VIEWER, 'post': EDITOR}, 'project'),
    'project_report': get(VIEWER, 'project'),
    'run': get(VIEWER, 'run'),
    'versions': get(VIEWER, 'project'),
    'versions_compare': get(VIEWER, 'project'),
    'version_publish': post(EDITOR, 'version'),
    'report': get(VIEWER, 'version'),
    'report_short': get(VIEWER, 'version'),
    'report_photo': get(VIEWER, 'version', sample=1),
    'report_cell': get(VIEWER, 'version', row=0, column=0),
    'test': get(VIEWER, 'project'),
    'share': Route({'get': EDITOR, 'post': EDITOR}, 'project'),
    'link_close': post(EDITOR, 'link'),
    'shared': Route({'get': PUBLIC, 'post': PUBLIC}, kwargs={'token': 'open-to-all'}),
    'shared_predict': post(PUBLIC, token='open-to-all'),
    'code': get(VIEWER, 'project'),
    'login': Route({'get': PUBLIC, 'post': PUBLIC}),
    'logout': post(PUBLIC),
    'signin_link': get(PUBLIC, uidb64='x', token='x-x'),
    'signup': Route({'get': PUBLIC, 'post': PUBLIC}),
    'password_reset': Route({'get': PUBLIC, 'post': PUBLIC}),
    'password_reset_confirm': Route({'get': PUBLIC, 'post': PUBLIC}, kwargs={'uidb64': 'x', 'token': 'x-x'}),
    'account': get(SIGNED_IN),
    'account_email': Route({'get': SIGNED_IN, 'post': SIGNED_IN}),
    'password_change': Route({'get': SIGNED_IN, 'post': SIGNED_IN}),
    'account_export': post(SIGNED_IN),
    'account_delete': Route({'get': SIGNED_IN, 'post': SIGNED_IN}),
    'signup_invitations': Route({'get': STAFF, 'post': STAFF}),
    'signup_invitation_revoke': post(STAFF, 'signup_invitation'),
    'healthz': get(PUBLIC),
    'operator': get(STAFF),
    'operator_retry': post(STAFF, 'run'),
    'operator_cancel': post(STAFF, 'run'),
    'operator_cancel_import': post(STAFF, 'import'),
    'operator_cancel_search': post(STAFF, 'search'),
    'operator_limits': Route({'get': STAFF, 'post': STAFF}, 'person'),
    'operator_audit': get(STAFF),
    # REST
    'api_schema': get(PUBLIC),
    'api_docs': get(PUBLIC),
    'keys': Route({'get': SIGNED_IN, 'post': SIGNED_IN}),
    'key_revoke': post(ALICE, 'key'),
    'review': get(EDITOR, 'project'),
    'api_projects': Route({'get': SIGNED_IN, 'post': SIGNED_IN}),
    'api_project': Route({'get': VIEWER, 'patch': EDITOR, 'delete': OWNER}, 'project'),
    'api_members': Route({'get': VIEWER, 'post': OWNER}, 'project'),
    'api_member': Route({'patch': OWNER, 'delete': EDITOR}, 'editor'),
    'api_project_restore': post(OWNER, 'project'),
    'api_category_order': post(EDITOR, 'project'),
    'api_category_restore': post(EDITOR, 'project'),
    'api_category_merge': post(EDITOR, 'category'),
    'api_categories': Route({'get': VIEWER, 'post': EDITOR}, 'project'),
    'api_category': Route({'patch': EDITOR, 'delete': EDITOR}, 'category'),
    'api_samples': Route({'get': VIEWER, 'post': EDITOR}, 'project'),
    'api_sample_index': get(VIEWER, 'project'),
    'api_known_samples': post(EDITOR, 'project'),
    'api_move_samples': post(EDITOR, 'project'),
    'api_split_samples': post(EDITOR, 'project'),
    'api_delete_samples': post(EDITOR, 'project'),
    'api_restore_samples': post(EDITOR, 'project'),
    'api_keep_duplicate': post(EDITOR, 'project'),
    'api_sample': Route({'get': VIEWER, 'patch': EDITOR, 'delete': EDITOR}, 'sample'),
    'sample_file': get(VIEWER, 'sample'),
    'sample_thumbnail': get(VIEWER, 'sample'),
    'api_imports': Route({'get': VIEWER, 'post': EDITOR}, 'project'),
    'api_import_preview': post(EDITOR, 'project'),
    'api_import': Route({'get': VIEWER, 'delete': EDITOR}, 'import'),
    'api_import_cancel': post(EDITOR, 'import'),
    'api_searches': post(EDITOR, 'project'),
    'api_build': post(EDITOR, 'project'),
    'api_search': get(EDITOR, 'search'),
    'api_search_more': post(EDITOR, 'search'),
    'api_search_cancel': post(EDITOR, 'search'),
    'api_search_import': post(EDITOR, 'search'),
    'web_photo': get(EDITOR, 'web photo'),
    'api_runs': post(EDITOR, 'project'),
    'api_run': get(VIEWER, 'run'),
    'api_run_cancel': post(EDITOR, 'run'),
    'api_versions': get(VIEWER, 'project'),
    'api_version': get(VIEWER, 'version'),
    'api_version_report': get(VIEWER, 'version'),
    'api_version_compare': get(VIEWER, 'version', other=1),
    'api_version_publish': post(EDITOR, 'version'),
    'api_predictions': Route({'post': VIEWER}, 'project', predicts=True),
    'api_feedback': Route({'post': EDITOR, 'delete': EDITOR}, 'prediction', unseen=409),  # as where none is kept
    'api_discard': Route({'post': EDITOR}, 'prediction', unseen=409),
    'prediction_file': get(EDITOR, 'prediction'),
    'api_heatmaps': post(VIEWER, 'project'),
    'api_spoken': post(VIEWER, 'project'),
    'api_links': Route({'get': EDITOR, 'post': EDITOR}, 'project'),
    'api_link': Route({'delete': EDITOR}, 'link'),
    'api_suggestions': get(VIEWER, 'project'),
}
CASES = [(name, method) for name, route in ROUTES.items() for method in route.least]


@dataclass
class World:
    """A project with one thing of each kind, and everybody who may come."""

    ids: dict[str, Any]
    clients: dict[str, Client]


@pytest.fixture
def world(alice: User, bob: User, charlie: User) -> World:
    project = create_project(alice.pk, 'The dress', ['blue', 'gold'])
    category = project.categories.first()
    sample = add_sample(project, category, '1.png', picture(1))
    add_sample(project, project.categories.last(), '2.png', picture(2))
    deleted = add_sample(project, category, '3.png', picture(3))
    delete_samples(project, [deleted])
    version = version_of(project, answers(project, {}))
    editor = Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    invitation = ProjectInvitation.objects.create(project=project, hash='x', expires_at='2100-01-01T00:00Z')
    viewer = User.objects.create_user('vera')
    Membership.objects.create(project=project, user=viewer, role=Role.VIEWER)
    operator = User.objects.create_user('operator', is_staff=True, is_superuser=True)
    people = {'owner': alice, 'editor': bob, 'viewer': viewer, 'stranger': charlie, 'operator': operator}
    clients = {who: Client() for who in EVERYBODY}
    for who, user in people.items():
        clients[who].force_login(user)
    key = ApiKey.make(alice, 'only predicts')[1]
    ApiKey.objects.update(scope=ApiKey.Scope.PREDICT)
    clients['predict-only key'] = Client(headers={'authorization': f'Bearer {key}'})
    link = ShareLink.objects.create(project=project, token='open-to-all')
    ShareLink.objects.create(project=project, token='locked', password=make_password('secret'))
    assert clients['share link'].post('/s/locked/', {'password': 'secret'}).cookies['shared']
    said = [{'id': category.pk, 'category': 'blue', 'confidence': 1.0}]
    kept = Prediction.objects.create(project=project, version=version, confidences=said, ms=1, file='x')
    search = Search.objects.create(project=project, category=category, text='blue')
    ids = {
        'project': project.pk,
        'link': link.pk,
        'category': category.pk,
        'sample': sample.pk,
        'deleted': deleted.pk,
        'search': search.pk,
        'web photo': WebPhoto.objects.create(search=search, file='x.jpg').pk,
        'import': Import.objects.create(project=project, kind='archive', name='a.zip', total=1).pk,
        'run': version.run_id,
        'person': alice.pk,
        'version': version.pk,
        'editor': editor.pk,
        'prediction': kept.pk,
        'key': ApiKey.objects.get().pk,
        'invitation': invitation.pk,
        'signup_invitation': SignupInvitation.objects.create(hash='x', expires_at='2100-01-01T00:00Z').pk,
    }
    return World(ids, clients)


def may(route: Route, method: str, who: str, below_api: bool) -> bool:
    least = route.least[method]
    if least == PUBLIC:
        return True
    if who == 'predict-only key':
        return below_api and route.predicts
    if who in NOBODY:
        return False
    if least == ALICE:
        return who == 'owner'
    if least in (SIGNED_IN, STAFF):
        return least == SIGNED_IN or who == 'operator'
    ranks = [*Role.labels]
    return who in ranks and ranks.index(who) >= ranks.index(least)


def refused(who: str, least: str, below_api: bool, unseen: int = 404) -> int:
    """The status that says no: to nobody known 401, or the way to the sign-in; to strangers 404; to members 403."""
    if who in NOBODY or (who == 'predict-only key' and not below_api):
        return 401 if below_api else 302
    if (who in ('editor', 'viewer') and least in Role.labels) or who == 'predict-only key':
        return 403
    return unseen


@pytest.mark.parametrize(('name', 'method'), CASES)
def test_who_may(world: World, backbones: Any, monkeypatch: pytest.MonkeyPatch, name: str, method: str):
    monkeypatch.setattr(dresses, 'example_set', list)  # drawing takes seconds, for everybody who may
    route = ROUTES[name]
    address = reverse(name, kwargs=({'pk': world.ids[route.of]} if route.of else {}) | route.kwargs)
    below_api = address.startswith('/api/')
    for who, client in world.clients.items():
        with transaction.atomic():  # nobody meets what the one before has done
            response = getattr(client, method)(address, content_type='application/json')
            transaction.set_rollback(True)
        to_sign_in = response.status_code == 302 and f'{reverse("login")}?next=' in response.url
        if may(route, method, who, below_api):
            assert response.status_code not in (401, 403, 405) and not to_sign_in, who
        else:
            assert response.status_code == refused(who, route.least[method], below_api, route.unseen), who
            assert to_sign_in == (response.status_code == 302), who


def test_a_project_that_was_deleted_is_nobodys(world: World):
    Project.objects.update(deleted_at='2026-01-01T00:00Z')
    for name, route in ROUTES.items():
        if not route.of or ALICE in route.least.values() or name in ('project_restore', 'api_project_restore'):
            continue
        for method in route.least:
            address = reverse(name, kwargs={'pk': world.ids[route.of]} | route.kwargs)
            answer = getattr(world.clients['owner'], method)(address, content_type='application/json')
            assert answer.status_code == route.unseen, (name, method)


def patterns(found: list[Any]) -> Iterator[URLPattern]:
    """All of the product's own; Django's admin has a test of its own."""
    for pattern in found:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif isinstance(pattern, URLResolver) and pattern.namespace != 'admin':
            yield from patterns(pattern.url_patterns)


def test_every_address_has_its_line():
    named = [pattern for pattern in patterns(get_resolver().url_patterns) if pattern.name]
    assert {pattern.name for pattern in named} == set(ROUTES)
    assert len(named) == len(ROUTES)
    for pattern in named:
        view = getattr(pattern.callback, 'view_class', None) or getattr(pattern.callback, 'cls', None)
        if view is not None and 'api' in str(pattern.pattern):
            methods = {method for method in view.http_method_names if hasattr(view, method)} - {'options', 'head'}
            assert methods == set(ROUTES[pattern.name].least), pattern.name


@pytest.mark.parametrize('who', [who for who in EVERYBODY if who != 'operator'])
def test_djangos_admin_is_the_operators(world: World, who: str):
    response = world.clients[who].get(reverse('admin:index'))
    assert response.status_code == 302 and response.url.startswith(reverse('admin:login'))
