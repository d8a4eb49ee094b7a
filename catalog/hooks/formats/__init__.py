"""The forms in which media servers tell something, a module each; `read` finds the right one."""

from .registry import read

__all__ = ["read"]
