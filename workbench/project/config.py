"""The keys of `workbench.toml`, strictly typed; no other key is accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.project.access import AccessConfig
from workbench.project.automation import AlertConfig, ChannelConfig, ScheduleConfig, TriggerConfig
from workbench.project.contract import ContractConfig
from workbench.project.field import (
    Cron,
    Delay,
    File,
    Inputs,
    Module,
    Name,
    Names,
    Notebook,
    PositiveDuration,
    Sentences,
    Size,
    Text,
)
from workbench.project.monitoring import ChallengeConfig, MonitoringConfig
from workbench.project.rehearsal import RehearsalConfig
from workbench.project.serving import ModelServingConfig, ServingConfig
from workbench.project.source import SourceConfig
from workbench.project.table import NamedTable, Table


class AboutConfig(Table):
    """`[project]`: what the project is called, and the seed of everything random in it."""

    name: Name
    description: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class StoresConfig(Table):
    """`[stores]`: where state is kept; local paths and SQLite URLs are relative to the project.

    Attributes:
        allow_pickle: whether models may be pickled. Loading a pickle runs whatever its author put there.
    """

    ledger: Text = "sqlite:///.workbench/ledger.db"
    tracking: Text = "sqlite:///.workbench/mlflow.db"
    data: Text = ".workbench/data"
    artifacts: Text = ".workbench/mlartifacts"
    allow_pickle: bool = False


class RunnerConfig(Table):
    """`[runner]`: how attempts are supervised.

    Attributes:
        heartbeat: one heartbeat; a kernel that misses two is frozen.
        parallel: attempts that may run at once; as many as there are cores when left out.
        cpus: cores that all attempts together may use; the machine's when left out.
        memory: bytes that all attempts together may use; four fifths of the machine's when left out.
        save_every: the least time between two saves of the running notebook.
        output_limit: bytes of output kept for each cell.
        html: whether an executed notebook is kept as HTML too.
        warm: whether kernels are forked from a server that has the usual imports loaded.
    """

    heartbeat: PositiveDuration = timedelta(seconds=5)
    parallel: Annotated[int, Field(ge=1)] | None = None
    cpus: Annotated[int, Field(ge=1)] | None = None
    memory: Size | None = None
    save_every: Delay = timedelta(seconds=2)
    output_limit: Size = 10**6
    html: bool = True
    warm: bool = True


class KernelsConfig(Table):
    """`[kernels]`: the fork server that warm kernels come from.

    Attributes:
        usual: whether it loads what notebooks usually import (pandas, scikit-learn, MLflow …).
        preload: modules that it loads besides; none of the project's own.
        idle: how long it stays when nobody uses it.
        memory: how large it may grow before it is renewed.
    """

    usual: bool = True
    preload: Annotated[tuple[Module, ...], Field(strict=False)] = ()
    idle: PositiveDuration = timedelta(minutes=15)
    memory: Size = 2 * 10**9


class EnvironmentConfig(Table):
    """`[environment]`: the files that declare the environment; left out, those usual ones that exist."""

    files: Annotated[tuple[Text, ...], Field(strict=False)] = ()


class SmokeConfig(Table):
    """`[stages.NAME] smoke`: what makes the stage cheap for `workbench check --smoke`.

    Attributes:
        rows: the most that it reads of each table, evenly spread and in their order.
        whole: inputs that are read whole all the same, such as a register that others point into.
        parameters: values in place of the stage's own.
    """

    rows: Annotated[int, Field(ge=1)] = 10_000
    whole: Inputs = ()
    parameters: dict[str, Any] = Field(default_factory=dict)


class StageConfig(NamedTable):
    """`[stages.NAME]`: a parameterized notebook with named inputs and outputs.

    Attributes:
        files: what it reads besides its inputs, files and folders that no stage writes; their content counts.
        smoke: what makes it cheap to check.
    """

    notebook: Notebook
    inputs: Inputs = ()
    outputs: Names = ()
    files: Annotated[tuple[File, ...], Field(strict=False)] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    retries: Annotated[int, Field(ge=0)] = 0
    retry_delay: Delay = timedelta(seconds=1)
    timeout: PositiveDuration = timedelta(hours=1)
    cpus: Annotated[int, Field(ge=1)] | None = None
    memory: Size | None = None
    gpu: Annotated[int, Field(ge=0)] = 0
    description: str = ""
    smoke: SmokeConfig = SmokeConfig()


class PipelineConfig(NamedTable):
    """`[pipelines.NAME]`: stages, ordered by what they read and write."""

    stages: Annotated[Names, Field(min_length=1)]
    schedule: Cron | None = None
    default: bool = False


class PromotionConfig(Table):
    """How a candidate becomes champion; without a word in the project, one person must approve."""

    policy: Literal["automatic", "one-approval", "four-eyes"] = "one-approval"


class ModelConfig(NamedTable):
    """`[models.NAME]`: what is predicted, how it is judged, and who may promote it.

    Attributes:
        trained_by: the stage whose commit registers a version.
        trusted: full names of the project's own classes and functions that its models may hold.
        interactive: whether a version that came of a person's session, not of a runner, may be promoted.
        gates: one table for each gate, checked by the gate of that name, or of its key `kind`.
        description, intended_use, limits: what its card says of it; one text or several.
    """

    task: Literal["binary", "multiclass", "regression"]
    target: Text
    metric: Text
    trained_by: Name
    entity: Text | None = None
    sensitive: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    trusted: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    promotion: PromotionConfig = PromotionConfig()
    interactive: Literal["refuse", "allow"] = "refuse"
    gates: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    description: str = ""
    intended_use: Sentences = ()
    limits: Sentences = ()
    serving: ModelServingConfig = ModelServingConfig()
    monitoring: MonitoringConfig = MonitoringConfig()
    challenge: ChallengeConfig | None = None


class ProjectConfig(Table):
    """The whole of `workbench.toml`."""

    project: AboutConfig
    stores: StoresConfig = StoresConfig()
    runner: RunnerConfig = RunnerConfig()
    kernels: KernelsConfig = KernelsConfig()
    environment: EnvironmentConfig = EnvironmentConfig()
    serving: ServingConfig = ServingConfig()
    sources: dict[Name, SourceConfig] = Field(default_factory=dict)
    contracts: dict[Name, ContractConfig] = Field(default_factory=dict)
    stages: dict[Name, StageConfig] = Field(default_factory=dict)
    pipelines: dict[Name, PipelineConfig] = Field(default_factory=dict)
    models: dict[Name, ModelConfig] = Field(default_factory=dict)
    schedules: dict[Name, ScheduleConfig] = Field(default_factory=dict)
    triggers: dict[Name, TriggerConfig] = Field(default_factory=dict)
    rehearsal: RehearsalConfig | None = None
    alerts: dict[Name, AlertConfig] = Field(default_factory=dict)
    channels: dict[Name, ChannelConfig] = Field(default_factory=dict)
    access: AccessConfig = AccessConfig()

    def model_post_init(self, _context: Any) -> None:
        """Tell each named table its name."""
        declared = (self.sources, self.contracts, self.stages, self.pipelines, self.models)
        for tables in (*declared, self.schedules, self.triggers, self.alerts, self.channels):
            for name, table in tables.items():
                table._name = name
