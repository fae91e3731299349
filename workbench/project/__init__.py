"""What `workbench.toml` declares: stages, pipelines, models, and where their state is kept."""

from workbench.project.config import (
    EnvironmentConfig,
    ModelConfig,
    PipelineConfig,
    ProjectConfig,
    PromotionConfig,
    RunnerConfig,
    StageConfig,
    StoresConfig,
)
from workbench.project.contract import ContractConfig
from workbench.project.layout import Layout
from workbench.project.load import load_project
from workbench.project.project import Project
from workbench.project.serving import ModelServingConfig, ServingConfig
from workbench.project.source import SourceConfig
from workbench.root import find_root

__all__ = [
    "ContractConfig",
    "EnvironmentConfig",
    "Layout",
    "ModelConfig",
    "ModelServingConfig",
    "PipelineConfig",
    "Project",
    "ProjectConfig",
    "PromotionConfig",
    "RunnerConfig",
    "ServingConfig",
    "SourceConfig",
    "StageConfig",
    "StoresConfig",
    "find_root",
    "load_project",
]
