"""What the words of a manifest mean, for a reader who has not seen the code."""

from __future__ import annotations

TIMING = {
    "clock": (
        "by the clock: whatever is held at that moment is exposed, also between tasks, when a just-in-time "
        "strategy holds nothing"
    ),
    "at-work": (
        "at work: the first time from then on that the victim does what exposes it, so that credentials are "
        "in use at that moment; no timing is harder on a just-in-time strategy"
    ),
    "per-issuance": (
        "per issuance: every credential that is issued may leak, so a strategy that issues more often gives "
        "more chances"
    ),
}
"""How the moment of a threat is chosen."""

REASONS = {
    "role": "the role allows it",
    "not-in-role": "no role allows it",
    "task-credential": "the credential of the task covers it",
    "outside-task": "the credential of the task does not cover it",
    "purpose": "the declared purpose needs it",
    "claimed-purpose": "the claimed purpose needs it",
    "not-for-purpose": "the declared purpose does not need it",
    "no-attested-task": "it belongs to no attested task",
    "chain-lost": "the chain to a principal is lost",
    "chain-too-long": "the chain of delegations is too long",
    "flow": "labelled data would have left the organisation: a flow that is not allowed",
    "used-role": "the role allows it, and work was seen to use it",
    "not-seen-in-use": "no role allows it, or no work was seen to use it",
    "attributes": "the attributes of agent and resource allow it",
    "above-ceiling": "the resource is more sensitive than the agent may touch",
    "no-clearance": "the agent has no clearance for the label of the resource",
    "other-team": "the resource belongs to another team",
    "exchanged": "the exchanged token covers it",
    "outside-exchange": "the exchanged token does not cover it",
    "off-purpose": "the declared purpose does not need it, and somebody was told",
    "redeclared": "the task declared that it needs it, too",
    "already-redeclared": "the task has already declared one need too many",
    "no-flow": "no labelled data would leave",
    "duties-separate": "it is not one of two duties that must be separate",
    "both-duties": "who may do the one duty may not do the other",
    "secret": "a secret that no strategy governs covers it",
    "outside-secret": "the secret does not cover it",
    "expired": "the credential had expired",
    "revoked": "the credential had been revoked",
    "used": "the credential was good for one request, and that was made",
    "not-holder": "the credential is of use only to its own workload",
    "no-credential": "nothing was held that could be presented",
    "needs-approval": "it is allowed if a person approves it",
    "below-threshold": "no person need be asked about it",
    "approved": "a person approved it",
    "approver-refused": "a person turned it down",
    "approval-expired": "nobody answered in time",
    "approvers-busy": "too many were waiting for an answer already",
    "no-approver": "there is nobody to ask",
    "break-glass": "a break-glass key covers it, and nobody is asked",
    "outside-break-glass": "the break-glass key does not cover it",
    "anything-goes": "everything is allowed",
    "nothing-goes": "nothing is allowed",
}
"""Reasons of decisions."""

LABELS = {
    "blast_radius": "blast radius",
    "goal": "P(goal)",
    "latency_p95": "latency added to a task, p95",
    "latency_p50": "latency added to a task, median",
    "denied": "benign requests denied",
    "flagged": "benign requests flagged",
    "tasks_failed": "tasks failed",
    "standing_hours": "standing privilege",
    "granted_hours": "privilege granted for tasks",
    "explicit_share": "decided request by request",
    "exfiltrated": "labelled resources carried out",
    "waved_through": "attacks that people approved",
    "glass_broken": "break-glass keys taken",
    "break_glass_hours": "privilege in break-glass keys",
    "approval_wait_mean": "wait for an approval, mean",
    "approval_wait_p95": "wait for an approval, p95",
    "approval_wait_urgent": "wait for an urgent approval, mean",
    "approvals_busy": "requests turned away by a full line",
    "approvals_expired": "requests that nobody answered in time",
    "soc_wait_mean": "wait of an alert for an analyst, mean",
    "unbroken_chain_share": "decided with the chain to a principal",
    "actions_after_end": "actions after their request had ended",
    "after_end_share": "actions after their request had ended, share",
    "used_share": "permissions used of those granted",
    "drift": "permissions that nobody has certified",
    "over_permissions": "permissions beyond roles",
    "stale_uses": "uses of rights already taken away",
    "chains_before_detection": "attack chains complete before detection",
    "undetected_chain_share": "attack chains complete before detection, share",
    "orphan_hours": "credentials that nobody answers for",
    "discovered_before": "incidents known before the attack was over",
}
"""Metrics as the reader is told of them; the others are their own names."""

LIMITS = (
    (
        "Reach is not exploitability. It says what the graph allows if every chance comes off, nothing "
        "expires and nobody looks; a leaked credential stands for what its own grant covers, a steered "
        "agent for what it can ask for."
    ),
    "A run has one attacker of one kind. Another may find what this one left alone.",
    "Numbers marked as assumed are guesses. Where an answer turns on one, vary it before you trust it.",
    "An interval covers the chance within the model, not the doubt about the model.",
    "Whether a policy is written correctly is not asked: decisions are taken as the scenario states them.",
)
"""What the page must not be taken for."""


COSTS = {
    "latency_p95": "{} added to a task at p95",
    "latency_p50": "{} added to a task at the median",
    "denied": "{} benign requests denied",
    "flagged": "{} benign requests flagged",
    "tasks_failed": "{} tasks failed",
}
"""Friction within a sentence; the other metrics follow their numbers."""

UNITLESS = frozenset({"denied", "flagged", "tasks_failed"})
"""Metrics whose words in :data:`COSTS` name the unit."""


def label(metric: str) -> str:
    """Return *metric* in words."""
    return LABELS.get(metric, metric.replace("_", " "))


def because(reason: str) -> str:
    """Return *reason* in words, with the code that the trace uses.

    Examples
    --------
    >>> because("expired"), because("four-eyes")
    ('the credential had expired [expired]', 'four-eyes')
    """
    return f"{REASONS[reason]} [{reason}]" if reason in REASONS else reason


def fact(text: str) -> str:
    """Return a fact in words.

    Examples
    --------
    >>> fact("steer:bot>helper"), fact("hold:key"), fact("read:repo")
    ('steers bot, which tasks helper', 'holds a credential of key', 'read:repo')
    """
    verb, _, name = text.partition(":")
    if verb == "steer":
        first, *rest = name.split(">")
        return ", which tasks ".join([f"steers {first}" if rest else f"steers a session of {first}", *rest])
    known = {
        "control": "controls the workload",
        "hold": "holds a credential of",
        "mint": "can have credentials issued in the name of",
        "exfiltrate": "has carried out the data of",
    }
    return f"{known[verb]} {name}" if verb in known else text
