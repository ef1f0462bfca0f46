import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from classifier.errors import BadImage
from projects import actions, purging
from projects.errors import UserError
from projects.models import Category, Project, Sample
from projects.names import name_key
from projects.signals import samples_changed
from tests.pictures import photo, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


@pytest.mark.parametrize(
    ('one', 'other'), [('Blue', ' blue '), ('ＢＬＵＥ', 'blue'), ('a  b', 'a b'), ('straße', 'STRASSE')]
)
def test_names_that_a_person_reads_as_the_same(one, other):
    assert name_key(one) == name_key(other)


def test_what_is_missing_in_words(project):
    assert project.missing() == ['“blue and black” needs 2 photos', '“white and gold” 2 photos']
    actions.add_samples(project, project.categories.first(), [photo()])
    assert project.missing() == ['“blue and black” needs 1 more photo', '“white and gold” 2 photos']


def test_photos_kept_apart_for_testing_are_none_to_learn_from(project):
    blue, gold = project.categories.all()
    for category in (blue, gold):
        actions.add_samples(project, category, [photo(number=10 * category.pk + step) for step in range(3)])
    assert project.missing() == []
    blue.samples.update(split='test')
    assert project.missing() == [
        '“blue and black” needs 2 photos to learn from (3 are kept apart for testing)',
    ]
    blue.samples.filter(pk=blue.samples.first().pk).update(split=None)
    gold.samples.update(split='test')
    assert project.missing() == [
        '“blue and black” needs 1 more photo to learn from (2 are kept apart for testing)',
        '“white and gold” 2 photos to learn from (3 are kept apart for testing)',
    ]


def test_long_names_are_quoted_in_the_sentence(alice):
    names = ['red, green', 'a name of twenty-one.', 'a name of twenty let.']
    made = actions.create_project(alice.pk, 'Long', names)
    assert made.missing()[:2] == ['“red, green” needs 2 photos', '“a name of twenty-one.” 2 photos']
    actions.rename_category(made.categories.last(), 'a name of twenty let')
    assert made.missing()[2] == 'a name of twenty let 2 photos'


def test_colours_repeat_after_twelve():
    assert [Category(position=position).colour for position in (1, 12, 13, 25)] == [1, 12, 1, 1]


def test_listeners_hear_of_every_change(project, django_capture_on_commit_callbacks):
    heard = []

    def listen(project_id, **kwargs):
        heard.append(project_id)

    samples_changed.connect(listen)
    blue, gold = project.categories.all()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            sample = actions.add_samples(project, blue, [photo()]).added[0]
        with django_capture_on_commit_callbacks(execute=True):
            actions.move_sample(sample, gold)
        with django_capture_on_commit_callbacks(execute=True):
            actions.delete_samples(project, [sample])
    finally:
        samples_changed.disconnect(listen)
    assert heard == [project.pk] * 3


def test_the_stored_copy_is_drawn_anew(project):
    out = io.BytesIO()
    Image.new('RGB', (40, 30), 'navy').save(out, 'JPEG', comment=b'<script>alert(1)</script>')
    sample = actions.add_samples(project, None, [SimpleUploadedFile('x.jpg', out.getvalue())]).added[0]
    with default_storage.open(sample.file) as file:
        assert b'script' not in file.read()


def test_a_hostile_file_name_is_only_a_name(project):
    upload = photo()
    upload.name = '../../etc/<b>passwd</b>' + 'x' * 300 + '.png'
    sample = actions.add_samples(project, None, [upload]).added[0]
    assert len(sample.name) <= 255
    assert sample.file == f'projects/{project.pk}/{sample.content_hash}.jpg'


def test_two_projects_share_no_file(alice, project):
    other = actions.create_project(alice.pk, 'Other')
    one = actions.add_samples(project, None, [photo()]).added[0]
    two = actions.add_samples(other, None, [photo()]).added[0]
    assert one.content_hash == two.content_hash
    assert one.file != two.file


def test_purge_removes_files_for_good(project):
    old, young = actions.add_samples(project, None, [photo('old.png', 1), photo('young.png', 2)]).added
    actions.delete_samples(project, [old, young])
    Sample.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=8))
    purging.purge_deleted()
    assert list(Sample.objects.values_list('name', flat=True)) == ['young.png']
    assert not default_storage.exists(old.file)
    assert not default_storage.exists(old.thumbnail)
    assert default_storage.exists(young.file)


def test_a_purged_project_takes_everything_along(project):
    sample = actions.add_samples(project, None, [photo()]).added[0]
    actions.delete_project(project)
    purging.purge_deleted()
    assert Project.objects.filter(pk=project.pk).exists()
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    purging.purge_deleted()
    assert not Project.objects.exists()
    assert not default_storage.exists(sample.file)


def test_a_large_purge_lets_others_in_between(project, monkeypatch):
    monkeypatch.setattr(purging, 'PURGED_AT_ONCE', 2)
    actions.add_samples(project, None, [photo(f'{number}.png', number) for number in range(3)])
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    assert purging.purge_deleted() == 2
    assert Project.objects.exists()
    assert purging.purge_deleted() == 1
    assert not Project.objects.exists()


def test_a_sample_that_comes_back_during_a_purge_stays(project, monkeypatch):
    first, second = actions.add_samples(project, None, [photo('a.png', 1), photo('b.png', 2)]).added
    actions.delete_samples(project, [first, second])
    Sample.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    original = Sample.delete_files

    def delete_files(sample):
        original(sample)
        actions.add_samples(project, None, [photo('a.png', 1) if sample.name == 'b.png' else photo('b.png', 2)])

    monkeypatch.setattr(Sample, 'delete_files', delete_files)
    assert purging.purge_deleted() == 1
    kept = Sample.objects.get()
    assert kept.deleted_at is None
    assert default_storage.exists(kept.file)


def test_a_file_that_was_half_written_is_written_again(project):
    """The program was killed while it stored this photo: there is a file, but no row."""
    upload = photo()
    name = f'projects/{project.pk}/{hashlib.sha256(upload.read()).hexdigest()}.jpg'
    default_storage.save(name, ContentFile(b'half'))
    upload.seek(0)
    sample = actions.add_samples(project, None, [upload]).added[0]
    assert sample.file == name
    Image.open(default_storage.open(name)).verify()


def test_many_samples_are_deleted_in_few_queries(project, django_assert_max_num_queries):
    """A transaction keeps all others from writing."""
    samples = actions.add_samples(project, None, [photo(f'{number}.png', number) for number in range(12)]).added
    with django_assert_max_num_queries(5):
        actions.delete_samples(project, samples)


def test_a_listener_that_fails_fails_no_upload(project, django_capture_on_commit_callbacks):
    def broken(**kwargs):
        raise ConnectionError('no queue')

    samples_changed.connect(broken)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.add_samples(project, None, [photo()]).added
    finally:
        samples_changed.disconnect(broken)


def test_the_dress_example_is_ready_to_train(alice):
    project = actions.create_example(alice.pk)
    assert project.missing() == []
    assert set(project.samples.values_list('source', flat=True)) == {'example'}
    counts = Category.objects.filter(project=project).with_counts().values_list('name', 'sample_count')
    assert dict(counts) == {'blue and black': 12, 'white and gold': 12}


def kept(settings) -> int:
    return len(list(settings.MEDIA_ROOT.rglob('*.jpg')))


def refuse(sample: Sample) -> None:
    raise BadImage('near_duplicate', 'Nearly the same is here.')


def test_of_what_is_refused_in_the_end_nothing_stays(project, settings):
    with pytest.raises(BadImage):
        actions.add_sample(project, 'a new one', '1.png', picture(1), on_saved=refuse)
    assert not project.samples.exists() and not project.categories.filter(name='a new one').exists()
    assert kept(settings) == 0


def test_what_is_refused_leaves_the_files_of_one_that_may_be_brought_back(project, settings):
    actions.delete_samples(project, [actions.add_sample(project, None, '1.png', picture(1))])
    with pytest.raises(BadImage):
        actions.add_sample(project, 'a new one', '1.png', picture(1), on_saved=refuse)
    assert kept(settings) == 2 and project.samples.get().deleted_at


@pytest.mark.django_db(transaction=True)
def test_a_category_that_was_deleted_meanwhile_is_not_made_anew(project, settings):
    blue = project.categories.first()
    Category.objects.filter(pk=blue.pk).delete()
    with pytest.raises(UserError) as refused:
        actions.add_sample(project, blue, '1.png', picture(1))
    assert refused.value.code == 'unknown_category'
    assert not project.samples.exists() and kept(settings) == 0


@pytest.mark.django_db(transaction=True)
def test_of_the_same_photo_sent_twice_at_once_one_stays(project, settings, monkeypatch):
    """Also where both are to make the category."""
    first = actions.add_sample(project, None, '1.png', picture(1))
    real, looked = actions._there, []
    monkeypatch.setattr(actions, '_there', lambda *a: real(*a) if looked else looked.append(1))  # not yet at first
    with pytest.raises(BadImage) as refused:
        actions.add_sample(project, 'a new one', '1.png', picture(1))
    assert refused.value.code == 'duplicate'
    assert project.samples.get() == first and kept(settings) == 2
    assert not project.categories.filter(name='a new one').exists()
