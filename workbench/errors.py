"""Every error that a user may meet, drawn as one tree.

```
WorkbenchError                    exit 1   something went wrong and was understood
├── UsageError                    exit 2   the person can mend it: wrong words or wrong configuration
│   ├── ConfigurationError                 workbench.toml says something impossible
│   ├── ParameterError                     a parameter is unknown, misspelt, mistyped or out of range
│   ├── NotebookError                      a notebook is missing, invalid, or has no parameters cell
│   └── UnknownNameError                   no stage, run, dataset, model … of that name
├── ConflictError                          another writer was first; nothing was written
├── BusyError                              somebody alive holds the lease
├── IntegrityError                         bytes differ from those recorded
├── StorageError                           a store cannot be reached, read or written
│   └── SpoolFailed                        a worker cannot write its prediction log
├── SourceError                            a source does not answer, or is not what was declared
├── AccessError                        a person's role does not allow it
├── TrackingError                          MLflow's store refused
└── RejectedError                 exit 3   a gate or a policy said no
```

Each carries its facts as fields; a message says what was got, what was expected and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` was most likely meant to be, or None."""
    options = sorted(set(known))
    by_folded = {option.casefold(): option for option in options}
    found = difflib.get_close_matches(str(name).casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


class WorkbenchError(Exception):
    """The root of every error that the workbench raises on purpose.

    Args:
        message: what was got and what was expected.
        hint: what to do next; printed on its own line.
        fields: the facts behind the message, available as attributes.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fields = fields

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__.get("fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in a notebook: the message, and where one's own code was."""
        from workbench.own_code import own_lines

        told = f"\x1b[31m{type(self).__name__}\x1b[39m: {self}"
        return [told, *(f"\x1b[2m{place}\x1b[22m" for place in own_lines(self.__traceback__))]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.fields)


def _rebuild(kind: type[WorkbenchError], message: str, hint: str, fields: dict[str, Any]) -> WorkbenchError:
    error = kind.__new__(kind)
    WorkbenchError.__init__(error, message, hint=hint, **fields)
    return error


class UsageError(WorkbenchError):
    """The person can mend it: wrong words on the command line, or a wrong configuration."""

    exit_code: ClassVar[int] = 2


class ConfigurationError(UsageError):
    """`workbench.toml` says something impossible. Fields: `file`, `key`."""


class ParameterError(UsageError):
    """A parameter is unknown, misspelt, mistyped or out of range. Fields: `name`, `where`."""


class NotebookError(UsageError):
    """A notebook is missing, invalid, or lacks its parameters cell. Field: `path`."""


class UnknownNameError(UsageError):
    """There is no such stage, run, dataset, model, version. Fields: `kind`, `name`, `known`."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), *, hint: str = "") -> None:
        options = sorted(set(known))
        close = nearest(name, options)
        if not hint and close:
            hint = f"Did you mean {close!r}?"
        elif not hint and options:
            shown = ", ".join(options[:12]) + (" …" if len(options) > 12 else "")
            hint = f"Known: {shown}."
        super().__init__(
            f"There is no {kind} named {name!r}.", hint=hint, kind=kind, name=name, known=options
        )


class ConflictError(WorkbenchError):
    """Another writer was first; nothing was written. Fields: `stream`, `expected`, `actual`."""


class BusyError(WorkbenchError):
    """Somebody alive holds the lease. Fields: `lease`, `holder`."""


class IntegrityError(WorkbenchError):
    """Bytes differ from those recorded. Fields: `path`, `expected`, `got`."""


class StorageError(WorkbenchError):
    """A store cannot be reached, read or written. Field: `store`."""


class SpoolFailed(StorageError):
    """A worker cannot write its part of the prediction log. Field: `store`."""


class SourceError(WorkbenchError):
    """A source does not answer, or is not what was declared. Fields: `source`, `problem`.

    `problem` is `unreachable`, `missing`, `credentials`, `query`, `format` or `schema`.
    """


class AccessError(WorkbenchError):
    """A person's role does not allow it. Fields: `person`, `role`, `permission`, `needed`."""


class SignInError(WorkbenchError):
    """An identity provider does not say who somebody is. Fields: `provider`, `status` (to answer)."""


class TrackingError(WorkbenchError):
    """MLflow's store refused after retries."""


class RejectedError(WorkbenchError):
    """A gate or a policy said no. Field: `evidence`."""

    exit_code: ClassVar[int] = 3
