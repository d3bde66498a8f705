// Changes in other tabs of the same place.

export class OtherTabs {
  #channel = new BroadcastChannel('wix-media page');

  /** @param {(placeKey: string) => void} onChange */
  constructor(onChange) {
    this.#channel.addEventListener('message', ({ data }) => onChange(String(data)));
  }

  /**
   * Tells the other tabs that something changed.
   *
   * @param {string} placeKey
   */
  announce(placeKey) {
    this.#channel.postMessage(placeKey);
  }
}
