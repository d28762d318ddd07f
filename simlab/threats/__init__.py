"""What goes wrong, and the foothold it hands the attacker: one file each, registered here."""

from __future__ import annotations

from simlab.model.attack import ThreatEvent
from simlab.threats.compromised_tool import CompromisedTool
from simlab.threats.key_leak import KeyLeak
from simlab.threats.nothing import Nothing
from simlab.threats.prompt_injection import PromptInjection
from simlab.threats.stolen_session import StolenSession

THREATS: dict[str, type[ThreatEvent]] = {
    "nothing": Nothing,
    "key-leak": KeyLeak,
    "prompt-injection": PromptInjection,
    "compromised-tool": CompromisedTool,
    "stolen-session": StolenSession,
}
"""Every kind of threat that a scenario can name."""
