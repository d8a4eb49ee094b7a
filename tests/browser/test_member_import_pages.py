"""axe on the pages of an import, in every state, in both themes, on a phone and on a desktop."""

import pytest
from playwright.sync_api import Browser

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import MemberImport
from tests.browser.accessibility import eyes
from tests.browser.conftest import Site, log_in
from tests.browser.test_member_import import RATINGS, WATCHLIST
from tests.catalog.member_import.exports import zipped

pytestmark = pytest.mark.browser


def begin(site: Site, content: bytes) -> MemberImport:
    return request.begin(user_id=site.member.pk, file_name="letterboxd-ada.zip", content=content)


def imported(site: Site) -> MemberImport:
    """With a conflict, a film that is not found, and what is new."""
    job = begin(site, zipped({"ratings.csv": RATINGS, "watchlist.csv": WATCHLIST}))
    work(job.pk)
    return job


def test_no_state_breaks_a_rule(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    with eyes(browser) as ours:
        broken: list[str] = []

        def visit(path: str) -> None:
            answer = ours.page.goto(f"{site.address}{path}")
            assert answer is not None
            assert answer.status == 200, path
            broken.extend(ours.look())

        log_in(ours.page, site)
        job = imported(site)
        preview = f"/import/{job.pk}/?show="
        for path in ("/import/", *(preview + show for show in ("new", "conflict", "unmatched"))):
            visit(path)
        request.ask_apply(job, "newest")
        visit(f"/import/{job.pk}/")  # nobody works on it: the page of the progress
        ours.page.goto("about:blank")  # which would lead on by itself, against the next visit
        work(job.pk)
        visit(f"/import/{job.pk}/")
        refused = begin(site, b'Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,"')
        work(refused.pk)
        visit(f"/import/{refused.pk}/")
    assert broken == []
