"""The module that tells where the files of a folder belong: the same as the server tells of a zip."""

from playwright.sync_api import Page

from tests.collecting.test_layout import CASES


def test_a_folder_is_read_as_a_zip_is(page: Page) -> None:
    page.goto('/')
    found = page.evaluate(
        """async lists => {
            const {places} = await import('/static/js/layout.js');
            const told = ({category, split, group}) => [category, split || null, group];
            return lists.map(paths => places(paths).map(told));
        }""",
        [case['paths'] for case in CASES['places']],
    )
    assert found == [case['places'] for case in CASES['places']]
    hidden = page.evaluate(
        """async paths => {
            const {isHidden} = await import('/static/js/drops.js');
            return paths.map(isHidden);
        }""",
        [*CASES['hidden'], *CASES['shown']],
    )
    assert hidden == [True] * len(CASES['hidden']) + [False] * len(CASES['shown'])
