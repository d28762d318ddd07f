"""The system as a directed graph, to be drawn and to be asked with networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlab.model.system import System

if TYPE_CHECKING:
    import networkx as nx

    from simlab.graph.reach import Reach


def network(system: System) -> nx.DiGraph[str]:
    """Return principals, agents, resources and secrets, and what leads from one to the other.

    Nodes carry ``kind`` and, where they have one, ``domain``. Edges carry ``kind``: ``tasks``, ``delegates``
    (with its ``mode``), ``asks`` (with its ``actions``), ``holds``, ``steers`` or ``mints``.

    Examples
    --------
    >>> network(System()).number_of_nodes()
    0
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for agent in system.agents.values():
        graph.add_node(agent.name, kind="agent")
    for resource in system.resources.values():
        graph.add_node(resource.name, kind="resource", domain=resource.domain, label=resource.label)
    for flow in system.workflows.values():
        root = flow.tasks[0]
        if root.principal:
            graph.add_node(root.principal, kind="principal")
            graph.add_edge(root.principal, root.agent, kind="tasks")
    for edge in system.delegations:
        graph.add_edge(edge.caller, edge.callee, kind="delegates", mode=edge.mode)
    _add_permissions(graph, system)
    return graph


def _add_permissions(graph: nx.DiGraph[str], system: System) -> None:
    for agent in system.agents.values():
        for permission in agent.menu:
            known = graph.get_edge_data(agent.name, permission.resource, {"actions": ()})["actions"]
            graph.add_edge(agent.name, permission.resource, kind="asks", actions=(*known, permission.action))
    users = {agent.key or agent.name: agent.name for agent in system.agents.values()}
    for resource in system.resources.values():
        for key in resource.holds:
            holder = key if key in graph else users.get(key, key)
            if holder not in graph:
                graph.add_node(holder, kind="secret")
            graph.add_edge(resource.name, holder, kind="holds")
        for agent_name in resource.obeyed_by:
            graph.add_edge(resource.name, agent_name, kind="steers")
    _add_secrets(graph, system)


def _add_secrets(graph: nx.DiGraph[str], system: System) -> None:
    for secret_name, agents in system.forgers().items():
        for name in dict.fromkeys(agent for agent, _ in agents):
            graph.add_edge(secret_name, name, kind="mints")
    for secret in system.secrets.values():
        graph.add_node(secret.name, kind="secret")
        for permission in sorted(secret.scope):
            graph.add_edge(secret.name, permission.resource, kind="asks", actions=(permission.action,))


def path_edges(reach: Reach, fact: str) -> list[tuple[str, str]]:
    """Return the edges between things along one explanation of *fact*, nearest to the foothold first.

    Examples
    --------
    >>> from simlab.graph.reach import Reach
    >>> from simlab.model.attack import Foothold
    >>> path_edges(Reach(System(), "jit", Foothold(), {}), "read:x")
    []
    """
    edges = []
    for step in reach.explain(fact):
        target = step.fact.partition(":")[2].rpartition(">")[2].partition("@")[0]
        for need in step.needs:
            source = need.partition(":")[2].rpartition(">")[2].partition("@")[0]
            if source != target:
                edges.append((source, target))
    return list(dict.fromkeys(edges))
