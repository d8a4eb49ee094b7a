"""A dataset imported in a real browser and undone again, by a real worker."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.models import DatasetJob, Movie
from tests.browser.conftest import Site, log_in
from tests.browser.test_member_import import SLOW, worker
from tests.catalog import dataset_cases as cases

__all__ = ["worker"]
RATINGS = """\
userId,movieId,rating,timestamp
1,9001,4,964982703
2,9001,3,964982703
2,9002,5,964982703
1,9002,eleven,964982703
"""
MOVIES = """\
movieId,title,genres
9001,Toy Story (1995),Comedy
9002,Jumanji (1995),Adventure
"""

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def operator_page(quiet: object, page: Page, site: Site) -> Page:
    site.member.is_staff = site.member.is_superuser = True
    site.member.save()
    log_in(page, site)
    return page


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """MovieLens as a Mac packs it, with one row that is none."""
    file = tmp_path / "ml-tiny.zip"
    file.write_bytes(
        cases.zipped(
            ("ml-tiny/ratings.csv", RATINGS),
            ("ml-tiny/movies.csv", MOVIES),
            ("__MACOSX/ml-tiny/._ratings.csv", "x"),
        )
    )
    return file


@pytest.mark.usefixtures("worker")
def test_a_dataset_is_imported_with_a_report_and_undone(
    operator_page: Page, site: Site, archive: Path
) -> None:
    page = operator_page
    films = Movie.objects.count()
    page.goto(f"{site.address}/admin/catalog/dataset/")
    page.get_by_role("link", name="Import a dataset").click()
    page.get_by_label("A ZIP file").set_input_files(archive)
    page.get_by_role("button", name="Show a preview").click()

    expect(page.get_by_text("import: waiting for you")).to_be_visible(timeout=SLOW)
    rows = page.locator(".dataset-table").get_by_role("row")
    counts = rows.filter(has=page.get_by_role("rowheader", name="ratings"))
    expect(counts.get_by_role("cell")).to_have_text(["4", "3", "0", "1"])
    expect(page.get_by_role("cell", name="Toy Story").first).to_be_visible()
    expect(page.get_by_text("1 × rating must be a number, got …")).to_be_visible()
    assert Movie.objects.count() == films

    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("import: done")).to_be_visible(timeout=SLOW)
    assert Movie.objects.count() == films + 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    report = Path(download.value.path()).read_text()
    assert "ratings.csv, line 5: rating must be a number, got 'eleven'" in report

    page.goto(f"{site.address}/admin/catalog/dataset/")
    page.get_by_role("link", name="ml-tiny").click()
    page.get_by_role("button", name="Undo this dataset").click()
    expect(page.get_by_role("button", name="Remove the dataset")).to_be_visible(timeout=SLOW)
    assert Movie.objects.count() == films + 2
    page.get_by_role("button", name="Remove the dataset").click()
    expect(page.get_by_text("undo of a dataset: done")).to_be_visible(timeout=SLOW)
    assert Movie.objects.count() == films


@pytest.mark.usefixtures("worker")
def test_a_preview_is_given_up(operator_page: Page, site: Site, archive: Path) -> None:
    page = operator_page
    page.goto(f"{site.address}/admin/catalog/datasetjob/add/")
    page.get_by_label("A ZIP file").set_input_files(archive)
    page.get_by_role("button", name="Show a preview").click()
    page.get_by_role("button", name="Import it").wait_for(timeout=SLOW)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("import: cancelled")).to_be_visible()
    assert DatasetJob.objects.get().upload.name == ""
