"""numpy's half of scripts/numpy_comparison: the same crash, the same results, and how long it takes.

Plain numpy as one writes it for a study: whole arrays, no loops over accounts, doubles. Two of each: one that shares each
loss when it comes, which is what the ratios are of, and one that knows as our books do that at one price ranks don't change
and that parts of what is left telescope.
"""

import sys
import time

import numpy as np

RUNS = 3
ATOMS_PER_CENT = 10_000


def pool_each(contracts, entry, prices, losses):
    paid = np.zeros_like(contracts)
    for price, at_price in zip(prices, losses):
        gain = np.maximum((entry - price) * contracts - paid, 0.0)
        for loss in at_price:
            charge = gain * (loss / gain.sum())
            gain -= charge
            paid += charge
    return paid


def pool_at_once(contracts, entry, prices, losses):
    paid = np.zeros_like(contracts)
    for price, at_price in zip(prices, losses):
        gain = np.maximum((entry - price) * contracts - paid, 0.0)
        paid += gain * (at_price.sum() / gain.sum())
    return paid


def scores(contracts, entry, collateral, price):
    gain = np.maximum((entry - price) * contracts, 0.0)
    notional = contracts * price
    score = np.zeros_like(gain)
    has = gain > 0
    score[has] = gain[has] / (notional[has] + gain[has]) * (notional[has] / (collateral[has] + gain[has]))
    return gain, score


def queue_each(contracts, entry, collateral, prices, losses):
    contracts = contracts.copy()
    paid = np.zeros_like(contracts)
    for price, at_price in zip(prices, losses):
        gain, score = scores(contracts, entry, collateral, price)
        for loss in at_price:
            order = np.argsort(-score)
            reached = np.searchsorted(np.cumsum(gain[order]), loss) + 1 if loss else 0
            take = order[:reached]
            paid[take] += gain[take]
            contracts[take] = gain[take] = score[take] = 0
    return paid


def queue_at_once(contracts, entry, collateral, prices, losses):
    contracts = contracts.copy()
    paid = np.zeros_like(contracts)
    for price, at_price in zip(prices, losses):
        gain, score = scores(contracts, entry, collateral, price)
        order = np.argsort(-score)
        running = np.cumsum(gain[order])
        reached = 0
        for loss in at_price:
            if loss:
                before = running[reached - 1] if reached else 0.0
                reached = np.searchsorted(running, before + loss) + 1
        take = order[:reached]
        paid[take] += gain[take]
        contracts[take] = 0
    return paid


def best(run):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def main(folder):
    def read(name):
        return np.fromfile(f"{folder}/{name}", dtype="<u8").astype(np.float64)

    contracts, entry, collateral = (np.ascontiguousarray(column) for column in read("positions").reshape(-1, 3).T)
    prices = read("prices")
    losses = read("losses").reshape(len(prices), -1)
    times = [float(word) for word in open(f"{folder}/times", encoding="ascii").read().split()]
    build = {"pool": times[0], "queue": times[2]}
    ours = {"pool": times[1], "queue": times[3]}

    print(f"{len(contracts):,} accounts, {len(prices)} prices, {losses.shape[1]} losses at each; numpy {np.__version__}")
    print(f"{'':36} {'numpy':>10} {'ours':>10} {'ratio':>8}  largest difference")
    agree = True
    for name, book, run in (
        ("pro rata, each loss when it comes", "pool", lambda: pool_each(contracts, entry, prices, losses)),
        ("queue, each loss when it comes", "queue", lambda: queue_each(contracts, entry, collateral, prices, losses)),
        ("pro rata, once a price", "pool", lambda: pool_at_once(contracts, entry, prices, losses)),
        ("queue, once a price", "queue", lambda: queue_at_once(contracts, entry, collateral, prices, losses)),
    ):
        seconds, paid = best(run)
        difference = np.abs(paid - read(book)).max()
        agree = agree and difference <= ATOMS_PER_CENT
        ratio = seconds / ours[book]
        print(f"{name:36} {seconds * 1e3:>7.1f} ms {ours[book] * 1e3:>7.2f} ms {ratio:>7.1f}x  {difference:.3g} atoms")
    if not agree:
        sys.exit("the results differ by more than a cent")
    print("All results agree to a cent in every account. Both sides start with their data in memory, ours as a book, and end")
    print("with what each account paid. Building our book, once before the first price, is not in the times: it takes")
    print(f"{build['pool'] * 1e3:.1f} ms for pro rata (accounts are sorted) and {build['queue'] * 1e3:.1f} ms for the queue.")


if __name__ == "__main__":
    main(sys.argv[1])
