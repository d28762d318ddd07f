# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first comparison
#
# Covers: loading a scenario, reach and its explanation, one run, a paired comparison, the plots, and a strategy
# written in a cell.
#
# Scenario: in 2026 the title of a stranger's issue made a triage bot run a command, the command filled a cache,
# and the nightly release restored it and published a package. Would other ways to give the bots authority
# have stopped that, and what would they have cost?
#
# It takes about five minutes to read and less than a minute to run.

# %%
# %matplotlib inline
import pandas as pd

import simlab

pd.set_option("display.max_colwidth", 90)
lab = simlab.load("../scenarios/cases/clinejection.yaml")
lab

# %% [markdown]
# The scenario says of itself what a reader must know, also how the threat is timed: timing can decide a ranking.

# %%
print(lab.scenario.notes)

# %% [markdown]
# ## Reach: what the graph allows
#
# No clock and no chance: everything that the foothold leads to, and one shortest explanation of each fact.

# %%
STRATEGIES = ["static-rbac", "jit", "intent"]
{name: sorted(lab.reach(name).resources) for name in STRATEGIES}

# %%
for step in lab.reach("jit").explain("publish:npm-package"):
    print(step)

# %% [markdown]
# A short-lived credential is in the middle of that way, and it is valid: nothing was stolen. Under `intent` the
# way ends at the shell, which triage has no need of. Reach is an upper bound, and not exploitability.

# %% [markdown]
# ## One run, row by row
#
# The same arrivals, work and chance under each strategy; the trace says who asked for what, and why not.

# %%
story = pd.DataFrame(lab.run("intent", seed=1).incident)
story = story[story["kind"] != "strike"]
story[["time", "kind", "agent", "task", "action", "resource", "credential", "allowed", "reason"]].head(8)

# %% [markdown]
# ## Sixty runs under each, pair by pair

# %%
results = simlab.compare(lab, STRATEGIES, reps=60, seed=1)
summary = results.summary()
summary[summary["metric"].isin(["blast_radius", "goal", "latency_p95", "tasks_failed"])]

# %%
shown = ["strategy", "difference", "low", "high", "n", "verdict", "warning"]
results.paired("blast_radius")[shown]

# %%
results.paired("tasks_failed")[shown]

# %% [markdown]
# Harm is never shown without friction. `jit` changes nothing here; `intent` stops the attack and also stops the
# triage jobs that try a command, because nobody declared that they would.
#
# A verdict may be "undecided"; a warning says where an interval cannot be trusted.

# %%
results.plot_paired().figure

# %%
results.plot_distribution("blast_radius").figure

# %%
results.plot_frontier(friction="tasks_failed").figure

# %% [markdown]
# ## A strategy in a cell
#
# A strategy is two pure functions: on what terms an agent holds authority, and whether a request is allowed. This
# one is static RBAC with one rule more: whoever acts for a stranger may read and comment, no more.

# %%
from dataclasses import dataclass

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True)
class ReadOnlyForStrangers:
    """Long-lived keys, but work that a stranger asked for may only read and comment (original)."""

    stranger: str = "anyone"
    harmless: frozenset[str] = frozenset({"read", "list", "get", "search", "comment"})

    name = "read-only-for-strangers"
    online = True  # a decision point is asked each time, and takes its time
    reasons = ("role", "not-in-role", "asked-for-by-a-stranger")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same key for every task)
        """Return a standing key for all that the roles allow."""
        return Grant(agent.entitlements, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return whether the key covers it, and whether a stranger may have it."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="not-in-role", policy=self.name)
        if request.principal == self.stranger and request.permission.action not in self.harmless:
            return Decision(allowed=False, reason="asked-for-by-a-stranger", policy=self.name)
        return Decision(allowed=True, reason="role", policy=self.name)


# %% [markdown]
# It is compared like any other; nothing in `simlab/` was touched.

# %%
mine = simlab.compare(lab, ["static-rbac", "intent", ReadOnlyForStrangers()], reps=60, seed=1)
mine.reach()

# %%
mine.plot_paired().figure

# %% [markdown]
# One rule about who asked does here what a declared purpose does, at about the same friction. Whether it would in
# another scenario is a question for the other files of `scenarios/cases/`.
#
# A study becomes a folder with a report, which opens without a network:
#
# ```python
# from pathlib import Path
# from simlab.experiment import save
# from simlab.report import write_report
#
# folder = Path("../studies/first")
# save(results, folder)
# write_report(folder)
# ```
