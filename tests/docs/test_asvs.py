"""Each number of OWASP's standard at levels 1 and 2 stands once in the page on security."""

import re
from collections import Counter

from .pages import ROOT

# Chapter and section, then the numbers in it that are of level 1 or 2 (ASVS 5.0.0).
SECTIONS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1-1
3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 4.1:1-3 4.2:1-1 4.3:1-2 4.4:1-4
5.1:1-1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1-1 8.4:1-1
9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1-1 11.6:1-1 12.1:1-3 12.2:1-2 12.3:1-4
13.1:1-1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3
15.1:1-3 15.2:1-3 15.3:1-7 16.1:1-1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1-1 17.2:1-4 17.3:1-2
"""
ROW = re.compile(r"^\| ([\d., ]+) \| (.+?) \| (.+) \|$", re.M)


def wanted() -> list[str]:
    found = []
    for section in SECTIONS.split():
        place, _, numbers = section.partition(":")
        first, last = map(int, numbers.split("-"))
        found += [f"{place}.{number}" for number in range(first, last + 1)]
    return found


def test_every_number_has_its_evidence_or_reason() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    rows = ROW.findall(page)
    told = Counter(number for numbers, _, _ in rows for number in numbers.split(", "))
    assert len(wanted()) == 253
    assert told == Counter(wanted())
