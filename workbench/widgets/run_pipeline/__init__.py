"""A pipeline, from the form of its parameters over the plan and the run to what became of it."""

from workbench.widgets.run_pipeline.widget import RunPipeline

__all__ = ["RunPipeline"]
