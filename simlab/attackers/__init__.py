"""What the attacker tries next: one file each, registered here."""

from __future__ import annotations

from simlab.attackers.goal_seeker import GoalSeeker
from simlab.attackers.opportunist import Opportunist
from simlab.attackers.passive import Passive
from simlab.attackers.scripted import Scripted
from simlab.model.attack import Attacker

ATTACKERS: dict[str, type[Attacker]] = {
    "passive": Passive,
    "opportunist": Opportunist,
    "goal-seeker": GoalSeeker,
    "scripted": Scripted,
}
"""Every kind of attacker that a scenario can name."""
