"""A trace in, a number out: one file each, registered here in the order of the results' columns."""

from __future__ import annotations

from simlab.metrics.actions_after_end import ActionsAfterEnd
from simlab.metrics.after_end_share import AfterEndShare
from simlab.metrics.amplification import Amplification
from simlab.metrics.approval_wait_mean import ApprovalWaitMean
from simlab.metrics.approval_wait_p95 import ApprovalWaitP95
from simlab.metrics.approval_wait_urgent import ApprovalWaitUrgent
from simlab.metrics.approvals import Approvals
from simlab.metrics.approvals_busy import ApprovalsBusy
from simlab.metrics.approvals_expired import ApprovalsExpired
from simlab.metrics.approvals_per_hour import ApprovalsPerHour
from simlab.metrics.attacker_denials import AttackerDenials
from simlab.metrics.attacker_uses import AttackerUses
from simlab.metrics.blast_radius import BlastRadius
from simlab.metrics.break_glass_hours import BreakGlassHours
from simlab.metrics.chains_before_detection import ChainsBeforeDetection
from simlab.metrics.changed import Changed
from simlab.metrics.credentials_issued import CredentialsIssued
from simlab.metrics.credentials_lost import CredentialsLost
from simlab.metrics.decision_latency import DecisionLatency
from simlab.metrics.decision_wait import DecisionWait
from simlab.metrics.decisions import Decisions
from simlab.metrics.denied import Denied
from simlab.metrics.discovered_before import DiscoveredBefore
from simlab.metrics.drift import Drift
from simlab.metrics.executed import Executed
from simlab.metrics.exfiltrated import Exfiltrated
from simlab.metrics.explicit_share import ExplicitShare
from simlab.metrics.exposure_hours import ExposureHours
from simlab.metrics.failed_open import FailedOpen
from simlab.metrics.false_alarms import FalseAlarms
from simlab.metrics.flagged import Flagged
from simlab.metrics.glass_broken import GlassBroken
from simlab.metrics.goal import Goal
from simlab.metrics.granted_hours import GrantedHours
from simlab.metrics.latency_p50 import LatencyP50
from simlab.metrics.latency_p95 import LatencyP95
from simlab.metrics.leaked_lifetime import LeakedLifetime
from simlab.metrics.loss import Loss
from simlab.metrics.open_decisions import OpenDecisions
from simlab.metrics.orphan_hours import OrphanHours
from simlab.metrics.over_permissions import OverPermissions
from simlab.metrics.retry_wait import RetryWait
from simlab.metrics.second_order_credentials import SecondOrderCredentials
from simlab.metrics.soc_wait_mean import SocWaitMean
from simlab.metrics.stale_uses import StaleUses
from simlab.metrics.standing_hours import StandingHours
from simlab.metrics.tasks import Tasks
from simlab.metrics.tasks_failed import TasksFailed
from simlab.metrics.time_to_detect import TimeToDetect
from simlab.metrics.time_to_goal import TimeToGoal
from simlab.metrics.unbroken_chain_share import UnbrokenChainShare
from simlab.metrics.undecided import Undecided
from simlab.metrics.undetected_chain_share import UndetectedChainShare
from simlab.metrics.unseen_uses import UnseenUses
from simlab.metrics.used_share import UsedShare
from simlab.metrics.valid_at_first_use import ValidAtFirstUse
from simlab.metrics.waved_through import WavedThrough
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
        CredentialsLost(),
        SecondOrderCredentials(),
        LeakedLifetime(),
        Loss(),
        LatencyP50(),
        LatencyP95(),
        Denied(),
        Flagged(),
        FalseAlarms(),
        Tasks(),
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
        Approvals(),
        ApprovalsPerHour(),
        ApprovalWaitMean(),
        ApprovalWaitP95(),
        ApprovalWaitUrgent(),
        ApprovalsBusy(),
        ApprovalsExpired(),
        GlassBroken(),
        BreakGlassHours(),
        WavedThrough(),
        SocWaitMean(),
        UnbrokenChainShare(),
        ActionsAfterEnd(),
        AfterEndShare(),
        UsedShare(),
        Drift(),
        OverPermissions(),
        StaleUses(),
        ChainsBeforeDetection(),
        UndetectedChainShare(),
        OrphanHours(),
        DiscoveredBefore(),
    )
}
"""Every metric of a study; ``blast_radius`` first."""
