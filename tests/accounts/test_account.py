"""One's own account: its page, leaving with everything, and leaving for good."""

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.audit import Kind, record
from accounts.export import account, zipped
from accounts.models import AuditEntry
from predictions.models import ApiKey, Prediction, ShareLink
from projects.actions import add_sample, create_project, delete_project
from projects.facts import Facts
from projects.models import Membership, Project, Role
from projects.purging import purge_deleted
from tests.accounts.test_signin import noted
from tests.conftest import signed_in
from tests.pictures import picture
from tests.training.planted import answers, version_of
from training.models import Features, Run

pytestmark = pytest.mark.django_db
ACCOUNT, DELETE, EXPORT, EMAIL = '/accounts/', '/accounts/delete/', '/accounts/export/', '/accounts/email/'


@pytest.fixture
def project(alice) -> Project:
    """Three photos in two categories, of which two have the same name up to case; a version, a key, a link."""
    project = create_project(alice.pk, 'Cats / dogs', ['cat', 'CAT?'])
    cat, other = project.categories.all()
    add_sample(project, cat, 'tom.png', picture(1))
    add_sample(project, cat, 'TOM.jpg', picture(2))
    add_sample(project, other, '../x.png', picture(3), Facts('webcam'))
    add_sample(project, None, 'loose.png', picture(4))
    return project


@pytest.fixture
def shared(bob, alice) -> Project:
    """bob's, where alice is an editor."""
    shared = create_project(bob.pk, 'Of bob', ['one', 'two'])
    add_sample(shared, shared.categories.first(), '1.png', picture(9))
    Membership.objects.create(project=shared, user=alice, role=Role.EDITOR)
    return shared


class TestThePage:
    def test_it_says_who_i_am_and_what_i_have(self, as_alice, project, shared, alice, django_assert_max_num_queries):
        ApiKey.make(alice, 'for my program')
        with django_assert_max_num_queries(10):
            page = as_alice.get(ACCOUNT).content.decode()
        for part in ('alice', '1 key opens', '1 project of others', reverse('account_delete'), 'of 200,000'):
            assert part in page

    def test_an_e_mail_address_needs_the_password(self, as_alice):
        assert 'field-error' in as_alice.post(EMAIL, {'email': 'a@b.example'}).content.decode()
        as_alice.post(EMAIL, {'email': 'a@b.example', 'password': 'wrong'})
        assert User.objects.get().email == ''
        assert as_alice.post(EMAIL, {'email': 'a@b.example', 'password': 'alice-likes-blue'}).url == ACCOUNT
        assert User.objects.get().email == 'a@b.example'
        assert 'a@b.example' in as_alice.get(ACCOUNT).content.decode()
        as_alice.post(EMAIL, {'email': '', 'password': 'alice-likes-blue'})
        assert User.objects.get().email == ''


class TestDeleting:
    def leave(self, client, name='alice', password='alice-likes-blue'):
        return client.post(DELETE, {'name': name, 'password': password})

    def test_the_page_says_exactly_what_goes(self, as_alice, project, shared, alice):
        ApiKey.make(alice, 'for my program')
        page = as_alice.get(DELETE).content.decode()
        for part in ('1 project</b> with <b class="n">4 photos', '1 API key</b>', '1 project</b> of others'):
            assert part in page

    @pytest.mark.parametrize(('name', 'password'), [('alice', 'wrong'), ('Alice', 'alice-likes-blue'), ('', '')])
    def test_it_takes_the_name_and_the_password(self, as_alice, project, name, password):
        assert 'field-error' in self.leave(as_alice, name, password).content.decode()
        assert Project.objects.count() == 1

    def test_everything_goes_and_nothing_of_others(
        self, as_alice, alice, project, shared, settings, django_capture_on_commit_callbacks
    ):
        version = version_of(project, answers(project, {}))
        models = settings.MODELS_DIR / str(project.pk)
        models.mkdir(parents=True)
        (models / 'head').write_text('learned')
        delete_project(deleted := create_project(alice.pk, 'In the bin'))
        add_sample(deleted, None, '1.png', picture(5))
        ApiKey.make(alice, 'for my program')
        ShareLink.objects.create(project=project, token='t', version=version, created_by=alice)
        media = Path(settings.MEDIA_ROOT) / 'projects'
        assert {folder.name for folder in media.iterdir()} == {str(each.pk) for each in (project, deleted, shared)}
        with django_capture_on_commit_callbacks(execute=True):
            assert self.leave(as_alice).url == reverse('login')
        assert as_alice.get('/').status_code == 302
        assert [folder.name for folder in media.iterdir()] == [str(shared.pk)]
        assert not models.exists()
        assert list(User.objects.values_list('username', flat=True)) == ['bob']
        assert list(Project.objects.all()) == [shared]
        assert shared.samples.count() == 1
        left = (ApiKey, ShareLink, Membership, Run, Features)
        assert [model.objects.count() for model in left] == [0] * len(left)
        entry = AuditEntry.objects.get(kind=Kind.ACCOUNT_DELETED)
        assert (entry.user, entry.username, entry.subject, entry.address) == (None, 'alice', 'alice', '127.0.0.1')

    def test_cut_off_in_the_middle_it_can_be_asked_for_again(self, as_alice, project, monkeypatch):
        """Photos go first, a few at a time, so that others need not wait for thousands to go."""
        monkeypatch.setattr('projects.listeners.CHUNK', 3)
        with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError):
            patched.setattr('accounts.actions.record', lambda *args, **kwargs: 1 / 0)
            self.leave(as_alice)
        assert list(Project.objects.alive()) == list(project.samples.all()) == []
        assert self.leave(as_alice).url == reverse('login')
        assert not Project.objects.exists()

    def test_the_operator_in_djangos_admin(self, project, alice, settings, django_capture_on_commit_callbacks):
        operator = signed_in(User.objects.create_superuser('operator', password='operates-all-day'))
        page = operator.get(reverse('admin:auth_user_delete', args=[alice.pk])).content.decode()
        assert 'Samples: 4' in page.replace('samples', 'Samples')
        with django_capture_on_commit_callbacks(execute=True):
            operator.post(reverse('admin:auth_user_delete', args=[alice.pk]), {'post': 'yes'})
        assert not User.objects.filter(username='alice').exists()
        assert list((Path(settings.MEDIA_ROOT) / 'projects').iterdir()) == []
        assert noted(Kind.ACCOUNT_DELETED) == [('operator', 'alice')]

    def test_the_last_superuser_stays(self, alice):
        User.objects.update(is_superuser=True, is_staff=True)
        client = signed_in(alice)
        assert 'the only one who looks after this NanoWeb' in client.get(DELETE).content.decode()
        assert self.leave(client).status_code == 409
        client.post(reverse('admin:auth_user_delete', args=[alice.pk]), {'post': 'yes'})
        chosen = {'action': 'delete_selected', '_selected_action': [alice.pk], 'post': 'yes'}
        client.post(reverse('admin:auth_user_changelist'), chosen)
        assert User.objects.exists()
        User.objects.create_superuser('other')
        assert self.leave(client).url == reverse('login')

    def test_a_purged_project_leaves_no_folder(
        self, project, settings, django_capture_on_commit_callbacks, monkeypatch
    ):
        delete_project(project)
        Project.objects.update(deleted_at='2000-01-01T00:00Z')
        with django_capture_on_commit_callbacks(execute=True):
            purge_deleted()
        assert not (Path(settings.MEDIA_ROOT) / 'projects' / str(project.pk)).exists()


class TestTakingAlong:
    @pytest.fixture
    def unpacked(self, as_alice, alice, project, shared) -> zipfile.ZipFile:
        version = version_of(project, answers(project, {}))
        ApiKey.make(alice, 'for my program')
        ShareLink.objects.create(project=project, token='secret-token', version=version, password='secret-hash')
        default_storage.save('predictions/1/asked.jpg', ContentFile(picture(7)))
        kept = {'confidences': [], 'ms': 1.0, 'file': 'predictions/1/asked.jpg', 'name': 'asked.png'}
        put_right = {'right': False, 'corrected': project.categories.get(name='cat')}
        Prediction.objects.create(project=project, version=version, **kept, **put_right)
        lost = project.samples.get(name='loose.png')
        default_storage.delete(lost.file)
        return self.taken(as_alice)

    def taken(self, client) -> zipfile.ZipFile:
        response = client.post(EXPORT)
        assert 'attachment; filename="nanoweb-' in response['Content-Disposition']
        with pytest.warns(Warning, match='asynchronous'):  # only the tests ask for it in another way than the server
            content = b''.join(response)
        found = zipfile.ZipFile(io.BytesIO(content))
        assert found.testzip() is None
        return found

    def test_what_was_noted_of_another_of_my_name_is_not_mine(self, alice):
        record(Kind.SIGN_IN_FAILED, subject='alice')
        before = record(Kind.SIGN_IN_FAILED, subject='alice')
        AuditEntry.objects.filter(pk=before.pk).update(at=alice.date_joined - timedelta(days=1))
        assert len(account(alice)['log']) == 1

    def test_all_of_mine_is_in_it_and_no_secret(self, unpacked, project, alice):
        root = f'projects/Cats _ dogs ({project.pk})'
        names = [name.removeprefix(f'{root}/') for name in unpacked.namelist()]
        assert [name for name in names if name.endswith('.jpg')] == [
            'photos/cat/tom.jpg',
            'photos/cat/TOM (2).jpg',
            'photos/CAT_/x.jpg',
            f'kept answers/{Prediction.objects.get().pk}.jpg',
        ]
        assert len({name.casefold() for name in names}) == len(names)
        assert unpacked.read('missing.txt').decode().startswith(f'{root}/photos/not in a category/loose.jpg: No such')
        about = {name: json.loads(unpacked.read(name)) for name in unpacked.namelist() if name.endswith('.json')}
        assert about['account.json']['name'] == 'alice'
        assert [entry['kind'] for entry in about['account.json']['log']][-1] == 'account_exported'
        assert about['memberships.json'] == [{'project': 'Of bob', 'owner': 'bob', 'role': 'editor'}]
        assert [key['name'] for key in about['keys.json']] == ['for my program']
        told = about[f'{root}/project.json']
        assert told['samples'][0]['photo'] == 'photos/cat/tom.jpg'
        assert told['samples'][2]['source'] == 'webcam'
        assert about[f'{root}/versions/1/version.json']['accuracy']['level'] == 0.95
        assert about[f'{root}/versions/1/report.json']['confusion']
        assert about[f'{root}/share links.json'][0]['version'] == 1
        answer = about[f'{root}/kept answers.json'][0]
        assert f'{root}/{answer["photo"]}' in unpacked.namelist()
        assert [answer[name] for name in ('name', 'version', 'right', 'corrected')] == ['asked.png', 1, False, 'cat']
        whole = b''.join(unpacked.read(name) for name in unpacked.namelist())
        assert b'secret' not in whole
        assert ApiKey.objects.get().hash.encode() not in whole
        assert alice.password.encode() not in whole
        assert b'projects/NAME (ID)/' in unpacked.read('README.txt')

    def test_nothing_of_others_is_in_it(self, as_bob, project, shared):
        names = self.taken(as_bob).namelist()
        assert [name for name in names if name.endswith('.jpg')] == [f'projects/Of bob ({shared.pk})/photos/one/1.jpg']

    def test_it_is_never_whole_in_memory(self):
        photos = ((f'{number}.jpg', lambda: bytes(1_000_000)) for number in range(100))
        tracemalloc.start()
        size = sum(len(part) for part in zipped(photos))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 100_000_000
        assert peak < 8_000_000
