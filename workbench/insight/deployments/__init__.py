"""Deployments: what serves and how it does, versions and their evidence, decisions, what people may do."""

from workbench.insight.deployments.actions import (
    approve,
    promote,
    propose,
    reject,
    remove_shadow,
    roll_back,
    set_traffic,
    withdraw,
)
from workbench.insight.deployments.calls import Answered, Calls, Failed, Moment
from workbench.insight.deployments.cards import card_page
from workbench.insight.deployments.challenge import ACTIONS, VERDICTS, Challenge, Look, challenges
from workbench.insight.deployments.checklist import GateShown, gates
from workbench.insight.deployments.consequences import (
    approve_consequence,
    promote_consequence,
    propose_consequence,
    reject_consequence,
    remove_shadow_consequence,
    roll_back_consequence,
    set_traffic_consequence,
    withdraw_consequence,
)
from workbench.insight.deployments.contributions import Contribution, Explained
from workbench.insight.deployments.counted import ServiceShown, live_service
from workbench.insight.deployments.history import KINDS, Decision, past
from workbench.insight.deployments.logged import SPANS, LoggedCalls, logged_calls
from workbench.insight.deployments.measures import Measure
from workbench.insight.deployments.mirrored import mlflow_trouble
from workbench.insight.deployments.predictions import PredictionTrace, trace_prediction
from workbench.insight.deployments.serving import (
    POLICIES,
    SHADOW,
    Arm,
    Deployment,
    Waiting,
    deployment,
    model_names,
)
from workbench.insight.deployments.versions import VersionBrief, VersionShown, version_shown, versions

__all__ = [
    "ACTIONS",
    "KINDS",
    "POLICIES",
    "SHADOW",
    "SPANS",
    "VERDICTS",
    "Answered",
    "Arm",
    "Calls",
    "Challenge",
    "Contribution",
    "Decision",
    "Deployment",
    "Explained",
    "Failed",
    "GateShown",
    "LoggedCalls",
    "Look",
    "Measure",
    "Moment",
    "PredictionTrace",
    "ServiceShown",
    "VersionBrief",
    "VersionShown",
    "Waiting",
    "approve",
    "approve_consequence",
    "card_page",
    "challenges",
    "deployment",
    "gates",
    "live_service",
    "logged_calls",
    "mlflow_trouble",
    "model_names",
    "past",
    "promote",
    "promote_consequence",
    "propose",
    "propose_consequence",
    "reject",
    "reject_consequence",
    "remove_shadow",
    "remove_shadow_consequence",
    "roll_back",
    "roll_back_consequence",
    "set_traffic",
    "set_traffic_consequence",
    "trace_prediction",
    "version_shown",
    "versions",
    "withdraw",
    "withdraw_consequence",
]
