"""Leaving a server alone that does not answer."""

from catalog.fuse import LEFT_ALONE, Fuse


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_server_that_failed_is_left_alone_and_then_tried_by_one() -> None:
    clock = Clock()
    fuse = Fuse("something", clock)
    assert fuse.lets_through()
    fuse.blow(OSError())
    assert not fuse.lets_through()
    clock.now += LEFT_ALONE
    assert [fuse.lets_through() for _ in range(3)] == [True, False, False]
    fuse.mend()
    assert [fuse.lets_through() for _ in range(3)] == [True] * 3


def test_a_try_that_fails_leaves_it_alone_again() -> None:
    clock = Clock()
    fuse = Fuse("something", clock)
    fuse.blow(OSError())
    clock.now += LEFT_ALONE
    assert fuse.lets_through()
    fuse.blow(OSError())
    clock.now += LEFT_ALONE / 2
    assert not fuse.lets_through()
