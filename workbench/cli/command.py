"""Which commands there are, and where each is written; none is imported before it is called."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from workbench.errors import UnknownNameError


@dataclass(frozen=True)
class Command:
    """One line of `workbench --help`.

    Attributes:
        name: as typed.
        heading: the group under which the help lists it.
        place: `module:attribute`, a function or a `typer.Typer` with commands of its own.
        purpose: one line; the first line of the function's docstring says the same.
    """

    name: str
    heading: str
    place: str
    purpose: str

    def load(self) -> Any:
        """Import the command and return what Typer runs."""
        module, _, attribute = self.place.partition(":")
        found = getattr(importlib.import_module(f"workbench.cli.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            found, function = typer.Typer(rich_markup_mode=None, add_completion=False), found
            found.command(self.name)(function)
        loaded = typer.main.get_command(found)
        loaded.name = self.name
        return loaded


COMMANDS = (
    Command("init", "Projects", "init:init", "Make a new project that runs as it is."),
    Command("adopt", "Projects", "adopt:adopt", "Make a stage of an existing notebook, and run it."),
    Command(
        "demo",
        "Projects",
        "demo:demo",
        "Live through the project's past once more: the whole loop, in minutes.",
    ),
    Command("doctor", "Projects", "doctor:doctor", "Show what is installed, reachable and writable."),
    Command("kernels", "Projects", "kernels:app", "Install, watch or stop warm kernels."),
    Command("params", "Pipelines", "params:params", "Show a notebook's typed parameters."),
    Command("plan", "Pipelines", "plan:plan", "Show what would run, and why."),
    Command("why", "Pipelines", "plan:why", "Show which change makes a stage stale."),
    Command("run", "Pipelines", "run:run", "Run a pipeline; what is unchanged is reused."),
    Command("resume", "Pipelines", "run:resume", "Go on with a run after a failure or a crash."),
    Command("sweep", "Pipelines", "run:sweep", "Run a stage once per combination of parameters."),
    Command(
        "schedule",
        "Pipelines",
        "schedule:app",
        "List what happens by itself, let it happen, make up for it, pause it.",
    ),
    Command(
        "open",
        "Pipelines",
        "open:open_",
        "Open a stage of a run in JupyterLab, with exactly its inputs and parameters.",
    ),
    Command("lab", "Pipelines", "lab:lab", "Start JupyterLab on the project, until Ctrl-C."),
    Command(
        "check",
        "Pipelines",
        "check:check",
        "Run notebooks clean and headless, and name the cells that depended on anything else.",
    ),
    Command("runs", "Records", "runs:runs", "List the newest runs."),
    Command("show", "Records", "runs:show", "Show what happened in a run, or in one stage of it."),
    Command(
        "diff",
        "Records",
        "diff:diff",
        "Show what differs between two runs: code, parameters, data, environment; and what came of it.",
    ),
    Command("data", "Records", "data:app", "Show the versions of a dataset."),
    Command("audit", "Records", "audit:app", "Verify or export the ledger."),
    Command(
        "models",
        "Models",
        "models:models",
        "List models, their versions and champions, and what waits for an approval.",
    ),
    Command(
        "promote",
        "Models",
        "models:promote",
        "Make a version the champion, a challenger with a share of the traffic, or a shadow.",
    ),
    Command(
        "traffic",
        "Models",
        "traffic:traffic",
        "Give the challenger a share of the traffic; the champion answers the rest.",
    ),
    Command(
        "approve",
        "Models",
        "approve:approve",
        "Approve a promotion that waits; its version becomes champion.",
    ),
    Command("reject", "Models", "approve:reject", "Reject a promotion that waits; the champion stays."),
    Command(
        "card",
        "Models",
        "card:card",
        "Show a model's card: trained on what, good at what, bad for whom, approved by whom.",
    ),
    Command(
        "trace",
        "Models",
        "trace:trace",
        "Trace a prediction or a model version to its run, data, code cells, parameters, gates and approver.",
    ),
    Command(
        "rollback",
        "Models",
        "models:rollback",
        "Take back what callers met last: the challenger's traffic, or else the champion.",
    ),
    Command(
        "timeline",
        "Models",
        "timeline:timeline",
        "Show what happened to a model that serves, and what came of it.",
    ),
    Command("serve", "Serving", "serve:serve", "Let models answer over HTTP, until Ctrl-C."),
    Command("token", "Serving", "token:app", "Make, list or revoke the tokens of the service's callers."),
    Command(
        "replay",
        "Serving",
        "replay:replay",
        "Run a version over what was logged, before any caller meets it.",
    ),
    Command(
        "monitor",
        "Monitoring",
        "monitor:monitor",
        "Look at a window of what a model was asked and answered, and let alerts follow.",
    ),
    Command(
        "judge",
        "Monitoring",
        "judge:judge",
        "Judge a model's challenger by what came true, and do what follows.",
    ),
    Command(
        "alerts",
        "Monitoring",
        "alerts:app",
        "Show, acknowledge or resolve alerts, and try the channels that tell of them.",
    ),
    Command(
        "dashboards",
        "People",
        "dashboards:dashboards",
        "Show experiments, drift and deployments in the browser, until Ctrl-C.",
    ),
    Command(
        "access", "People", "access:app", "Give people roles on the dashboards, list them, take roles away."
    ),
)


class LazyGroup(TyperGroup):
    """A group that imports a command's module when that command is called, and not before."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is Typer's
        """Return the commands' names, in the order of the help."""
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import and return one command; None when there is none of that name."""
        return next((command.load() for command in COMMANDS if command.name == cmd_name), None)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that `args` begin with, or name the nearest."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            raise UnknownNameError("command", args[0], names)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the commands under their headings, from the table alone."""
        width = max(len(command.name) for command in COMMANDS)
        for heading in dict.fromkeys(command.heading for command in COMMANDS):
            rows = [(c.name.ljust(width), c.purpose) for c in COMMANDS if c.heading == heading]
            with formatter.section(heading):
                formatter.write_dl(rows)
