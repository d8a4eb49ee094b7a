"""MurmurHash3 of integer ids. Numpy only."""

import numpy as np
from numpy.typing import NDArray


def murmurhash3(keys: NDArray[np.integer], seed: int) -> NDArray[np.uint32]:
    """32-bit MurmurHash3 (Austin Appleby, public domain) of each key as four bytes."""

    def rotate(values: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
        return (values << np.uint32(bits)) | (values >> np.uint32(32 - bits))

    mixed = keys.astype(np.uint32) * np.uint32(0xCC9E2D51)
    mixed = rotate(mixed, 15) * np.uint32(0x1B873593)
    state = rotate(mixed ^ np.uint32(seed), 13) * np.uint32(5) + np.uint32(0xE6546B64)
    state ^= np.uint32(4)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        state = (state ^ (state >> np.uint32(shift))) * np.uint32(factor)
    return state ^ (state >> np.uint32(16))
