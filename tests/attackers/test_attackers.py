"""Attackers: what each chooses from what it is shown."""

from simlab.attackers import GoalSeeker, Opportunist, Passive, Scripted
from simlab.model.access import Permission
from simlab.model.attack import Move, View
from simlab.model.chance import Fixed, LogNormal

P = Permission.parse
A, B, C, D = (
    Move(P(text), via)
    for text, via in (
        ("read:a", "hold:k"),
        ("read:b", "hold:k"),
        ("write:c", "steer:x"),
        ("read:a", "steer:x"),
    )
)
ALL = (A, B, D, C)


def view(moves=ALL, tries=0, distance=(), facts=()):
    return View(tuple(moves), frozenset(facts), tries, dict(distance))


def table(**chances):
    """Return chance by the name of what it is for: a move, or a choice."""
    wanted = {str(A): 0.0, str(B): 0.0, str(C): 0.0, str(D): 0.0} | chances
    return wanted.__getitem__


# --- opportunist ------------------------------------------------------------------------------------


def test_an_opportunist_tries_by_a_priority_of_its_own():
    """The least number first, whatever the order in which they are shown."""
    chance = table(**{str(A): 0.7, str(B): 0.2, str(C): 0.9, str(D): 0.4})
    assert Opportunist().next_move(view(), chance) == B
    assert Opportunist().next_move(view(ALL[::-1]), chance) == B
    assert Opportunist().next_move(view((A, C, D)), chance) == D


def test_an_opportunist_with_nothing_to_try_waits():
    """With and without revisits."""
    assert Opportunist().next_move(view(()), table()) is None
    assert Opportunist(revisits=True).next_move(view(()), table()) is None


def test_an_opportunist_that_revisits_picks_any_one_each_time():
    """The number of the try names the choice: 0.5 of four is the third."""
    chance = table(**{"choice 0": 0.0, "choice 1": 0.5, "choice 2": 0.999})
    one = Opportunist(revisits=True)
    assert [one.next_move(view(tries=tries), chance) for tries in range(3)] == [A, D, C]


def test_a_person_takes_a_quarter_of_an_hour_for_a_try():
    """The default pace: median 14 minutes; the mean is longer because a few take long."""
    assert Opportunist().pace.quantile(0.5) == 840.0
    assert 28 < Opportunist().pace.mean() / 60 < 30
    assert (Opportunist().hands, Opportunist().goal) == (1, "")


# --- goal-seeker ------------------------------------------------------------------------------------


def test_a_goal_seeker_tries_what_leads_to_the_goal_in_the_fewest_steps():
    """C is one step away, A and D two; what leads nowhere is left alone."""
    distance = {C.permission: 1, A.permission: 2}
    seeker = GoalSeeker("deploy:prod")
    assert seeker.next_move(view(distance=distance), table()) == C
    chance = table(**{str(A): 0.9, str(D): 0.1})
    assert seeker.next_move(view((A, B, D), distance=distance), chance) == D
    assert seeker.next_move(view((B,), distance=distance), table()) is None


def test_a_goal_seeker_stops_at_the_goal():
    """It has what it wanted."""
    distance = {A.permission: 0}
    assert GoalSeeker("read:a").next_move(view(distance=distance, facts=["read:a"]), table()) is None


def test_an_ai_takes_eight_minutes_for_a_try():
    """And never does again what it has done."""
    seeker = GoalSeeker("read:a")
    assert seeker.pace == LogNormal(480.0, 0.5)
    assert seeker.revisits is False


# --- scripted ---------------------------------------------------------------------------------------


def test_a_script_is_followed_line_by_line():
    """By the first way that is shown."""
    script = Scripted(("read:b", "read:a"))
    assert script.next_move(view(tries=0), table()) == B
    assert script.next_move(view(tries=1), table()) == A
    assert script.next_move(view((D, A), tries=1), table()) == D
    assert script.next_move(view(tries=2), table()) is None


def test_a_script_waits_where_no_way_is_open():
    """Until one is."""
    assert Scripted(("deploy:prod",)).next_move(view(), table()) is None


def test_a_script_may_begin_again():
    """The fifth try of two lines is the first line."""
    script = Scripted(("read:b", "read:a"), repeat=True)
    assert script.next_move(view(tries=4), table()) == B
    assert script.pace == Fixed(600.0)


def test_an_empty_script_does_nothing():
    """With and without repeating."""
    assert Scripted(()).next_move(view(), table()) is None
    assert Scripted((), repeat=True).next_move(view(), table()) is None


# --- passive ----------------------------------------------------------------------------------------


def test_the_passive_one_does_nothing():
    """Whatever it is shown."""
    assert Passive("read:a").next_move(view(), table()) is None
    assert Passive("read:a").goal == "read:a"
