"""Lists of web addresses: read however they are written, fetched one by one, each with its reason where it is not."""

import json
from typing import Any

import pytest
from django.urls import reverse

from collecting import actions, links
from collecting.models import Import
from projects import fetching
from projects.actions import rename_category
from projects.errors import UserError
from tests.collecting.conftest import to_its_end
from tests.collecting.zips import sent
from tests.pictures import picture

pytestmark = pytest.mark.django_db
A, B = 'https://example.org/a.jpg', 'https://example.org/b.jpg'
BOTH = [(A, 'hat'), (B, 'shoe')]


def pairs(content: bytes) -> list[tuple[str, str]]:
    return [(item['url'], item.get('category', '')) for item in links.parsed(content)]


@pytest.mark.parametrize(
    'text',
    [
        f'url,category\n{A},hat\n{B},shoe\n',
        f'category;image_url\nhat;{A}\n\nshoe;{B}',
        f'\ufeffImage URL\tLabel\r\n{A}\that\r\n{B}\tshoe\r\n',
        f'"url","label"\n"{A}","hat"\n"{B}","shoe"\n',
        f'{A},hat\n{B},shoe\n',
        f'hat|{A}\nshoe|{B}',
        json.dumps([{'url': A, 'category': 'hat'}, {'url': B, 'category': 'shoe'}]),
        json.dumps({'total': 2, 'images': [{'image': A, 'label': 'hat'}, {'image': B, 'label': 'shoe'}]}),
        '\n'.join(json.dumps({'url': url, 'label': label}) for url, label in BOTH),
        json.dumps([
            {'id': '1', 'originalImageUri': A, 'tags': [{'tagId': 'x', 'tagName': 'hat'}]},
            {'id': '2', 'originalImageUri': B, 'tags': [{'tagId': 'y', 'tagName': 'shoe'}]},
        ]),
    ],
    ids=['csv', 'semicolons', 'tabs', 'quotes', 'no head', 'bars', 'json', 'in an object', 'lines', 'custom vision'],
)  # fmt: skip
def test_every_usual_way_to_write_a_list(text):
    assert pairs(text.encode()) == BOTH
    assert pairs(text.encode('utf-16')) == BOTH


C = 'https://res.cloudinary.com/x/w_200,h_100/'
IIIF = 'https://iiif.org/{}/full/600,/0/default.jpg'
IMGIX = 'https://x.imgix.net/{}.jpg?rect=0,0,100,100&fit=crop'


@pytest.mark.parametrize(
    'addresses',
    [
        [f'{C}{n}.jpg' for n in range(20)],
        [f'{C}1.jpg', A, B],
        [IIIF.format(n) for n in range(20)],
        [IMGIX.format(n) for n in range(20)],
        ['https://example.org/a,b.jpg'],
        ['https://example.org/a;b|c.jpg', A],
    ],
    ids=['cloudinary', 'one of them', 'iiif', 'imgix', 'one', 'other signs'],
)
def test_signs_in_addresses_part_nothing(addresses):
    assert pairs('\n'.join(addresses).encode()) == [(url, '') for url in addresses]
    assert pairs('\n'.join(['url', *addresses]).encode()) == [(url, '') for url in addresses]


def rows(*columns: Any) -> bytes:
    return '\n'.join(','.join(map(str, row)) for row in zip(*columns, strict=True)).encode()


def test_without_names_on_top_the_category_is_what_comes_several_times():
    urls, names = [f'{A}?{n}' for n in range(8)], ['hat', 'shoe'] * 4
    numbers, files, splits = range(8), [f'photo {n}' for n in range(8)], ['train', 'test'] * 4
    assert pairs(rows(numbers, urls, names)) == list(zip(urls, names, strict=True))
    assert pairs(rows(files, splits, urls, names)) == list(zip(urls, names, strict=True))
    urls = [f'https://example.org/{n}.jpg' for n in range(8)]
    assert pairs(rows(urls, numbers)) == [(url, '') for url in urls]  # 20,000 rows would make as many categories
    assert pairs(rows(urls, files)) == [(url, '') for url in urls]


def test_of_several_columns_the_one_with_addresses_counts():
    assert pairs(f'image,url,label\n1.jpg,{A},hat\n2.jpg,{B},shoe'.encode()) == BOTH
    assert pairs(f'url,image,label\n{A},1.jpg,hat\n{B},2.jpg,shoe'.encode()) == BOTH


def test_an_address_in_capital_letters():
    upper = A.replace('https', 'HTTPS')
    assert pairs(f'{upper},hat'.encode()) == [(upper, 'hat')]


def test_of_a_data_set_of_coco_the_images_are_taken():
    licences = [{'url': f'http://creativecommons.org/{n}/', 'id': n, 'name': f'Licence {n}'} for n in range(8)]
    images = [
        {'license': 3, 'file_name': '1.jpg', 'coco_url': A, 'height': 4, 'flickr_url': f'{A}?flickr', 'id': 9},
        {'license': 99, 'file_name': '2.jpg', 'coco_url': B, 'id': 8},
    ]
    said = {'info': {'url': 'http://cocodataset.org'}, 'licenses': licences, 'images': images, 'annotations': [{}] * 9}
    found = links.parsed(json.dumps(said).encode())
    assert [(each['url'], each.get('category', '')) for each in found] == [(A, ''), (B, '')]
    assert [(each['licence'], each['licence_url'], each['source']) for each in found] == [
        ('Licence 3', 'http://creativecommons.org/3/', 'web'), ('', '', 'upload'),
    ]  # fmt: skip


def test_addresses_alone_one_a_line():
    assert pairs(f'{A}\n{B}\n'.encode()) == [(A, ''), (B, '')]


def test_words_of_windows():
    assert pairs(f'url;category\n{A};Mütze'.encode('cp1252')) == [(A, 'Mütze')]


def test_what_else_a_row_may_say():
    row = f'url,label,split,group,author,license,landing_page\n{A},hat,test,anna,Ann,CC0,javascript:x'
    [item] = links.parsed(row.encode())
    assert (item['split'], item['group'], item['creator'], item['licence']) == ('test', 'anna', 'Ann', 'CC0')
    assert (item['landing_page'], item['source']) == ('', 'web')


def test_a_photo_of_several_categories_is_refused_with_its_reason():
    said = [{'url': A, 'tags': ['hat', 'shoe']}]
    [item] = links.parsed(json.dumps(said).encode())
    assert item['wrong'] == 'This photo has several categories: hat, shoe. Choose one.'


@pytest.mark.parametrize(
    'text', ['nothing here', '', '{}', '[]', 'url,category\n', '[' * 100_000, '{"a": [1, 2]}', '"']
)
def test_what_is_no_list_says_what_to_send(text):
    with pytest.raises(UserError) as refused:
        links.parsed(text.encode())
    assert refused.value.code == 'no_addresses'


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(links, 'MOST_ROWS', 2)
    with pytest.raises(UserError) as refused:
        links.parsed(f'{A}\n{A}1\n{A}2'.encode())
    assert refused.value.code == 'too_many_files'


@pytest.mark.parametrize(
    'text', ['{\n' + 'x\n' * 3000, 'a\n' * 3000, 'url' + ',' * 3000, '[' + '[],' * 3000 + '1]', 'a\x1e' * 3000],
    ids=['bad lines', 'rows', 'columns', 'values', 'other rows'],
)  # fmt: skip
def test_what_would_fill_the_memory_is_refused_before_it_is_read(monkeypatch, text):
    """25 MB of each would become gigabytes."""
    monkeypatch.setattr(links, 'MOST_CELLS', 2000)
    monkeypatch.setattr(links, '_json', lambda text: 1 / 0)
    monkeypatch.setattr(links, '_table', lambda text: 1 / 0)
    with pytest.raises(UserError) as refused:
        links.parsed(text.encode())
    assert refused.value.code == 'too_many_files'


# ---------------------------------------------------------------- fetching


@pytest.fixture(autouse=True)
def internet(monkeypatch) -> None:
    """a.jpg and b.jpg are there."""

    def fetch(url: str, patience: float) -> bytes:
        if url not in (A, B):
            raise UserError('Nothing can be fetched from this address.', 'unreachable')
        return picture(1 if url == A else 2)

    monkeypatch.setattr(fetching, 'fetch', fetch)


def test_a_table_is_fetched_row_by_row(as_alice, project):
    table = f'url,category,split\n{A},hat,\n{B},shoe,test\n{A}x,hat,\n,hat,\n{A},shoe,\n'
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), {'archive': sent(table.encode(), 'list.csv')})
    assert (answer.status_code, answer.json()['kind'], answer.json()['total']) == (202, 'links', 5)
    row = to_its_end(Import.objects.get())
    assert (row.status, row.added_count, row.done) == ('succeeded', 2, 5)
    found = project.samples.order_by('id').values_list('name', 'category__name', 'split')
    assert list(found) == [('a.jpg', 'hat', None), ('b.jpg', 'shoe', 'test')]
    assert list(row.rejections.values_list('name', 'code')) == [
        ('a.jpgx', 'unreachable'), ('photo', 'no_address'), ('a.jpg', 'duplicate'),
    ]  # fmt: skip


def test_addresses_in_the_body(as_alice, project):
    said: dict[str, Any] = {'links': [{'url': A}, {'url': B, 'category': 'shoe'}], 'category': 'Hat'}
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), said, 'application/json')
    assert (answer.status_code, answer.json()['name']) == (202, '2 addresses')
    to_its_end(Import.objects.get())
    assert dict(project.samples.values_list('name', 'category__name')) == {'a.jpg': 'hat', 'b.jpg': 'shoe'}


def test_addresses_for_a_category_follow_it_when_it_is_renamed(as_alice, project):
    hat = project.categories.get()
    said: dict[str, Any] = {'links': [{'url': A}, {'url': B, 'category': 'hat'}], 'category_id': hat.pk}
    assert as_alice.post(reverse('api_imports', args=[project.pk]), said, 'application/json').status_code == 202
    rename_category(hat, 'cap')
    to_its_end(Import.objects.get())
    assert dict(project.samples.values_list('name', 'category__name')) == {'a.jpg': 'cap', 'b.jpg': 'hat'}


@pytest.mark.parametrize(
    'said', [{}, {'links': []}, {'links': [{}]}, {'links': 'x'}, {'links': [{'url': A}], 'category': ''}]
)
def test_a_body_that_says_nothing(as_alice, project, said):
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), said, 'application/json')
    assert answer.status_code == 400 and not Import.objects.exists()


def test_a_private_address_is_refused_like_any_other(project, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr('collecting.tasks.bring_in.delay', lambda pk: None)
    row = to_its_end(
        actions.begin_links(project, [{'url': 'http://169.254.169.254/latest/'}, {'url': 'file:///etc/x'}])
    )
    assert [each.code for each in row.rejections.all()] == ['not_allowed_address', 'invalid']
