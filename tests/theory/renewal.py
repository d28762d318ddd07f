"""Formulas of random lives, bundles, chains and coupled streams, by file, metric, statistic and threshold."""

import math

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm


def moments(lives):
    """Return the first two moments of a life that is one of *lives*, each as likely."""
    return np.mean(lives), np.mean(np.square(lives))


def alive_under_random_life(median=0.5, sigma=1.5):
    """E[exp(-X)] for a lognormal X: alive at X, where the life is exponential with mean 1."""
    value, error = quad(
        lambda z: math.exp(-median * math.exp(sigma * z)) * norm.pdf(z), -12, 12, epsabs=1e-13, limit=400
    )
    assert error < 1e-11
    return value


def chain(m=30, p=0.7, q=0.05, holders=5):
    """Return what is exposed at least once, and summed over holders: each privilege is a chain of its own."""
    once = twice = 0.0
    reached = unexposed = 1.0  # the privilege got this far; and nobody before has exposed it
    for _ in range(holders):
        once += reached * unexposed * q
        twice += reached * q
        reached *= p
        unexposed *= 1 - q
    return m * once, m * twice


SHORT, LONG = moments([1.0] * 9 + [72.0])
BUNDLE = 0.9 * (1 - 0.8)

RENEWAL = {
    ("cf04-inspection-paradox", "exposure_hours", "mean", 0): LONG / (2 * SHORT),
    ("cf04-inspection-paradox", "leaked_lifetime", "mean", 0): LONG / SHORT,
    ("cf04-inspection-paradox", "leaked_lifetime", "share", 2): 0.1 * 72 / SHORT,
    ("cf04-uniform-lives", "exposure_hours", "mean", 0): (4 / 3) / 2,
    ("cf04-uniform-lives", "leaked_lifetime", "mean", 0): 4 / 3,
    ("cf05-first-use-random-life", "valid_at_first_use", "mean", 0): alive_under_random_life(),
    ("cf12-attenuated-chain", "weighted_blast_radius", "mean", 0): chain()[0],
    ("cf12-attenuated-chain", "executed", "mean", 0): chain()[1],
    ("cf12-delegated-chain", "weighted_blast_radius", "mean", 0): sum(
        size * (1 - 0.5**holders) for size, holders in zip((9, 6, 5, 3, 7), range(1, 6), strict=True)
    ),
    ("cf12-own-rights", "weighted_blast_radius", "mean", 0): 23 * (1 - 0.5**4) + 7 * (1 - 0.5**5),
    ("cf12-bearer-chain", "weighted_blast_radius", "mean", 0): 30 * (1 - 0.95**5),
    ("cf14-bundles", "credentials_lost", "mean", 0): 1 / (1 - BUNDLE),
    ("cf14-bundles", "credentials_lost", "variance", 0): BUNDLE / (1 - BUNDLE) ** 3,
    ("cf14-bundles", "credentials_lost", "share", 3): 1 - math.exp(-BUNDLE) - BUNDLE * math.exp(-2 * BUNDLE),
    ("cf14-bundles", "second_order_credentials", "mean", 0): 1 / (1 - BUNDLE) - 1,
    ("cf14-bundles-of-static-keys", "credentials_lost", "mean", 0): 20 / (1 - 0.9),
    ("cf48-one-hour", "exposure_hours", "mean", 0): 1 / 2,
    ("cf48-one-hour", "exposure_hours", "variance", 0): 1 / 12,
    ("cf48-two-hours", "exposure_hours", "mean", 0): 1.0,
    ("cf48-two-hours", "exposure_hours", "variance", 0): 2**2 / 12,
}

RENEWAL_LOOSER = {
    ("cf12-attenuated-chain", "weighted_blast_radius", "mean", 0): 0.02,
    ("cf12-attenuated-chain", "executed", "mean", 0): 0.02,
    ("cf12-bearer-chain", "weighted_blast_radius", "mean", 0): 0.01,
    ("cf14-bundles", "credentials_lost", "variance", 0): 0.035,
    ("cf14-bundles", "credentials_lost", "share", 3): 0.03,
    ("cf14-bundles", "second_order_credentials", "mean", 0): 0.016,
    ("cf14-bundles-of-static-keys", "credentials_lost", "mean", 0): 0.015,
    ("cf04-inspection-paradox", "exposure_hours", "mean", 0): 0.0051,
    ("cf05-first-use-random-life", "valid_at_first_use", "mean", 0): 0.0051,
}
"""What happens seldom, and what has a heavy tail: more precision would take minutes."""
