// Shows how much is stored, and offers to keep or download it. The same answer contains the version of the server. If it changes
// while a tab is open, the tab still runs the page of the old version, so it offers to reload.
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { State } from './state.js' */
import { soon } from '../model/soon.js';
import { UsageMeter } from '../parts/sidebar/usage.js';
import { say } from '../text/language.js';
import { reasonOf } from '../ui/error-report.js';
import { saveBlob } from '../ui/save.js';

/** Milliseconds between a change and the request, because a job makes many changes. */
const ASK_DELAY = 300;

export class StorageMeter {
  #state;
  #toasts;
  #meter = new UsageMeter({ keep: () => this.#keep(), download: () => this.#download() });
  /** The version of the server when this page first asked. @type {string | undefined} */
  #version;
  #isOutdated = false;
  #ask = soon(() => this.#show(), ASK_DELAY);

  /**
   * @param {State} state
   * @param {Toasts} toasts
   */
  constructor(state, toasts) {
    this.#state = state;
    this.#toasts = toasts;
  }

  /** Begins, when the page shows a place. */
  start() {
    const { session } = this.#state;
    if (!session) return;
    session.trashSize.counted.listen((bytes) => session === this.#state.session && this.#meter.showTrash(bytes));
    this.#show();
    if (session.place.kind === 'browser') session.trashSize.refresh();
  }

  /** Asks again, soon after a change. */
  refresh() {
    this.#ask();
    const { session } = this.#state;
    // Other places may be slow to list their trash, and do not run out of room.
    if (session?.place.kind === 'browser') session.trashSize.refresh();
  }

  clear() {
    this.#meter.clear();
  }

  async #show() {
    const { session } = this.#state;
    if (!session) return;
    const found = await this.#meter.show(session.place, () => session.trashSize.bytes);
    if (session.place.kind === 'server') this.#compare(found?.version);
  }

  /**
   * Offers to reload the page once its server has another version.
   *
   * @param {string | undefined} version
   */
  #compare(version) {
    if (!version || this.#isOutdated) return;
    this.#version ??= version;
    if (version === this.#version) return;
    this.#isOutdated = true;
    this.#toasts.say(say`The server has another version of this page.`, { action: { label: say`Reload`, act: () => location.reload() } });
  }

  async #keep() {
    const isKept = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    this.#toasts.say(isKept ? say`The browser keeps the files.` : say`The browser did not agree. Download a copy of everything instead.`, { isBad: !isKept });
    this.#show();
  }

  async #download() {
    const { place } = this.#state.session ?? {};
    const close = this.#toasts.say(say`Preparing the download…`);
    try {
      const archive = await place?.backup?.();
      const day = new Date().toISOString().slice(0, 10);
      if (archive) saveBlob(archive, `wix-media ${day}.zip`);
    } catch (error) {
      this.#toasts.say(say`Not downloaded: ${reasonOf(error, place)}`, { isBad: true });
    } finally {
      close();
    }
  }
}
