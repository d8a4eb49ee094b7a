"""One fit by several processes, each with a device of its own, as ``torchrun`` starts them.

Every process makes the same model from the same data and takes its share of each batch;
``DistributedDataParallel`` adds the gradients up, so that all take the same step, which is the
step that one process would take with the whole batch. The first process reports, decides and
writes.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

_BatchLoss = Callable[[Tensor], Tensor]


@contextmanager
def process_group() -> Iterator[None]:
    """Fits inside are shared among the processes that ``torchrun`` started.

    Each process uses the GPU of its local rank where there are GPUs. Without ``torchrun`` nothing
    is different inside, so that one script serves for one process and for many.
    """
    if not dist.is_torchelastic_launched():
        yield
        return
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield
        dist.barrier()  # Who leaves early closes connections that the others still use.
    finally:
        gc.collect()  # Wrapped nets refer to themselves and would outlive their group.
        dist.destroy_process_group()


def is_first() -> bool:
    """Whether this is the process that reports and writes: always so where there is only one."""
    return not _shared() or dist.get_rank() == 0


def from_first(values: Tensor) -> Tensor:
    """The first process's ``values``, in every process."""
    if _shared():
        dist.broadcast(values, src=0)
    return values


def sum_over_processes(values: Tensor) -> Tensor:
    """The sum of what each process has."""
    if _shared():
        dist.all_reduce(values)
    return values


def shared_loss(net: nn.Module, batch_loss: _BatchLoss, entries: Tensor | None) -> _BatchLoss:
    """What this process's share of a batch adds to the batch's mean loss; ``batch_loss`` itself
    where there is one process.

    ``entries`` (int64), by position in the training set, says over how many terms the loss of an
    example is a mean; one each when not given. All processes start from the first one's weights
    and draw different random numbers afterwards.
    """
    if not _shared():
        return batch_loss
    rank, processes = dist.get_rank(), dist.get_world_size()
    for parameter in net.parameters():
        dist.broadcast(parameter.data, src=0)
    if rank:
        torch.manual_seed(torch.initial_seed() + rank)
    together = DistributedDataParallel(
        _Loss(net, batch_loss),
        init_sync=False,  # Just done, without the constant tables of features.
        forward_sync_buffers=False,
        find_unused_parameters=True,
    )
    together.register_comm_hook(None, _add_up)

    def loss(batch: Tensor) -> Tensor:
        sizes = torch.ones_like(batch) if entries is None else entries[batch]
        share = (sizes[rank::processes].sum() / sizes.sum()).item()
        # Whoever has nothing to learn from must take part in the exchange all the same.
        own = batch[rank::processes] if share else batch[sizes.argmax()].unsqueeze(0)
        return together(own) * share

    return loss


def _add_up(
    state: None,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[Tensor]:
    """Sums where DistributedDataParallel would take means.

    It divides in place, and sparse gradients of several tables may have their values in common.
    The exchange is waited for: a callback on it would run in a thread of the group's own, which
    crashes now and then when the net or the process ends.
    """
    dist.all_reduce(bucket.buffer())
    done: torch.futures.Future[Tensor] = torch.futures.Future()
    done.set_result(bucket.buffer())
    return done


class _Loss(nn.Module):
    """A loss as a module: what DistributedDataParallel can wrap."""

    def __init__(self, net: nn.Module, batch_loss: _BatchLoss) -> None:
        super().__init__()
        self.net = net
        self._batch_loss = batch_loss

    def forward(self, batch: Tensor) -> Tensor:
        return self._batch_loss(batch)


def _shared() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
