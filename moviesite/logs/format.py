"""How the site writes its logs: lines of JSON for machines, or lines for people."""

from __future__ import annotations

from typing import Any

import structlog

from moviesite.logs.secrets import MemberHash, redact


def structured_logging(*, level: str, style: str, key: str) -> dict[str, Any]:
    """Set structlog up, and give back Django's LOGGING, which makes all others write alike."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        MemberHash(key),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,  # last, since the others make texts
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for_people = structlog.dev.ConsoleRenderer(colors=False)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": for_people if style == "console" else structlog.processors.JSONRenderer(),
        "foreign_pre_chain": processors,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        # It writes whole addresses, which for TMDB hold the key.
        "loggers": {"urllib3": {"level": "ERROR"}},
    }
