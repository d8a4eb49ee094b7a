"""The report of a job as plain text, for keeping."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from catalog.models import DatasetJob
from catalog.rendering.dataset_words import column_in_words, in_readers_words


def report_text(job: DatasetJob) -> str:
    return "".join(f"{line}\n" for line in _lines(job))


def _lines(job: DatasetJob) -> Iterator[str]:
    yield f"{job.get_kind_display()} {job.pk}: {job.source}"
    yield f"{job.get_state_display()}, {job.changed_at:%Y-%m-%d %H:%M} UTC"
    if job.refusal:
        yield in_readers_words(job.refusal)
    report = job.report
    if job.counts:
        yield ""
        heads = (_("Read"), _("New"), _("Updated"), _("Rejected"))
        yield f"{'':<14}" + "".join(f"{head:>12}" for head in heads)
        for kind, count in job.counts:
            numbers = (count[name] for name in ("read", "loaded", "updated", "rejected"))
            yield f"{in_readers_words(kind):<14}" + "".join(f"{number:>12,}" for number in numbers)
    for title, part in (
        (_("Left with the dataset, and stayed"), "removal"),
        (_("Updated, by column"), "changes"),
        (_("Rejected rows, by reason"), "reasons"),
        (_("Dealt with"), "remarks"),
    ):
        if report.get(part):
            yield ""
            yield title
            say = column_in_words if part == "changes" else in_readers_words
            yield from (f"{number:>12,}  {say(what)}" for what, number in report[part].items())
    if report.get("problems"):
        yield ""
        yield _("Rejected rows")
        text = _("%(file)s, line %(line)s: %(reason)s")
        for file, line, reason in report["problems"]:
            yield text % {"file": file, "line": line, "reason": in_readers_words(reason)}
        more = sum(report["reasons"].values()) - len(report["problems"])
        if more > 0:
            yield _("... and %(n)s more") % {"n": f"{more:,}"}
