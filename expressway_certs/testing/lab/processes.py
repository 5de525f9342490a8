"""Programs that a lab runs: started without a shell, read until a deadline, and never left behind."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_BLOCK: Final = 65_536


class Running:
    """A program that runs, with what it has said so far, on either of its outputs."""

    def __init__(self, command: Sequence[str], process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the program is started with pipes")
        self.input: IO[bytes] = process.stdin
        self.command: Sequence[str] = command
        self.said: str = ""
        self._output, self._process = process.stdout, process

    def wait_for(self, found: Callable[[str], bool], deadline: float) -> bool:
        """Read on until ``found`` says so of all that was said; False where the program ends or time is up before."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while not found(self.said):
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    return False
                block = os.read(self._output.fileno(), _BLOCK)
                if not block:
                    return False
                self.said += block.decode("utf-8", "replace")
        return True

    def finish(self, deadline: float) -> int | None:
        """Close its input, read what it still says, and return its status; None where it does not end in time."""
        self.input.close()
        self.wait_for(lambda _: False, deadline)
        try:
            return self._process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            return None


@contextmanager
def running(command: Sequence[str | Path], folder: Path | None = None) -> Iterator[Running]:
    """Run a program, and kill it at the end if it still runs. Raises `OSError` where it cannot be started."""
    words = [str(word) for word in command]
    process = subprocess.Popen(  # noqa: S603 - the lab's own commands, and no shell
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
    )
    with process:
        try:
            yield Running(words, process)
        finally:
            process.kill()
