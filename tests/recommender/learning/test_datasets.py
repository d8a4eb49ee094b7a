"""Readers of data sets, offline: archives are made here, downloads are refused or faked."""

import hashlib
import io
import zipfile

import numpy as np
import pytest
import requests

from catalog.datasets.known import DOWNLOADS
from recommender.learning.datasets import amazon, goodbooks, movielens
from recommender.learning.datasets.download import DownloadError, fetch
from recommender.learning.datasets.synthetic import generate_sequential
from recommender.learning.datasets.tables import from_columns

FILES = {
    "100K": ("ml-100k/u.data", "7\t30\t4\t100\n9\t10\t2\t50\n"),
    "1M": ("ml-1m/ratings.dat", "7::30::4::100\n9::10::2::50\n"),
    "10M": ("ml-10M100K/ratings.dat", "7::30::4::100\n9::10::2::50\n"),
    "20M": ("ml-20m/ratings.csv", "userId,movieId,rating,timestamp\n7,30,4,100\n9,10,2,50\n"),
}


def archive(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture
def web(monkeypatch, tmp_path):
    """Pages by url, and a cache folder of our own; anything else is a dead network."""
    pages = {}
    monkeypatch.setenv("MATINEE_CACHE_DIR", str(tmp_path / "cache"))

    def get(url, **options):
        if url not in pages:
            raise requests.ConnectionError("no route to host")
        answer = requests.Response()
        answer.status_code, answer.raw = 200, io.BytesIO(pages[url])
        return answer

    monkeypatch.setattr(requests, "get", get)
    return pages


@pytest.mark.parametrize("variant", FILES)
def test_every_movielens_layout_is_read_into_dense_ids(variant, tmp_path):
    path = tmp_path / "archive.zip"
    path.write_bytes(archive(*FILES[variant]))
    data = movielens.read_archive(path, variant)
    assert data.user_ids.tolist() == [0, 1]
    assert data.item_ids.tolist() == [2, 1]
    assert data.ratings.tolist() == [4, 2]
    assert data.timestamps.tolist() == [100, 50]
    assert (data.num_users, data.num_items) == (2, 3)


def test_a_download_is_checked_and_kept(web):
    url = "https://example.org/file.bin"
    web[url] = b"data"
    checksum = f"sha256:{hashlib.sha256(b'data').hexdigest()}"
    path = fetch(url, checksum=checksum)
    assert path.read_bytes() == b"data"
    del web[url]
    assert fetch(url, checksum=checksum) == path
    path.write_bytes(b"spoiled")
    with pytest.raises(DownloadError, match=r"file\.bin could not be downloaded"):
        fetch(url, checksum=checksum)
    web[url] = b"data"
    assert fetch(url, checksum=checksum).read_bytes() == b"data"


def test_a_spoiled_download_is_not_kept(web, tmp_path):
    web["https://example.org/file.bin"] = b"other"
    with pytest.raises(DownloadError, match=f"is not the file that was published.*md5:{'0' * 32}"):
        fetch("https://example.org/file.bin", checksum=f"md5:{'0' * 32}")
    assert list((tmp_path / "cache").iterdir()) == []


def test_offline_the_error_says_where_the_file_goes(web):
    with pytest.raises(DownloadError, match=r"ml-100k\.zip could not be downloaded .*no route"):
        movielens.get_movielens_dataset()
    with pytest.raises(ValueError, match="url must start with https://, got 'http://x'"):
        fetch("http://x")
    with pytest.raises(ValueError, match="variant must be one of 100K, 1M"):
        movielens.get_movielens_dataset("3K")


def test_the_library_and_the_site_expect_the_same_archives():
    known = {download.url: download.checksum for download in DOWNLOADS.values()}
    expected = {
        f"{movielens._URL}/{one.archive}": one.checksum for one in movielens._VARIANTS.values()
    }
    assert expected.keys() <= known.keys()
    assert len([checksum for checksum in expected.values() if checksum]) == 5
    for url, checksum in expected.items():
        assert checksum in (known[url], None)


def test_a_foreign_archive_is_named(tmp_path):
    path = tmp_path / "archive.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(DownloadError, match="is not a MovieLens 1M archive"):
        movielens.read_archive(path, "1M")
    path.write_bytes(archive("readme.txt", ""))
    with pytest.raises(DownloadError, match="is not a MovieLens 1M archive"):
        movielens.read_archive(path, "1M")


def test_books_are_read(web):
    text = "user_id,book_id,rating\n5,9,3\n2,4,5\n"
    web[goodbooks._URL] = archive("ratings.csv", text)
    data = goodbooks.get_goodbooks_dataset()
    assert data.user_ids.tolist() == [1, 0]
    assert data.item_ids.tolist() == [2, 1]
    assert data.timestamps.tolist() == [0, 1]


def test_products_are_read_and_filtered(web):
    rows = ["A,B001,5.0,10", "A,B002,4.0,20", "C,B001,1.0,30"]
    web[f"{amazon._URL}/ratings_Video_Games.csv"] = "\n".join(rows).encode()
    data = amazon.get_amazon_dataset(min_user_interactions=1, min_item_interactions=2)
    assert data.user_ids.tolist() == [0, 1]
    assert data.item_ids.tolist() == [1, 1]
    assert data.ratings.tolist() == [5, 1]


def test_users_and_items_are_counted_in_the_whole_file(web):
    rows = ["A,X,5.0,1", "A,Y,4.0,2", "B,Y,3.0,3"]
    web[f"{amazon._URL}/ratings_Video_Games.csv"] = "\n".join(rows).encode()
    data = amazon.get_amazon_dataset(min_user_interactions=2, min_item_interactions=2)
    # A has two ratings in the file, of which one is of an item with enough: it stays.
    assert data.ratings.tolist() == [4]


def test_walks_meet_all_items_about_equally_often():
    data = generate_sequential(5, 11, 20_000, concentration_parameter=0.1, random_state=1)
    counts = np.bincount(data.item_ids, minlength=11)[1:]
    assert counts.min() > 0.6 * counts.max()


def test_columns_of_any_ids_are_mapped_both_ways():
    made = from_columns(["ann", "bob", "ann"], [("a", 1), ("b", 2), ("b", 2)], ratings=[1, 2, 3])
    assert made.interactions.user_ids.tolist() == [0, 1, 0]
    assert made.interactions.item_ids.tolist() == [1, 2, 2]
    assert made.items.to_original([2, 1]) == [("b", 2), ("a", 1)]
    assert made.users.to_original([1]) == ["bob"]


def test_walks_follow_their_chain():
    data = generate_sequential(20, 10, 5000, concentration_parameter=0.001, order=1, random_state=0)
    assert len(data) == 5000
    assert (data.num_users, data.num_items) == (20, 10)
    assert data.item_ids.min() >= 1
    same = np.diff(data.user_ids) == 0
    pairs = set(zip(data.item_ids[:-1][same], data.item_ids[1:][same], strict=True))
    assert len(pairs) < 20
    again = generate_sequential(
        20, 10, 5000, concentration_parameter=0.001, order=1, random_state=0
    )
    assert again.item_ids.tolist() == data.item_ids.tolist()
    with pytest.raises(ValueError, match="num_items must be at least 2"):
        generate_sequential(num_items=1)
    with pytest.raises(ValueError, match="order must be positive, got 0"):
        generate_sequential(order=0)
