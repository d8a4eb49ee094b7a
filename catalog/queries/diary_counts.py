"""How many films a diary has, by year and month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils import timezone

from catalog.models.diary import DiaryEntryQuerySet
from catalog.rendering.bar_chart import BAR_WIDTH, Bar, bars, chart_width

GAP, HEIGHT = 4, 56


@dataclass(frozen=True, kw_only=True)
class MonthBar(Bar):
    month: date


@dataclass(frozen=True)
class DiaryCounts:
    """``by_month``: (year, month) → viewings; months without any are absent."""

    by_month: Counter[tuple[int, int]]
    today: date
    bar_width: int = BAR_WIDTH
    width: int = chart_width(12, GAP)
    full_height: int = HEIGHT

    @classmethod
    def of(cls, entries: DiaryEntryQuerySet) -> DiaryCounts:
        """Counted by the database, in one query."""
        counted = (
            entries.order_by()
            .values_list("watched_on__year", "watched_on__month")
            .annotate(viewings=Count("pk"))
        )
        by_month = Counter({(year, month): viewings for year, month, viewings in counted})
        return cls(by_month=by_month, today=timezone.localdate())

    @property
    def total(self) -> int:
        return self.by_month.total()

    @property
    def years(self) -> list[int]:
        """Those with an entry, the latest first."""
        return sorted({year for year, _month in self.by_month}, reverse=True)

    @property
    def this_month(self) -> int:
        return self.by_month[self.today.year, self.today.month]

    @property
    def this_year(self) -> int:
        return self.in_year(self.today.year)

    def in_year(self, year: int) -> int:
        return sum(count for (there, _month), count in self.by_month.items() if there == year)

    def bars(self, year: int) -> list[MonthBar]:
        """The twelve months of a year, ready to be drawn."""
        months = range(1, 13)
        drawn = bars([self.by_month[year, month] for month in months], gap=GAP, height=HEIGHT)
        return [
            MonthBar(month=date(year, month, 1), **vars(bar))
            for month, bar in zip(months, drawn, strict=True)
        ]
