// Changing the place: opens one, closes the one before, and switches the page over.
/** @import { Credentials, Place, PlaceKind } from '../place/place.js' */
import { Calls } from '../model/calls.js';
import { askServerKey, askSite } from '../parts/dialogs/connect.js';
import { notOpened, opening, openElsewhere } from '../parts/stage/messages.js';
import { openPlace, serverAnswers } from '../place/place.js';
import { findAll } from '../ui/dom.js';

/**
 * @typedef {object} PlacesHandlers
 * @property {() => PlaceKind | undefined} current The kind of the place that is open.
 * @property {(kind: PlaceKind) => Place | undefined} leave Takes the page off the place, which is returned.
 * @property {(place: Place) => Promise<void>} enter Shows a place that was opened.
 * @property {(content: Node) => void} showMessage
 * @property {(calls: Calls) => void} record Shows the calls in the inspector.
 * @property {(text: string) => void} complain
 */

export class Places {
  #handlers;
  #inputs = findAll('[name=place]', HTMLInputElement);
  /** Counts the openings, so that a slow one does not replace a later one. */
  #opening = 0;

  /** @param {PlacesHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    for (const input of this.#inputs) input.addEventListener('change', () => this.#choose(kindNamed(input.value)));
  }

  /**
   * Opens a place.
   *
   * @param {PlaceKind} kind
   * @param {Credentials} [credentials]
   */
  async open(kind, credentials) {
    const { leave, enter, showMessage } = this.#handlers;
    this.#opening += 1;
    const turn = this.#opening;
    this.#check(kind);
    const before = leave(kind);
    showMessage(opening());
    before?.close();
    let place;
    try {
      place = await openPlace(kind, credentials);
    } catch (error) {
      if (turn === this.#opening) this.#fail(kind, error);
      return;
    }
    if (turn === this.#opening) await enter(place);
    else place.close();
  }

  /** Asks for the key of the server, and opens it again. */
  enterServerKey() {
    return askServerKey((credentials) => this.open('server', credentials));
  }

  /** Marks the server as one without a Media Manager. */
  markServerAbsent() {
    this.#inputs.find(({ value }) => value === 'server')?.closest('label')?.classList.add('absent');
  }

  /** @param {PlaceKind | undefined} kind */
  #check(kind) {
    for (const input of this.#inputs) input.checked = input.value === kind;
  }

  /**
   * @param {PlaceKind} kind
   * @param {unknown} error
   */
  #fail(kind, error) {
    const retry = () => this.open(kind);
    if (error instanceof Error && 'code' in error && error.code === 'LOCKED') {
      this.#handlers.showMessage(openElsewhere(retry));
      return;
    }
    reportError(error);
    this.#handlers.showMessage(notOpened(kind, error, retry));
  }

  /** @param {PlaceKind} kind */
  async #choose(kind) {
    const { current, complain } = this.#handlers;
    const before = current();
    if (kind === 'site') {
      const isDone = await askSite(async (credentials) => {
        await this.#tryOut(credentials);
        this.open('site', credentials);
      });
      if (!isDone) this.#check(before);
    } else if (kind === 'server' && !(await serverAnswers())) {
      this.#check(before);
      complain('This page came from a plain web server. Start one with a Media Manager: npx wix-media serve');
    } else if (before !== kind) await this.open(kind);
  }

  /**
   * Makes the smallest call with new credentials, so that a wrong key is reported in the dialog.
   *
   * @param {Credentials} credentials
   */
  async #tryOut(credentials) {
    const calls = new Calls(await openPlace('site', credentials));
    this.#handlers.record(calls);
    const source = 'await files.listFiles({ paging: { limit: 1 } });';
    const about = { title: 'Test the connection', names: ['files'], source };
    await calls.run(about, ({ files }, options) => files.listFiles({ paging: { limit: 1 } }, options));
  }
}

/**
 * @param {string} name
 * @returns {PlaceKind}
 */
const kindNamed = (name) => (name === 'site' || name === 'server' ? name : 'browser');
