"""What the model looked at, drawn over a photo: on the test page and in the report."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.client import DARK, LIGHT, Client
from tests.browser.test_look import check

SQUARES = 14 * 14


@pytest.fixture
def look(page: Page, trained: int) -> Locator:
    """The button below a tall photo that has its answer."""
    page.goto(f'/projects/{trained}/test/')
    choose(page, (90, 240))
    button = page.locator('#look')
    expect(button).to_be_visible(timeout=30_000)
    return button


def choose(page: Page, size: tuple[int, int], tone: int = 30) -> None:
    picture = Image.new('RGB', size, (tone, tone, tone))
    picture.paste((200, 30, 30), (20, 20, 60, 60))
    out = io.BytesIO()
    picture.save(out, 'PNG')
    page.locator('#choose').set_input_files({'name': f'{tone}.png', 'mimeType': 'image/png', 'buffer': out.getvalue()})


def squares(root: Page | Locator) -> Locator:
    return root.locator('.heat-map rect')


def box(page: Page, script: str) -> dict[str, float]:
    return page.evaluate(f"""() => {{
        const {{ left, top, width, height }} = ({script}).getBoundingClientRect();
        return {{ left, top, width, height }};
    }}""")


def test_the_test_page_shows_and_hides_it(page: Page, look: Locator) -> None:
    look.click()
    expect(squares(page)).to_have_count(SQUARES, timeout=30_000)
    expect(look).to_have_text('Hide what it looked at')
    expect(look).to_have_attribute('aria-pressed', 'true')
    expect(page.locator('.heat-how')).to_contain_text(f'{DARK}: mostly ')
    expect(page.locator('#announcer')).to_contain_text('Bright squares')
    opacities = page.evaluate(
        "[...document.querySelectorAll('.heat-map rect')].map(one => +one.getAttribute('opacity'))"
    )
    assert min(opacities) == 0 and max(opacities) == 0.66
    look.click()
    expect(squares(page)).to_have_count(0)
    expect(page.locator('.heat-how')).to_have_count(0)
    expect(look).to_have_text('What did it look at?')


def test_the_squares_lie_on_the_photo_and_not_beside_it(page: Page, look: Locator) -> None:
    look.click()
    expect(squares(page)).to_have_count(SQUARES, timeout=30_000)
    image = box(page, "document.querySelector('#photo')")
    drawn = box(page, "document.querySelector('.heat-map g')")
    assert image['height'] == pytest.approx(drawn['height'], rel=0.01)
    assert drawn['width'] == pytest.approx(image['height'] * 90 / 240, rel=0.01)  # a tall photo in a wide frame
    assert drawn['left'] + drawn['width'] / 2 == pytest.approx(image['left'] + image['width'] / 2, abs=2)


def test_another_photo_takes_it_away(page: Page, look: Locator) -> None:
    look.click()
    expect(squares(page)).to_have_count(SQUARES, timeout=30_000)
    choose(page, (240, 90), 210)
    expect(page.locator('[data-t=verdict]')).to_have_text(LIGHT, timeout=30_000)
    expect(squares(page)).to_have_count(0)
    expect(look).to_have_text('What did it look at?')
    look.click()
    expect(page.locator('.heat-how')).to_contain_text(f'{LIGHT}: mostly ', timeout=30_000)


def test_what_goes_wrong_is_said_below_the_photo(page: Page, look: Locator) -> None:
    page.route('**/heatmaps/**', lambda route: route.abort())
    look.click()
    expect(page.locator('.heat-how')).to_have_text('No connection. Try again.')
    expect(look).to_have_text('What did it look at?')
    page.unroute('**/heatmaps/**')
    look.click()
    expect(squares(page)).to_have_count(SQUARES, timeout=30_000)


def test_the_report_draws_its_photos_when_they_come_into_view(page: Page, client: Client, trained: int) -> None:
    asked: list[Any] = []
    page.on('request', lambda request: asked.append(request.url) if '/heatmaps/' in request.url else None)
    page.goto(f'/versions/{client.get(f"projects/{trained}/")["current_version"]}/report/')
    assert asked == []
    section = page.locator('#looked')
    section.scroll_into_view_if_needed()
    figures = section.locator('figure')
    expect(section.locator('.heat-map')).to_have_count(figures.count(), timeout=30_000)
    expect(squares(figures.first)).to_have_count(SQUARES)
    expect(figures.first.locator('figcaption')).to_contain_text(', mostly ')
    expect(section.locator('[data-t=how]')).to_contain_text('Bright squares ')
    check(page, 'what it looked at', '#looked')
