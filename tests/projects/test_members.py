"""Who is in a project: by name, by link, changed, removed, leaving, and the project handed over."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, hashed
from predictions.models import ApiKey
from projects.actions import create_project, delete_project
from projects.models import Membership, Project, ProjectInvitation, Role

JSON = 'application/json'


@pytest.fixture
def project(alice: User) -> Project:
    return create_project(alice.pk, 'The dress', ['blue', 'gold'])


@pytest.fixture
def bobs(project: Project, bob: User) -> Membership:
    return Membership.objects.create(project=project, user=bob, role=Role.VIEWER)


def text(response: HttpResponse) -> str:
    return re.sub(r'\s+', ' ', response.content.decode())


def post(client: Client, name: str, pk: int, /, **data: str) -> str:
    """What the page says after the form was sent."""
    return text(client.post(reverse(name, args=[pk]), data, follow=True))


def link(client: Client, project: Project, role: Role = Role.VIEWER) -> str:
    """The path of a new link, as the page shows it."""
    page = text(client.post(reverse('members_invite', args=[project.pk]), {'role': int(role)}))
    return re.search(r'value="http://testserver(/join/[^"]+/)"', page)[1]


def noted() -> list[tuple[str, str, str]]:
    """In the audit log, beside the sign-ins of the test itself."""
    entries = AuditEntry.objects.exclude(kind='signed_in').order_by('pk')
    return list(entries.values_list('kind', 'username', 'subject'))


def test_the_pages_call_them_what_they_are(as_alice, as_bob, bob, project):
    assert 'An editor also changes photos and categories' in text(as_alice.get(reverse('members', args=[project.pk])))
    Project.objects.filter(pk=project.pk).update(kind='text')
    assert 'An editor also changes texts and categories' in text(as_alice.get(reverse('members', args=[project.pk])))
    assert 'change texts and categories' in text(as_bob.get(link(as_alice, project, Role.EDITOR)))
    assert 'show the model texts' in text(as_bob.get(link(as_alice, project, Role.VIEWER)))
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    assert 'then you also change texts' in text(as_bob.get(link(as_alice, project, Role.EDITOR)))
    assert 'Texts that bob added stay' in text(as_alice.get(reverse('members', args=[project.pk])))


# ---------------------------------------------------------------- by name


@pytest.mark.parametrize('name', ['bob', ' bob ', 'BOB', 'bob\0'])
def test_somebody_is_added_by_name(as_alice, bob, project, name):
    assert 'bob is in, as editor.' in post(as_alice, 'members', project.pk, user=name, role='2')
    assert Membership.objects.get(project=project, user=bob).role == Role.EDITOR
    assert noted() == [('member_joined', 'alice', 'bob, editor of The dress')]


@pytest.mark.parametrize('name', ['', 'nobody', 'alice', 'bob', 'x' * 300, '<b>'])
def test_names_that_add_nobody_are_refused_with_a_reason(as_alice, project, bobs, name):
    said = {'alice': 'alice owns this project.', 'bob': 'bob is a member already, as viewer.'}
    page = post(as_alice, 'members', project.pk, user=name)
    assert said.get(name, 'Check the spelling, or invite them by a link.') in page
    assert '<b>”' not in page
    assert Membership.objects.get() == bobs and not noted()


def test_of_names_that_differ_in_capitals_only_the_one_spelled_so(as_alice, bob, project):
    other = User.objects.create_user('Bob')
    post(as_alice, 'members', project.pk, user='Bob')
    assert Membership.objects.get().user == other
    assert 'Nobody here' in post(as_alice, 'members', project.pk, user='bOB')


def test_who_may_not_sign_in_is_nobody(as_alice, bob, project):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert 'Nobody here' in post(as_alice, 'members', project.pk, user='bob')


# ---------------------------------------------------------------- by link


def test_a_link_is_shown_once_and_only_its_hash_is_kept(as_alice, project):
    path = link(as_alice, project)
    token = path.split('/')[2]
    assert len(token) >= 43  # 256 bits
    invitation = ProjectInvitation.objects.get()
    assert invitation.hash == hashed(token)
    assert timedelta(days=6) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    page = text(as_alice.get(reverse('members', args=[project.pk])))
    assert 'For viewers' in page and token not in page
    assert noted() == [('member_invited', 'alice', 'The dress, as viewer')]


def test_a_link_leads_over_the_sign_in_to_the_project(client, as_alice, as_bob, as_charlie, bob, project):
    path = link(as_alice, project, Role.EDITOR)
    assert client.get(path).url == f'{reverse("login")}?next={path}'
    page = text(as_bob.get(path))
    assert 'Join The dress?' in page and 'alice invites you as an editor' in page
    assert not Membership.objects.exists()  # looking is not joining
    assert as_bob.post(path).url == reverse('project', args=[project.pk])
    assert as_charlie.post(path).status_code == 302  # many may use it
    assert [each.role for each in Membership.objects.all()] == [Role.EDITOR, Role.EDITOR]
    assert noted()[1] == ('member_joined', 'bob', 'bob, editor of The dress')
    assert as_bob.get(path).url == reverse('project', args=[project.pk])


def test_a_stronger_role_wins_and_a_weaker_changes_nothing(as_alice, as_bob, project, bobs):
    stronger, weaker = link(as_alice, project, Role.EDITOR), link(as_alice, project)
    assert 'You are a viewer already' in text(as_bob.get(stronger))
    as_bob.post(stronger)
    as_bob.post(weaker)
    assert Membership.objects.get().role == Role.EDITOR
    assert ('member_changed', 'bob', 'bob, editor of The dress') in noted()


def test_the_owner_does_not_become_a_member(as_alice, project):
    path = link(as_alice, project)
    assert as_alice.get(path).url == as_alice.post(path).url == reverse('project', args=[project.pk])
    assert not Membership.objects.exists()


@pytest.mark.parametrize('gone', ['revoked', 'expired', 'deleted', 'cut off'])
def test_a_link_that_works_no_more_says_so(as_alice, as_bob, project, gone):
    path = link(as_alice, project)
    if gone == 'revoked':
        page = post(as_alice, 'invitation_revoke', ProjectInvitation.objects.get().pk)
        assert 'The link does not work any more.' in page and 'For viewers' not in page
    elif gone == 'expired':
        ProjectInvitation.objects.update(expires_at=timezone.now())
    elif gone == 'deleted':
        delete_project(project)
    else:
        path = f'{path[:-2]}/'
    for answer in (as_bob.get(path), as_bob.post(path)):
        assert answer.status_code == 404
        assert 'This link does not work any more' in text(answer)
    assert not Membership.objects.exists()


# ---------------------------------------------------------------- the page


def test_each_sees_what_each_may_do(as_alice, as_bob, bobs, project):
    address = reverse('members', args=[project.pk])
    owners, members = text(as_alice.get(address)), text(as_bob.get(address))
    for words in ('Add somebody by name', 'Invite by a link', 'Role of bob', 'Remove<span'):
        assert words in owners and words not in members
    assert 'Leave this project' in members and 'Leave this project' not in owners
    assert '<b>alice</b>' in members and '<b>bob</b> <span class="dim">(you)' in members
    assert f'href="{address}"' in text(as_bob.get(reverse('project', args=[project.pk])))


def test_the_pages_queries_do_not_grow(
    as_alice, project, bobs, django_assert_num_queries, django_assert_max_num_queries
):
    address = reverse('members', args=[project.pk])
    ProjectInvitation.objects.create(project=project, hash='0', expires_at=timezone.now() + timedelta(days=1))
    with django_assert_max_num_queries(12) as few:
        as_alice.get(address)
    for number in range(5):
        user = User.objects.create_user(f'user{number}')
        Membership.objects.create(project=project, user=user)
        ProjectInvitation.objects.create(
            project=project, hash=f'x{number}', expires_at=timezone.now() + timedelta(days=1), created_by=user
        )
    with django_assert_num_queries(len(few)):
        as_alice.get(address)
    with django_assert_max_num_queries(5):
        as_alice.get(f'/api/projects/{project.pk}/members/')


def test_a_role_is_changed(as_alice, project, bobs):
    assert 'bob is editor now.' in post(as_alice, 'member_change', bobs.pk, role='2')
    bobs.refresh_from_db()
    assert bobs.role == Role.EDITOR
    assert noted() == [('member_changed', 'alice', 'bob, editor of The dress')]


# ---------------------------------------------------------------- going


def test_a_member_leaves(as_bob, project, bobs):
    assert 'You have left “The dress”.' in post(as_bob, 'member_remove', bobs.pk)
    assert not Membership.objects.exists()
    assert noted() == [('member_left', 'bob', 'bob, viewer of The dress')]


def test_nobody_removes_another_member(as_bob, charlie, project, bobs):
    other = Membership.objects.create(project=project, user=charlie)
    Membership.objects.filter(pk=bobs.pk).update(role=Role.EDITOR)
    assert as_bob.post(reverse('member_remove', args=[other.pk])).status_code == 403
    assert as_bob.delete(f'/api/members/{other.pk}/').status_code == 403
    assert Membership.objects.count() == 2


def test_who_was_removed_reaches_nothing_any_more(as_alice, as_bob, project, bobs, bob):
    by_key = Client(headers={'authorization': f'Bearer {ApiKey.make(bob, "script")[1]}'})
    pages = [reverse(name, args=[project.pk]) for name in ('project', 'members', 'test', 'api_project', 'api_samples')]
    assert all(as_bob.get(page).status_code == 200 for page in pages)
    assert by_key.get(pages[-1]).status_code == 200
    assert 'bob is not a member any more.' in post(as_alice, 'member_remove', bobs.pk)
    assert all(as_bob.get(page).status_code == 404 for page in pages)
    assert by_key.get(pages[-1]).status_code == 404
    assert 'The dress' not in text(as_bob.get(reverse('dashboard')))
    assert as_bob.get('/api/projects/').json()['count'] == 0


# ---------------------------------------------------------------- handing over


def hand_over(client: Client, membership: Membership, name: str = 'The dress') -> str:
    return post(client, 'project_hand_over', membership.project_id, member=str(membership.pk), name=name)


def test_who_was_removed_does_not_come_back_by_a_link_that_is_still_open(as_alice, as_bob, project, bobs):
    path = link(as_alice, project, Role.EDITOR)
    assert 'Links to join that were open have ended.' in post(as_alice, 'member_remove', bobs.pk)
    assert as_bob.post(path).status_code == 404
    assert not project.memberships.exists()
    assert AuditEntry.objects.filter(kind='member_link_ended', subject='The dress').count() == 1


def test_who_leaves_ends_no_link(as_alice, as_bob, project, bobs):
    link(as_alice, project)
    as_bob.post(reverse('member_remove', args=[bobs.pk]))
    assert ProjectInvitation.objects.filter(revoked_at=None).count() == 1


def test_the_project_is_handed_over(as_alice, as_bob, alice, bob, project, bobs):
    assert 'bob owns this project now. You are an editor of it.' in hand_over(as_alice, bobs, 'the  DRESS')
    project.refresh_from_db()
    assert project.owner == bob
    assert [(each.user, each.role) for each in Membership.objects.all()] == [(alice, Role.EDITOR)]
    assert noted() == [('project_transferred', 'alice', 'The dress, to bob')]
    assert as_alice.post(reverse('project_hand_over', args=[project.pk])).status_code == 403
    assert as_bob.get(f'/api/projects/{project.pk}/').json()['role'] == 'owner'


def test_it_is_not_handed_over_by_mistake(as_alice, alice, project, bobs, charlie):
    elsewhere = Membership.objects.create(project=create_project(alice.pk, 'Other'), user=charlie)
    assert 'not this project’s' in hand_over(as_alice, bobs, 'The dres')
    for nobody in ('', 'x', '9' * 30, str(elsewhere.pk)):
        page = post(as_alice, 'project_hand_over', project.pk, member=nobody, name='The dress')
        assert 'Choose the member who shall own it.' in page
    project.refresh_from_db()
    assert project.owner == alice


def test_it_is_not_handed_over_to_who_may_not_sign_in(as_alice, alice, bob, project, bobs):
    address = reverse('project_settings', args=[project.pk])
    assert f'<option value="{bobs.pk}">bob</option>' in text(as_alice.get(address))
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert f'<option value="{bobs.pk}">bob</option>' not in text(as_alice.get(address))
    assert 'Choose the member who shall own it.' in hand_over(as_alice, bobs)
    assert Project.objects.get().owner == alice


def test_it_is_handed_over_once(as_alice, alice, bob, charlie, project, bobs, rf):
    """Two presses at once: both were let in while alice was the owner."""
    from django.core.exceptions import PermissionDenied

    from projects import members

    request = rf.post('/')
    request.user = alice
    other = Membership.objects.create(project=project, user=charlie)
    members.hand_over(bobs, request)
    with pytest.raises(PermissionDenied):
        members.hand_over(other, request)
    assert Project.objects.get().owner == bob


# ---------------------------------------------------------------- REST


def test_members_by_the_api(as_alice, as_bob, bob, project):
    address = f'/api/projects/{project.pk}/members/'
    made = as_alice.post(address, {'user': 'bob', 'role': 'viewer'}, content_type=JSON)
    assert made.status_code == 201
    assert set(made.json()) == {'id', 'project', 'user', 'role', 'created_at'}
    assert as_bob.get(f'/api/projects/{project.pk}/').json()['role'] == 'viewer'
    assert as_bob.get(address).json()['results'] == [made.json()]
    one = f'/api/members/{made.json()["id"]}/'
    changed = as_alice.patch(one, {'role': 'editor'}, content_type=JSON).json()
    assert changed == made.json() | {'role': 'editor'}
    assert as_bob.patch(one, {'role': 'editor'}, content_type=JSON).status_code == 403
    assert as_bob.delete(one).status_code == 204
    assert as_bob.get(address).status_code == 404
    assert as_alice.delete(one).status_code == 404


@pytest.mark.parametrize(
    ('body', 'status', 'code'),
    [
        ({'user': 'nobody', 'role': 'viewer'}, 400, 'unknown_user'),
        ({'user': 'alice', 'role': 'viewer'}, 409, 'already_member'),
        ({'user': 'bob', 'role': 'owner'}, 400, 'invalid'),
        ({'user': 'bob'}, 400, 'invalid'),
        ({'role': 'viewer'}, 400, 'invalid'),
        ({'user': ['bob'], 'role': 1}, 400, 'invalid'),
    ],
)
def test_what_the_api_refuses(as_alice, bob, project, body, status, code):
    answer = as_alice.post(f'/api/projects/{project.pk}/members/', body, content_type=JSON)
    assert (answer.status_code, answer.json()['error']['code']) == (status, code)
    assert not Membership.objects.exists()
