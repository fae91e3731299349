"""A project: its folder, its configuration, and what follows from both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbench.errors import ConfigurationError, UnknownNameError, UsageError
from workbench.project import graph
from workbench.project.config import ModelConfig, PipelineConfig, ProjectConfig, StageConfig
from workbench.project.layout import Layout


@dataclass(frozen=True)
class Project:
    """A folder with a valid `workbench.toml`.

    Attributes:
        root: the folder, absolute.
        config: what the file says.
    """

    root: Path
    config: ProjectConfig

    @property
    def name(self) -> str:
        """The project's name."""
        return self.config.project.name

    @cached_property
    def layout(self) -> Layout:
        """Where the project keeps what."""
        return Layout(self.root, self.config.stores)

    def stage(self, name: str) -> StageConfig:
        """Return a stage.

        Raises:
            UnknownNameError: no stage has that name.
        """
        if name not in self.config.stages:
            raise UnknownNameError("stage", name, self.config.stages)
        return self.config.stages[name]

    def pipeline(self, name: str | None = None) -> PipelineConfig:
        """Return a pipeline; without a name the default one, or the only one.

        Raises:
            UnknownNameError: no pipeline has that name.
            UsageError: no name was given, and it is not plain which pipeline is meant.
        """
        known = self.config.pipelines
        if name is not None:
            if name not in known:
                raise UnknownNameError("pipeline", name, known)
            return known[name]
        if not known:
            raise ConfigurationError(
                f"{self.root / 'workbench.toml'} declares no pipeline.",
                hint="Add one: [pipelines.NAME] with stages = [...].",
                file=str(self.root / "workbench.toml"),
                key="pipelines",
            )
        chosen = [p for p in known.values() if p.default] or list(known.values())
        if len(chosen) > 1:
            raise UsageError(
                f"Which pipeline is meant? The project has {len(known)}: {', '.join(known)}.",
                hint="Name one, or mark one with default = true in workbench.toml.",
            )
        return chosen[0]

    def model(self, name: str) -> ModelConfig:
        """Return what is declared for a model.

        Raises:
            UnknownNameError: no model has that name.
        """
        if name not in self.config.models:
            raise UnknownNameError("model", name, self.config.models)
        return self.config.models[name]

    def order(self, pipeline: str | None = None) -> tuple[str, ...]:
        """Return a pipeline's stages, each after those it reads from; otherwise in declared order."""
        return graph.order(self.config.stages, self.pipeline(pipeline).stages)

    def producer(self, output: str) -> str | None:
        """Return the stage that writes an output, None if none does."""
        return self._producers.get(output)

    def upstream(self, stage: str, within: Iterable[str]) -> tuple[str, ...]:
        """Return the stages whose outputs a stage reads directly, of those within."""
        self.stage(stage)
        return graph.upstream(self.config.stages, stage, within)

    @cached_property
    def _producers(self) -> dict[str, str]:
        return {output: names[0] for output, names in graph.writers(self.config.stages).items()}
