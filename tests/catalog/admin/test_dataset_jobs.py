"""Imports of datasets in the administration: who may, what is asked, what is shown."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.dataset_import.load import import_dataset
from catalog.dataset_import.worker import work
from catalog.models import Dataset, DatasetJob, Movie
from tests.catalog import dataset_cases as cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]
NEW = "/admin/catalog/datasetjob/add/"


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> Path:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    settings.MATINEE_DATASET_FOLDERS = [str(allowed)]
    settings.MEDIA_ROOT = tmp_path / "media"
    return allowed


@pytest.fixture
def editor(db: None) -> AbstractUser:
    user: AbstractUser = get_user_model().objects.create_user("editor", is_staff=True)
    wanted = ("add_datasetjob", "view_datasetjob", "view_dataset")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user


@pytest.fixture
def staff(client: Client, editor: AbstractUser) -> Client:
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    return client


def test_an_upload_is_previewed_then_imported_with_a_report(staff: Client) -> None:
    ratings = cases.RATINGS + "x,1,4,964982703\n"
    files = (("ratings.csv", ratings), ("movies.csv", cases.MOVIES), ("links.csv", cases.LINKS))
    upload = SimpleUploadedFile("ml-mine.zip", cases.zipped(*files))
    answer = staff.post(NEW, {"upload": upload, "scale": "5"})
    job = DatasetJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, job.get_absolute_url())
    assert job.state == "looking"
    assert not Movie.objects.exists()
    work(job.pk)
    page = staff.get(job.get_absolute_url()).content.decode()
    for words in (
        "waiting for you",
        "What would be written",
        "Toy Story",
        "1 × the user … is not a whole number",
        "ratings.csv, line 5: the user &#x27;x&#x27; is not a whole number",
    ):
        assert words in page
    assert not Movie.objects.exists()
    kept = Path(job.upload.path)
    assert kept.exists()
    staff.post(f"/admin/catalog/datasetjob/{job.pk}/confirm/")
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["counts"]["ratings"]["loaded"]) == ("done", 3)
    assert Dataset.objects.get().slug == "ml-mine"
    assert not kept.exists()
    report = staff.get(f"/admin/catalog/datasetjob/{job.pk}/report.txt")
    assert "attachment" in report["Content-Disposition"]
    assert "ratings.csv, line 5: the user 'x' is not a whole number" in report.content.decode()


def test_a_folder_of_the_server_is_named(staff: Client, folders: Path) -> None:
    cases.write(folders / "ml-latest-small")
    path = str(folders / "ml-latest-small")
    assert f'<option value="{path}">' in staff.get(NEW).content.decode()
    staff.post(NEW, {"source": path, "scale": "5"})
    work(DatasetJob.objects.get().pk)
    assert DatasetJob.objects.get().state == "preview"


@pytest.mark.parametrize("source", ["/etc", "allowed/../..", "nothing", "", "../media"])
def test_other_folders_are_not_read(staff: Client, folders: Path, source: str) -> None:
    given = str(folders / source) if source.startswith(("..", "allowed")) else source
    answer = staff.post(NEW, {"source": given, "scale": "5"})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not DatasetJob.objects.exists()


def test_a_link_out_of_the_folder_leads_nowhere(staff: Client, folders: Path) -> None:
    (folders / "out").symlink_to("/etc")
    staff.post(NEW, {"source": str(folders / "out"), "scale": "5"})
    assert not DatasetJob.objects.exists()


def test_one_of_file_and_folder_is_needed(staff: Client, folders: Path) -> None:
    cases.write(folders / "ml")
    upload = SimpleUploadedFile("ml.zip", cases.archive())
    both = {"upload": upload, "source": str(folders / "ml"), "scale": "5"}
    assert "one of the two" in staff.post(NEW, both).content.decode()


def test_uploads_have_a_limit_of_their_own(staff: Client, settings: Settings) -> None:
    large = SimpleUploadedFile("ml.zip", cases.archive() + bytes(12_000_000))
    assert staff.post(NEW, {"upload": large, "scale": "5"}).status_code == 302
    settings.MATINEE_DATASET_UPLOAD_MB = 1
    large.seek(0)
    assert staff.post(NEW, {"upload": large, "scale": "5"}).status_code == 413
    assert DatasetJob.objects.count() == 1


def test_the_token_of_the_form_is_asked_for(editor: AbstractUser) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, "django.contrib.auth.backends.ModelBackend")
    upload = SimpleUploadedFile("ml.zip", cases.archive())
    assert client.post(NEW, {"upload": upload, "scale": "5"}).status_code == 403
    assert not DatasetJob.objects.exists()


def test_who_may_only_look_decides_nothing(staff: Client, editor: AbstractUser) -> None:
    job = DatasetJob.objects.create(kind="removal", slug="ml", source="ml", state="preview")
    editor.user_permissions.set(Permission.objects.filter(codename="view_datasetjob"))
    assert "Remove the dataset" not in staff.get(job.get_absolute_url()).content.decode()
    for action in ("confirm", "cancel"):
        assert staff.post(f"/admin/catalog/datasetjob/{job.pk}/{action}/").status_code == 403
    assert staff.get(NEW).status_code == 403
    editor.user_permissions.clear()
    assert staff.get(job.get_absolute_url()).status_code == 403
    assert staff.get(f"/admin/catalog/datasetjob/{job.pk}/live/").status_code == 403


def test_a_dataset_is_undone_after_a_count(staff: Client, folders: Path) -> None:
    import_dataset(cases.write(folders / "ml-latest-small"))
    dataset = Dataset.objects.get()
    page = staff.get(f"/admin/catalog/dataset/{dataset.pk}/change/").content.decode()
    assert "Undo this dataset" in page
    answer = staff.post(f"/admin/catalog/dataset/{dataset.pk}/undo/", follow=True)
    assert "being looked through" in answer.content.decode()
    job = DatasetJob.objects.get()
    work(job.pk)
    page = staff.get(job.get_absolute_url()).content.decode()
    assert "Remove the dataset" in page
    assert "<dd>3</dd>" in page
    assert Movie.objects.count() == 3
    staff.post(f"/admin/catalog/datasetjob/{job.pk}/confirm/")
    work(job.pk)
    assert not Movie.objects.exists()
    assert not Dataset.objects.exists()


def test_the_fragment_says_when_it_is_the_last(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    job = DatasetJob.objects.create(kind="import", source="ml-1m", phase="Reading films", total=200)
    address = f"/admin/catalog/datasetjob/{job.pk}/live/"
    with django_assert_max_num_queries(6):
        answer = staff.get(address)
    assert (answer.status_code, "Reading films" in answer.content.decode()) == (200, True)
    DatasetJob.objects.update(state="refused", refusal="It holds nothing.")
    answer = staff.get(address)
    assert (answer.status_code, "It holds nothing." in answer.content.decode()) == (286, True)


def test_the_list_shows_all_jobs(staff: Client) -> None:
    DatasetJob.objects.create(kind="import", source="ml-1m")
    assert "ml-1m" in staff.get("/admin/catalog/datasetjob/").content.decode()
    assert staff.get("/admin/catalog/dataset/").status_code == 200
