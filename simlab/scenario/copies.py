"""Fleets: one entry with ``copies: N`` stands for N entries that differ by a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simlab.errors import InvalidInputError, Problem
from simlab.scenario.places import Finding, Path, Tree

SECTIONS = ("agents", "resources", "tools", "workflows", "secrets", "principals")
LIST = "compositions"
"""A section that is a list; its entries say their names themselves."""
MOST_COPIES, MOST_NODES = 10_000, 200_000


def expand(tree: Tree, problems: list[Problem]) -> Tree:
    """Return *tree* with every copied entry written out; each part keeps the place of its original.

    An entry whose ``copies`` is no number is left to the schema, which says so.

    Raises
    ------
    InvalidInputError
        If the copies come to more than a program should hold.
    """
    counts = _counts(tree, problems)
    return _Writer(tree, counts, problems).tree() if counts else tree


Counts = dict[tuple[str, str | int], int]
"""How often each entry is copied, by section and name, or place in a list."""


def _entries(tree: Tree) -> Iterator[tuple[str, str | int, str, Any]]:
    """Yield section, key, name and value of each entry that may have copies."""
    for section in SECTIONS:
        entries = tree.data.get(section)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            yield section, name, name, entry
    rules = tree.data.get(LIST)
    for index, rule in enumerate(rules) if isinstance(rules, list) else ():
        yield LIST, index, str(rule.get("name")) if isinstance(rule, dict) else "", rule


def _counts(tree: Tree, problems: list[Problem]) -> Counts:
    counts: Counts = {}
    for section, key, name, entry in _entries(tree):
        copies = entry.get("copies") if isinstance(entry, dict) else None
        if type(copies) is not int or not 1 <= copies <= MOST_COPIES:
            continue
        if "#" not in name:
            text = f"'{name}' has copies, but its name has no #"
            finding = Finding((section, key), "E112", text, f"write '{name}-#'", at_key=True)
            problems.append(tree.problem(finding))
            continue
        counts[section, key] = copies
    return counts


class _Writer:
    """Writes the copies, and notes for each where its original stands."""

    def __init__(self, old: Tree, counts: Counts, problems: list[Problem]) -> None:
        self.old, self.counts, self.problems = old, counts, problems
        self.fleets = {name: copies for (_, name), copies in counts.items() if isinstance(name, str)}
        self.new = Tree({}, {(): old.places[()]})

    def tree(self) -> Tree:
        """Return the tree with all copies."""
        for section, value in self.old.data.items():
            if section in SECTIONS and isinstance(value, dict):
                self.new.data[section] = self._section(section, value)
            elif section == LIST and isinstance(value, list):
                self.new.data[section] = self._rules(value)
            else:
                self.new.data[section] = self._write(value, (section,), (section,), "")
        return self.new

    def _rules(self, rules: list[Any]) -> list[Any]:
        self._note((LIST,), (LIST,))
        made: list[Any] = []
        for index, rule in enumerate(rules):
            copies = self.counts.get((LIST, index))
            rest = {k: v for k, v in rule.items() if k != "copies"} if copies else rule
            for number in range(1, copies + 1) if copies else [""]:
                made.append(self._write(rest, (LIST, len(made)), (LIST, index), str(number)))
        return made

    def _section(self, section: str, entries: dict[str, Any]) -> dict[str, Any]:
        self._note((section,), (section,))
        made: dict[str, Any] = {}
        for name, entry in entries.items():
            copies = self.counts.get((section, name))
            if copies is None:
                self._add(made, section, name, name, entry, "")
                continue
            rest = {key: value for key, value in entry.items() if key != "copies"}
            for number in range(1, copies + 1):
                self._add(made, section, name, name.replace("#", str(number)), rest, str(number))
        return made

    def _add(self, made: dict[str, Any], section: str, old: str, new: str, entry: Any, number: str) -> None:
        if new in made:
            finding = Finding((section, old), "E111", f"duplicate name '{new}'", "", at_key=True)
            self.problems.append(self.old.problem(finding))
        made[new] = self._write(entry, (section, new), (section, old), number)

    def _note(self, new: Path, old: Path) -> None:
        if old in self.old.places:
            self.new.places[new] = self.old.places[old]
        if len(self.new.places) > MOST_NODES:
            text = f"the copies stand for more than {MOST_NODES} nodes"
            raise InvalidInputError([*self.problems, self.old.problem(Finding(old, "E009", text))])

    def _write(self, value: Any, new: Path, old: Path, number: str) -> Any:
        """Return *value* with the sign replaced by *number*, or each fleet's name by its members."""
        self._note(new, old)
        if isinstance(value, dict):
            return {k: self._write(v, (*new, k), (*old, k), number) for k, v in value.items()}
        if isinstance(value, list):
            return self._list(value, new, old, number)
        return value.replace("#", number) if number and isinstance(value, str) else value

    def _list(self, items: list[Any], new: Path, old: Path, number: str) -> list[Any]:
        made: list[Any] = []
        for index, item in enumerate(items):
            for member in [item] if number else self._members(item):
                made.append(self._write(member, (*new, len(made)), (*old, index), number))
        return made

    def _members(self, item: Any) -> list[Any]:
        if not isinstance(item, str) or "#" not in item:
            return [item]
        name = item if item in self.fleets else item.partition(":")[2]
        copies = self.fleets.get(name)
        return [item.replace("#", str(n)) for n in range(1, copies + 1)] if copies else [item]
