"""The words of a contract's file, strictly typed; no other word is accepted."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from workbench.errors import ConfigurationError, nearest

Bound = int | float | datetime | date | str
_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ -]*")


def _pattern(value: Any) -> Any:
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


def _rule_name(value: Any) -> Any:
    if isinstance(value, str) and not _RULE.fullmatch(value):
        raise ValueError(f"expected a rule's name of letters, digits, '_', '-' and spaces, but got {value!r}")
    return value


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ColumnContract(_Table):
    """`[columns.NAME]`: what each value of a column must be like.

    Attributes:
        type: as `workbench data show` prints it; values that can be turned into it are.
        nullable: whether a value may be missing.
        required: whether the column must be there.
        unique: whether a value may stand in one row only; the first row keeps it.
        at_least, at_most: bounds, both allowed: numbers, dates, times or texts.
        one_of: the only values that are allowed.
        matches: a regular expression for the whole text.
    """

    type: str | None = None
    nullable: bool = False
    required: bool = True
    unique: bool = False
    at_least: Bound | None = None
    at_most: Bound | None = None
    one_of: Annotated[tuple[Bound | bool, ...] | None, Field(strict=False, min_length=1)] = None
    matches: Annotated[str | None, BeforeValidator(_pattern)] = None
    description: str = ""


class Contract(_Table):
    """What the rows of a dataset must be like.

    Attributes:
        quarantine_limit: the largest share of rows that may be set aside; more, and all are refused.
        min_rows: the fewest rows that are a delivery.
        extra_columns: whether there may be columns that are not named here.
        unique: columns that together are a row's key; the first row of a key keeps it.
        rules: by name, conditions on a row in SQL, such as `arrived >= left`. As a CHECK in SQL, a rule
            that cannot be decided because a value is missing is not broken.
    """

    description: str = ""
    quarantine_limit: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.0
    min_rows: Annotated[int, Field(ge=0)] = 1
    extra_columns: bool = True
    unique: Annotated[tuple[str, ...], Field(strict=False)] = ()
    columns: dict[str, ColumnContract] = {}
    rules: dict[Annotated[str, BeforeValidator(_rule_name)], Annotated[str, Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Contract:
        if not self.columns and not self.rules:
            raise ValueError("it says nothing about any column: expected [columns.NAME] or [rules]")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of what the contract says; comments and layout do not matter."""
        text = json.dumps(self.model_dump(mode="json", exclude={"description"}), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_contract(file: Path) -> Contract:
    """Return the contract that a TOML file holds.

    Raises:
        ConfigurationError: there is no such file, or it says something impossible.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = f"Draft one from committed data: workbench data draft {file.stem} -o {file}"
        raise _error(file, "", "there is no such contract", hint) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _error(file, "", f"this cannot be read as TOML: {error}", "Mend the file.") from None
    try:
        return Contract.model_validate(document)
    except ValidationError as error:
        raise _fault(file, error) from None


def _fault(file: Path, error: ValidationError) -> ConfigurationError:
    details = sorted(error.errors(), key=lambda found: found["type"] != "extra_forbidden")[0]
    place = [str(part) for part in details["loc"] if part != "[key]"]
    key = ".".join(place)
    if details["type"] == "extra_forbidden":
        known = ColumnContract.model_fields if place[0] == "columns" else Contract.model_fields
        close = nearest(place[-1], known)
        hint = f"Did you mean {close!r}?" if close else f"The keys here are: {', '.join(known)}."
        return _error(file, key, f"unknown key {key}", hint)
    text = details["msg"].removeprefix("Value error, ")
    message = f"{key}: {text[:1].lower()}{text[1:]}" if key else text
    if details["type"] != "value_error":
        message += f", but got {details['input']!r}"
    return _error(file, key, message, "Correct the value.")


def _error(file: Path, key: str, message: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"{file}: {message}.", hint=hint, file=str(file), key=key)
