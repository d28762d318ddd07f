"""A trace in, a number out: one file each, registered here in the order of the results' columns."""

from __future__ import annotations

from simlab.metrics.amplification import Amplification
from simlab.metrics.attacker_denials import AttackerDenials
from simlab.metrics.attacker_uses import AttackerUses
from simlab.metrics.blast_radius import BlastRadius
from simlab.metrics.changed import Changed
from simlab.metrics.credentials_issued import CredentialsIssued
from simlab.metrics.decision_latency import DecisionLatency
from simlab.metrics.decision_wait import DecisionWait
from simlab.metrics.decisions import Decisions
from simlab.metrics.denied import Denied
from simlab.metrics.executed import Executed
from simlab.metrics.exfiltrated import Exfiltrated
from simlab.metrics.explicit_share import ExplicitShare
from simlab.metrics.exposure_hours import ExposureHours
from simlab.metrics.failed_open import FailedOpen
from simlab.metrics.goal import Goal
from simlab.metrics.granted_hours import GrantedHours
from simlab.metrics.latency_p50 import LatencyP50
from simlab.metrics.latency_p95 import LatencyP95
from simlab.metrics.loss import Loss
from simlab.metrics.open_decisions import OpenDecisions
from simlab.metrics.retry_wait import RetryWait
from simlab.metrics.standing_hours import StandingHours
from simlab.metrics.tasks_failed import TasksFailed
from simlab.metrics.time_to_detect import TimeToDetect
from simlab.metrics.time_to_goal import TimeToGoal
from simlab.metrics.undecided import Undecided
from simlab.metrics.unseen_uses import UnseenUses
from simlab.metrics.valid_at_first_use import ValidAtFirstUse
from simlab.metrics.weighted_blast_radius import WeightedBlastRadius
from simlab.model.events import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        BlastRadius(),
        WeightedBlastRadius(),
        Changed(),
        Executed(),
        Exfiltrated(),
        Goal(),
        TimeToGoal(),
        Amplification(),
        ValidAtFirstUse(),
        AttackerUses(),
        AttackerDenials(),
        UnseenUses(),
        FailedOpen(),
        TimeToDetect(),
        ExposureHours(),
        Loss(),
        LatencyP50(),
        LatencyP95(),
        Denied(),
        TasksFailed(),
        CredentialsIssued(),
        Decisions(),
        DecisionWait(),
        DecisionLatency(),
        OpenDecisions(),
        Undecided(),
        RetryWait(),
        StandingHours(),
        GrantedHours(),
        ExplicitShare(),
    )
}
"""Every metric of a study; ``blast_radius`` first."""
