"""Call an answer on probes and copy what it gives at once, whatever it does."""

from __future__ import annotations

import copy
import io
import re
import warnings
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

from rnnlab.questions.forbidding import without
from rnnlab.questions.values import Data, Fault, as_data, name_of

Said = tuple[Data, ...]


def ask(
    answer: Callable[..., Any], calls: Iterable[tuple[Any, ...]], forbidden: tuple[str, ...] = ()
) -> Said:
    """What `answer` says to each call, copied at once. Its prints and warnings are dropped; it never raises.

    Each call gets arguments of its own, so an answer that changes them harms nobody. Ctrl-C does get through.
    """
    return tuple(_ask(answer, arguments, forbidden) for arguments in calls)


def _ask(answer: Callable[..., Any], arguments: tuple[Any, ...], forbidden: tuple[str, ...]) -> Data:
    with (
        redirect_stdout(Nowhere()),
        redirect_stderr(Nowhere()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        without(forbidden),
    ):
        warnings.simplefilter("ignore")
        try:
            return as_data(answer(*copy.deepcopy(arguments)))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: an answer may do anything, and gets a verdict
            return Fault(f"an error, `{describe(error)}`", "Call it yourself on this probe to see the line.")


def describe(error: BaseException) -> str:
    """Type and first line of an error, without what changes from run to run."""
    name = name_of(type(error))
    try:
        text = re.sub("0x[0-9a-fA-F]+", "0x…", "".join(str(error)).split("\n")[0])[:160].replace("`", "'")
    except KeyboardInterrupt:
        raise
    except BaseException:  # an error that cannot even be printed
        return name
    return f"{name}: {text}" if text else name


class Nowhere(io.TextIOBase):
    """Somewhere to print to that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)
