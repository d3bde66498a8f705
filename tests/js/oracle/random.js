// Reproducible randomness: the same seed gives the same values on every machine.

export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A whole number of 32 bits (splitmix32). */
  bits() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /**
   * A whole number from 0 up to, not including, `limit`.
   *
   * @param {number} limit
   */
  below(limit) {
    return Math.floor((this.bits() / 0x100000000) * limit);
  }

  /** @param {number} probability */
  chance(probability) {
    return this.bits() / 0x100000000 < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} list
   */
  pick(list) {
    return list[this.below(list.length)];
  }

  /**
   * One of several makers, each listed as `[weight, make]`.
   *
   * @param {...[weight: number, make: () => any]} weighted
   */
  choose(...weighted) {
    let point = this.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of weighted) {
      point -= weight;
      if (point < 0) return make();
    }
    throw new RangeError('no maker has a weight');
  }

  /**
   * @template T
   * @param {number} max
   * @param {() => T} make
   */
  list(max, make) {
    return Array.from({ length: this.below(max + 1) }, make);
  }
}

/**
 * The seed of a run. Without `WIX_MEDIA_SEED`, a number or `random`, it is the day in UTC, such as 20261123: each day tries
 * other cases, and a run of the same day repeats them.
 */
export function chosenSeed(choice = process.env.WIX_MEDIA_SEED, now = new Date()) {
  if (choice === 'random') return Math.floor(Math.random() * 2 ** 31);
  return Number(choice || now.toISOString().slice(0, 10).replaceAll('-', ''));
}
