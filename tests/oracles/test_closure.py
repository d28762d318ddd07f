"""L11: the closure of Horn rules, against the naive one, and its algebra, on 3,000 random rule sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simlab.graph.fixpoint import START, Compact, closure
from simlab.model.composition import Rulebook
from tests.helpers import LAW, Dice

SETS = 3000
NUMBERS = np.int32


def rules(seed, *, most=3):
    """Return random rules over up to twelve facts: pairs of needs and gives."""
    dice = Dice("rules", seed)
    facts = [f"f{number}" for number in range(dice.whole(2, 12))]
    return facts, [
        (
            tuple(dice.one(facts) for _ in range(dice.whole(1, most))),
            tuple(dice.one(facts) for _ in range(dice.whole(1, 2))),
        )
        for _ in range(dice.whole(1, 18))
    ]


def book_of(facts, body):
    book = Rulebook()
    for fact in facts:
        book.fact(fact)
    for number, (needs, gives) in enumerate(body):
        book.add(f"rule {number}", needs, gives)
    return book


def naive(body, start):
    known, before = set(start), None
    while known != before:
        before = set(known)
        for needs, gives in body:
            if set(needs) <= known:
                known |= set(gives)
    return known


def close(book, start):
    return {book.names[fact] for fact in closure(book, [book.fact(name) for name in start])}


def test_the_closure_is_the_naive_one():
    """Three thousand rule sets with AND."""
    beyond = 0
    for seed in range(SETS):
        facts, body = rules(seed)
        start = Dice("start", seed).some(facts, 0.3)
        found = close(book_of(facts, body), start)
        assert found == naive(body, start)
        beyond += len(found) > len(start)
    assert beyond > SETS / 4


def test_arrays_and_dictionaries_give_the_same_closure():
    """Compact == closure: the same facts, and the same order of rounds up to the rules that give them."""
    for seed in range(SETS):
        facts, body = rules(seed)
        book = book_of(facts, body)
        start = [book.fact(name) for name in Dice("start", seed).some(facts, 0.3)]
        slow = closure(book, start)
        order, by = Compact.of(book).closure(np.array(start, NUMBERS))
        assert set(order.tolist()) == set(slow)
        assert [
            fact for fact, rule in zip(order.tolist(), by.tolist(), strict=True) if rule == START
        ] == start
        for fact, rule in zip(order.tolist(), by.tolist(), strict=True):
            assert rule == START or fact in book.rules[rule].gives
        assert order.tolist() == list(slow)
        assert by.tolist() == list(slow.values())


def test_the_closure_is_idempotent_and_monotone():
    """L11: closing twice adds nothing; a larger start closes to no less."""
    grew = 0
    for seed in range(SETS):
        facts, body = rules(seed)
        book, dice = book_of(facts, body), Dice("start", seed)
        small = dice.some(facts, 0.2)
        large = sorted({*small, *dice.some(facts, 0.2)})
        once = close(book, small)
        assert set(small) <= once
        assert close(book, sorted(once)) == once
        assert once <= close(book, large)
        grew += once < close(book, large)
    assert grew > SETS / 10


def test_with_or_rules_the_closure_of_a_union_is_the_union():
    """L11: where each rule needs one fact; with AND it is only a part, and the rest is what composition adds."""
    composed = 0
    for seed in range(SETS):
        for most in (1, 3):
            facts, body = rules(seed, most=most)
            book, dice = book_of(facts, body), Dice("union", seed)
            one, other = dice.some(facts, 0.25), dice.some(facts, 0.25)
            apart = close(book, one) | close(book, other)
            together = close(book, sorted({*one, *other}))
            if most == 1:
                assert together == apart
            else:
                assert apart <= together
                composed += apart < together
    assert composed > 100


def test_the_first_rule_that_gives_a_fact_gives_it_in_the_fewest_rounds():
    """Breadth first: the number of rounds behind each fact is the least."""
    for seed in range(500):
        facts, body = rules(seed)
        book = book_of(facts, body)
        start = [book.fact(name) for name in Dice("start", seed).some(facts, 0.3)]
        rounds, now, least = {}, set(start), dict.fromkeys(start, 0)
        for number in range(1, len(facts) + 1):
            new = {fact for rule in book.rules if set(rule.needs) <= now for fact in rule.gives} - now
            least |= dict.fromkeys(new, number)
            now |= new
        for fact, rule in closure(book, start).items():
            rounds[fact] = 0 if rule == START else 1 + max(rounds[need] for need in book.rules[rule].needs)
        assert rounds == least


@LAW
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_rules_never_close_to_less(seed, other):
    """Monotone in the rules, too."""
    facts, body = rules(seed)
    _, more = rules(other)
    more = [rule for rule in more if {fact for side in rule for fact in side} <= set(facts)]
    start = Dice("start", seed).some(facts, 0.3)
    assert close(book_of(facts, body), start) <= close(book_of(facts, [*body, *more]), start)


def test_a_rule_without_needs_holds_from_the_beginning():
    """An axiom, as an import may bring one; nothing has to be known for it."""
    book = Rulebook()
    book.add("axiom", (), ("a",))
    book.add("next", ("a",), ("b",))
    assert closure(book, []) == {0: 0, 1: 1}


def test_a_need_named_twice_counts_once():
    """needs: [a, a] is needs: [a]."""
    book = Rulebook()
    book.add("twice", ("a", "a"), ("b",))
    assert book.counts() == [1]
    assert close(book, ["a"]) == {"a", "b"}
