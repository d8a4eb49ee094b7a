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
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

BatchT = TypeVar("BatchT")
_BatchLoss = Callable[[Tensor], Tensor]


class StoppedElsewhereError(RuntimeError):
    """The first process ended the fit: what it raised, such as a cancellation, is known there."""


@contextmanager
def process_group(device: str = "auto") -> Iterator[None]:
    """Fits inside are shared among the processes that ``torchrun`` started.

    Each process uses the GPU of its local rank, unless ``device`` is 'cpu' or there is none;
    models that learn on the CPU are exchanged by gloo in any case. Without ``torchrun`` nothing is
    different inside, so that one script serves for one process and for many.

    Raises ``ValueError`` when there are more processes than GPUs to learn on.
    """
    if not dist.is_torchelastic_launched():
        yield
        return
    cuda = device != "cpu" and torch.cuda.is_available()
    if cuda:
        place, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        started = int(os.environ.get("LOCAL_WORLD_SIZE", place + 1))
        if started > gpus:
            raise ValueError(
                f"torchrun started {started} processes on this machine, which has {gpus} GPU(s): "
                "start one for each, or learn on device 'cpu'"
            )
        torch.cuda.set_device(place)
    store, rank, processes = next(rendezvous("env://"))
    # After a loss the store is the one of before, where the addresses of the lost still stand.
    restarts = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    attempt = dist.PrefixStore(restarts, store)  # type: ignore[attr-defined]
    backend = "cpu:gloo,cuda:nccl" if cuda else "gloo"
    dist.init_process_group(backend, store=attempt, rank=rank, world_size=processes)
    try:
        yield
        dist.barrier()  # Who leaves early closes connections that the others still use.
    finally:
        gc.collect()  # Wrapped nets refer to themselves and would outlive their group.
        dist.destroy_process_group()


class Agreement:
    """Lets an error of the first process end the fit in all of them, at the same step.

    The others wait for the first one's share of the next gradient: had it left by itself, they
    would wait forever. So its errors are kept until all meet in `meet`.
    """

    STEPS = 16
    """A fit that several processes share meets once in so many steps, which waits for each."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._error: BaseException | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keeps what is raised inside, where there is somebody to tell."""
        try:
            yield
        except BaseException as error:
            if not _shared():
                raise
            self._error = error

    def meet(self) -> None:
        """Raises the error that the first process kept, and `StoppedElsewhereError` in others."""
        if not _shared():
            return
        stops = torch.tensor(int(self._error is not None), device=self._device)
        if from_first(stops).item():
            raise self._error or StoppedElsewhereError("the first process ended the fit")


def is_first() -> bool:
    """Whether this is the process that reports and writes: always so where there is only one."""
    return not _shared() or dist.get_rank() == 0


def place_among_processes() -> tuple[int, int]:
    """Which of how many processes this one is."""
    return (dist.get_rank(), dist.get_world_size()) if _shared() else (0, 1)


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


def shared(net: nn.Module, batch_loss: Callable[[BatchT], Tensor]) -> Callable[[BatchT], Tensor]:
    """What gives the loss of a batch of which each process has its own: the gradients that follow
    are the mean over processes. ``batch_loss`` itself where there is one.

    All start from the first one's weights and draw different random numbers afterwards.
    """
    if not _shared():
        return batch_loss
    _begin_alike(net)
    return DistributedDataParallel(_Loss(net, batch_loss), init_sync=False)


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
    _begin_alike(net)
    sparse = any(getattr(module, "sparse", False) for module in net.modules())
    together = DistributedDataParallel(
        _Loss(net, batch_loss),
        init_sync=False,  # Just done, without the constant tables of features.
        forward_sync_buffers=False,
        find_unused_parameters=True,
    )
    if sparse:
        together.register_comm_hook(None, _add_up)

    def loss(batch: Tensor) -> Tensor:
        own = batch[rank::processes]
        if entries is None:
            share = len(own) / len(batch)
        else:
            sizes = entries[batch]
            share = (sizes[rank::processes].sum() / sizes.sum()).item()
        # Whoever has nothing to learn from must take part in the exchange all the same.
        if not share:
            own = batch[:1] if entries is None else batch[sizes.argmax()].unsqueeze(0)
        own_loss = together(own) * share
        # The exchange of dense gradients, which goes on behind the computing, takes their mean.
        return own_loss if sparse else own_loss + _nothing_but_gradient(own_loss, processes - 1)

    return loss


def _nothing_but_gradient(loss: Tensor, scale: int) -> Tensor:
    """Zero, with the gradient of ``scale`` x ``loss``."""
    return scale * (loss - loss.detach())


def _add_up(
    state: None,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[Tensor]:
    """Sums where DistributedDataParallel would take means, of dense and of sparse gradients.

    It divides in place, and sparse gradients of several tables may have their values in common.
    Sparse ones are gathered: NCCL adds up none. The exchange is waited for: a callback on it would
    run in a thread of the group's own, which crashes now and then when the process ends.
    """
    buffer = bucket.buffer()
    if buffer.is_sparse:
        buffer = _gathered(buffer)
    else:
        dist.all_reduce(buffer)
    devices = [buffer.device] if buffer.is_cuda else None
    done: torch.futures.Future[Tensor] = torch.futures.Future(devices=devices)
    done.set_result(buffer)
    return done


def _gathered(gradient: Tensor) -> Tensor:
    """The sum of the sparse ``gradient`` of each process: the rows of all, one after another."""
    gradient = gradient.coalesce()
    rows, values = gradient.indices(), gradient.values()
    sizes = [torch.zeros(1, dtype=torch.int64, device=rows.device) for _ in range(_processes())]
    dist.all_gather(sizes, torch.tensor([len(values)], device=rows.device))
    counts = torch.cat(sizes).tolist()
    room = max(counts)
    # All send as much as the one with most rows: what is over is cut off where it arrives.
    rows = torch.nn.functional.pad(rows, (0, room - rows.shape[1]))
    values = torch.nn.functional.pad(values, (0, 0, 0, room - len(values)))
    all_rows = [torch.empty_like(rows) for _ in counts]
    all_values = [torch.empty_like(values) for _ in counts]
    dist.all_gather(all_rows, rows.contiguous())
    dist.all_gather(all_values, values.contiguous())
    return torch.sparse_coo_tensor(
        torch.cat([some[:, :count] for some, count in zip(all_rows, counts, strict=True)], dim=1),
        torch.cat([some[:count] for some, count in zip(all_values, counts, strict=True)]),
        gradient.shape,
        check_invariants=False,
    )


def _processes() -> int:
    return dist.get_world_size()


def _begin_alike(net: nn.Module) -> None:
    for parameter in net.parameters():
        dist.broadcast(parameter.data, src=0)
    if rank := dist.get_rank():
        torch.manual_seed(torch.initial_seed() + rank)


class _Loss(nn.Module):
    """A loss as a module: what DistributedDataParallel can wrap."""

    def __init__(self, net: nn.Module, batch_loss: Callable[[Any], Tensor]) -> None:
        super().__init__()
        self.net = net
        self._batch_loss = batch_loss

    def forward(self, batch: Any) -> Tensor:
        return self._batch_loss(batch)


def _shared() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
