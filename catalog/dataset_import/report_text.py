"""The report of a job as plain text, for keeping."""

from collections.abc import Iterator

from catalog.models import DatasetJob


def report_text(job: DatasetJob) -> str:
    return "".join(f"{line}\n" for line in _lines(job))


def _lines(job: DatasetJob) -> Iterator[str]:
    yield f"{job.get_kind_display()} {job.pk}: {job.source}"
    yield f"{job.get_state_display()}, {job.changed_at:%Y-%m-%d %H:%M} UTC"
    if job.refusal:
        yield job.refusal
    report = job.report
    if job.counts:
        yield ""
        yield f"{'':<14}{'read':>12}{'loaded':>12}{'updated':>12}{'rejected':>12}"
        for kind, count in job.counts:
            numbers = (count[name] for name in ("read", "loaded", "updated", "rejected"))
            yield f"{kind:<14}" + "".join(f"{number:>12,}" for number in numbers)
    for title, part in (
        ("Left with the dataset, and stayed", "removal"),
        ("Updated, by column", "changes"),
        ("Rejected, by reason", "reasons"),
        ("Dealt with", "remarks"),
    ):
        if report.get(part):
            yield ""
            yield title
            yield from (f"{number:>12,}  {what}" for what, number in report[part].items())
    if report.get("problems"):
        yield ""
        yield "Rejected rows"
        yield from (f"{file}, line {line}: {reason}" for file, line, reason in report["problems"])
        more = sum(report["reasons"].values()) - len(report["problems"])
        if more > 0:
            yield f"... and {more:,} more"
