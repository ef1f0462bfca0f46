from datetime import UTC, datetime

from projects.templatetags.moments import day, moment


def test_days_and_moments_are_written_one_way():
    at = datetime(2026, 12, 5, 0, 52, tzinfo=UTC)
    assert day(at) == '5 Dec 2026'
    said = '<time datetime="2026-12-05T00:52:00+00:00" data-moment>5 Dec 2026, 00:52 UTC</time>'
    assert moment(at) == said
    assert (day(None), moment(None)) == ('', '')
