"""What holds in every run, and law 3 on what was issued and used."""

import math
from collections import Counter, defaultdict

from simlab.metrics import METRICS
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from tests.helpers import scenario, strategy, watch

RUNS = 500


def runs(count=RUNS):
    for seed in range(count):
        yield seed, watch(scenario(seed), strategy(seed), seed)


def ends(credential, domain, as_issued):
    """Return when *domain* stops accepting *credential* at the latest: by expiry as issued, and by revocation [s]."""
    end = math.inf
    for hops, one in enumerate(credential.lineage()):
        revoked = (one.revoked or {}).get(domain, math.inf)
        heard = (
            revoked + hops * (one.cascade or {}).get(domain, 0.0) if credential.issued < revoked else revoked
        )
        end = min(end, as_issued.get(id(one), one.expires), heard)
    return end


def test_nothing_is_used_before_issue_after_expiry_or_after_revocation():
    """Every allowed request that presents a credential, by workers and intruders alike."""
    seen = Counter()
    for seed, watched in runs():
        known = watched.by_name
        as_issued = {id(credential): expires for credential, expires in known.values()}
        for event in watched.run.trace:
            if event.kind != "request" or not event.allowed or not event.credential:
                continue
            credential, expires = known[event.credential]
            assert credential.issued <= event.time, (seed, event)
            assert event.time < expires, (seed, event)
            # A revocation that the use itself sets off may come at the same instant, but after it.
            assert event.time <= ends(credential, event.domain, as_issued), (seed, event)
            seen[event.actor] += 1
            seen["derived"] += credential.parent is not None
            seen["revoked later"] += credential.revoked is not None
    assert seen["worker"] > 5000
    assert seen["intruder"] > 500
    assert seen["derived"] > 200
    assert seen["revoked later"] > 20


def test_no_credential_covers_what_it_was_allowed_for_unless_policy_says_so():
    """A worker's allowed request lies within the scope of what it presents (allow-all looks at nothing)."""
    for seed, watched in runs(200):
        known = watched.by_name
        for event in watched.run.trace:
            if event.kind == "request" and event.allowed and event.credential and event.policy != "allow-all":
                assert event.permission in known[event.credential][0].grant.scope, (seed, event)


def test_a_child_never_outlives_its_parent_and_never_has_more():
    """Every derived credential: expiry as issued, expiry in the end, revocation domain by domain, and scope."""
    children = 0
    for seed, watched in runs():
        as_issued = {id(credential): expires for credential, expires in watched.issued}
        for child, expires in watched.issued:
            parent = child.parent
            if parent is None or parent.key in watched.engine.plan.system.secrets:  # minted, not delegated
                continue
            children += 1
            assert expires <= as_issued[id(parent)], seed
            assert child.issued >= parent.issued, seed
            assert child.grant.scope <= parent.grant.scope, seed
            for domain in watched.engine.plan.domains:
                # What was spent dies alone: a parent for a single use leaves its child alive.
                end = (parent.revoked or {}).get(domain.name, math.inf) + (parent.cascade or {}).get(
                    domain.name, 0.0
                )
                assert child.dies(domain.name) <= min(parent.expires, end), seed
    assert children > 200


def test_every_credential_is_accounted_for():
    """Issued = expired + revoked + live at the horizon; no number is given twice; the tally agrees."""
    kinds = Counter()
    for seed, watched in runs():
        horizon, tally = watched.run.horizon, watched.run.tally
        assert tally.issued == len(watched.issued), seed
        serials = defaultdict(list)
        fates = Counter()
        for credential, _ in watched.issued:
            serials[credential.key].append(credential.serial)
            dead = credential.revoked is not None and min(credential.revoked.values()) < horizon
            fates["revoked" if dead else "expired" if credential.expires < horizon else "live"] += 1
        assert sum(fates.values()) == tally.issued
        secrets = (one for one in watched.engine.broker._secrets.values() if one.revoked is not None)
        dead_secrets = sum(min(one.revoked.values()) < horizon for one in secrets)
        assert fates["revoked"] + dead_secrets <= tally.revoked, seed
        for numbers in serials.values():
            assert len(set(numbers)) == len(numbers), seed
            assert min(numbers) >= 1, seed
        kinds += fates
    assert min(kinds["revoked"], kinds["expired"], kinds["live"]) > 50


def test_every_leak_is_dead_used_or_never_tried():
    """Leaked = dead at the first try + allowed at the first try + denied for another reason + never tried."""
    fates = Counter()
    for seed, watched in runs():
        leaked = {f"{one.key}#{one.serial}" for one, _ in watched.engine.leaked}
        tried = {}
        for event in watched.run.incident:
            if event.kind == "request" and not event.chain and event.credential in leaked:
                tried.setdefault(event.credential, event)
        for name in leaked:
            event = tried.get(name)
            if event is None:
                fates["never tried"] += 1
            elif event.reason in {"expired", "revoked"}:
                assert not event.allowed, seed
                fates["dead"] += 1
            else:
                fates["used" if event.allowed else "denied"] += 1
    assert min(fates[kind] for kind in ("never tried", "dead", "used", "denied")) > 3, fates


def test_time_never_goes_back_and_stays_before_the_horizon():
    """The rows as they are told, and the tries of the intruder as they were made."""
    for seed, watched in runs(200):
        assert all(0 <= time < watched.run.horizon for time in watched.engine.rows[::4]), seed
        tries = [event.time for event in watched.run.incident if event.kind in {"request", "gain"}]
        assert tries == sorted(tries), seed
        told = [event.time for event in watched.run.trace]
        assert told == sorted(told), seed
        assert all(0 <= time < watched.run.horizon for time in told), seed


def test_every_piece_of_work_is_finished_failed_or_under_way():
    """And each denial ends exactly one."""
    under_way = 0
    for seed, watched in runs(300):
        rows, tally = list(watched.run.trace), watched.run.tally
        count = Counter(event.kind for event in rows if event.actor == "worker")
        ended = [event for event in rows if event.kind == "finish"]
        assert count["arrive"] == tally.tasks == len(watched.work), seed
        assert sum(event.allowed for event in ended) == tally.finished == len(tally.delays), seed
        assert sum(not event.allowed for event in ended) == tally.failed == tally.denied, seed
        assert tally.failed == sum(
            not event.allowed for event in rows if event.kind == "request" and event.actor == "worker"
        )
        assert tally.finished + tally.failed <= tally.tasks, seed
        assert tally.requests <= count["request"], seed
        under_way += tally.tasks - tally.finished - tally.failed
        assert all(delay >= 0 for delay in tally.delays), seed
    assert under_way > 20


def test_littles_law_holds_on_every_path():
    """The area under the number of pieces of work under way is the sum of the times that they take."""
    for seed, watched in runs(100):
        starts, sojourns, steps = {}, [], []
        for event in watched.run.trace:
            if event.kind == "arrive":
                starts[event.task, event.serial] = event.time
                steps.append((event.time, 1))
            elif event.kind == "finish":
                sojourns.append(event.time - starts.pop((event.task, event.serial)))
                steps.append((event.time, -1))
        sojourns += [watched.run.horizon - start for start in starts.values()]
        area, number, last = 0.0, 0, 0.0
        for time, step in [*sorted(steps), (watched.run.horizon, 0)]:
            area, number, last = area + number * (time - last), number + step, time
        assert math.isclose(area, math.fsum(sojourns), rel_tol=1e-9, abs_tol=1e-6), seed


def test_what_the_intruder_has_was_allowed_or_added_up():
    """A denied request leaves no state: every fact has an allowed request, a gain or a strike behind it."""
    denied = 0
    for seed, watched in runs():
        allowed = {
            f"{event.action}:{event.resource}"
            for event in watched.run.incident
            if event.allowed and event.kind in {"request", "gain"}
        }
        for fact in watched.facts:
            if not fact.startswith(("steer:", "control:")):
                assert fact in allowed, (seed, fact)
        denied += sum(not event.allowed for event in watched.run.incident if event.kind == "request")
    assert denied > 500


def test_outcomes_of_tries_are_exclusive():
    """Allowed + denied = requests of the intruder; the blast radius lies between nothing and everything."""
    for seed, watched in runs(300):
        run = watched.run
        value = {name: metric.compute(run) for name, metric in METRICS.items()}
        tries = sum(event.kind == "request" for event in run.incident)
        assert (
            value["attacker_uses"] + value["attacker_denials"] == tries == watched.engine.intruder.tries.made
        ), seed
        assert 0 <= value["blast_radius"] <= len(run.resources), seed
        assert value["unseen_uses"] <= value["attacker_uses"], seed
        assert 0 <= value["time_to_goal"] <= run.horizon / 3600, seed
        assert 0 <= value["time_to_detect"] <= run.horizon / 3600, seed
        assert value["goal"] in {0.0, 1.0}, seed
        assert value["exposure_hours"] >= 0, seed
        assert value["granted_hours"] >= -1e-9, seed
        assert value["loss"] >= 0, seed
        assert 0 <= value["explicit_share"] <= 1, seed
        assert all(math.isfinite(number) for number in value.values()), seed


def test_equal_arguments_give_equal_runs():
    """Twice the same seed is twice the same trace; the incident does not depend on whether a trace is kept."""
    for seed in range(60):
        plan = Plan(scenario(seed), strategy(seed))
        one, other = watch(plan, seed=seed), watch(Plan(scenario(seed), strategy(seed)), seed=seed)
        assert list(one.run.trace) == list(other.run.trace)
        assert one.run.tally == other.run.tally
        plain = simulate(plan, seed)
        assert plain.trace is None
        assert plain.incident == one.run.incident
