"""Errors that say where, what, and the nearest right answer."""

from __future__ import annotations

from dataclasses import dataclass


class SimlabError(Exception):
    """Base of every error that simlab raises on purpose.

    Attributes
    ----------
    code
        Stable identifier such as ``E201``, or an empty string.
    exit_status
        What the command line ends with.
    """

    code = ""
    exit_status = 3


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in one input file.

    Examples
    --------
    >>> print(Problem("a.yaml", 3, 5, "E101", "unknown key 'agentz'", "did you mean 'agents'?"))
    a.yaml:3:5: E101 unknown key 'agentz' (did you mean 'agents'?)
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return ``FILE:LINE:COL: CODE message (hint)``."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}{hint}"


class InvalidInputError(SimlabError):
    """One or more problems found in a scenario, all of one pass together."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep *problems* in the order of the file."""
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownNameError(SimlabError):
    """A name that nothing in the scenario or the registry answers to."""

    code = "E201"


class ParameterError(SimlabError):
    """A component was given a parameter that it does not have or cannot take."""

    code = "E104"


class UsageError(SimlabError):
    """The command was called in a way that makes no sense."""

    exit_status = 2


class NoProgressError(SimlabError):
    """Simulated time stands still: too many events at one instant."""

    code = "E301"
    exit_status = 4


class BudgetError(SimlabError):
    """A run needs more events, paths or rules than its budget allows."""

    code = "E302"
    exit_status = 4


class StoreError(SimlabError):
    """A study folder cannot be read or written."""

    code = "E405"
    exit_status = 5


class NoScenarioError(StoreError):
    """A study does not hold the scenario that it was made of."""

    code = "E406"


class ChangedScenarioError(StoreError):
    """The scenario in a study is not the one that the study was made of."""

    code = "E407"


class ChangedRunError(StoreError):
    """A run that was made again is not the one that the study holds."""

    code = "E408"


class NotReachedError(UsageError):
    """What is to be explained did not happen in that run."""

    code = "E410"
