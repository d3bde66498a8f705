// Changing the place: opens one, closes the one before, and switches the page over.
//
// A place is chosen by a person or by an address. If it cannot be opened, the page says so and stays with it: another place
// would show other files, as if those of this one were gone. Only a page that nobody has chosen a place for looks for one:
// the server, if it has a Media Manager, or else the browser.
/** @import { Credentials, Place, PlaceKind, ServerKind } from '../place/place.js' */
import { Calls } from '../model/calls.js';
import { askServerKey, askSite } from '../parts/dialogs/connect.js';
import { connectAgain, noServer, notOpened, opening, openElsewhere } from '../parts/stage/messages.js';
import { isLocked, whenClosed } from '../place/browser.js';
import { askServer, isPlaceKind, openPlace } from '../place/place.js';
import { say } from '../text/language.js';
import { findAll } from '../ui/dom.js';
import { prefer, preferred } from './preferences.js';

/** Milliseconds between two looks for a server that does not answer. */
const RETRY_DELAY = 3000;

/**
 * @typedef {object} PlacesHandlers
 * @property {() => Place | undefined} leave Takes the page off the place, which is returned.
 * @property {(place: Place) => Promise<void>} enter Shows a place that was opened.
 * @property {(kind: PlaceKind) => void} go Goes to the address of a place that a person chose.
 * @property {(content: Node) => void} showMessage
 * @property {(calls: Calls) => void} record Shows the calls in the inspector.
 * @property {(text: string) => void} complain
 */

export class Places {
  #handlers;
  #inputs = findAll('[name=place]', HTMLInputElement);
  /** The place that is open, that opens, or that cannot be opened. @type {PlaceKind | undefined} */
  #kind;
  /** In the memory of the page only, for Back and Forward. @type {Map<PlaceKind, Credentials>} */
  #credentials = new Map();
  /** What the server is, while the page goes to it. @type {ServerKind | undefined} */
  #found;
  /** Counts the openings, so that a slow one does not replace a later one. */
  #opening = 0;
  /** Ends the wait for another tab. */
  #waiting = new AbortController();

  /** @param {PlacesHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    for (const input of this.#inputs) {
      input.addEventListener('change', () => isPlaceKind(input.value) && this.#choose(input.value));
    }
  }

  get kind() {
    return this.#kind;
  }

  /**
   * Opens the first place: that of the address, or the one that was chosen last.
   *
   * @param {PlaceKind | undefined} inAddress
   */
  async start(inAddress) {
    const chosenLast = preferred('place');
    const wanted = inAddress ?? (isPlaceKind(chosenLast) ? chosenLast : undefined);
    if (wanted && wanted !== 'server') {
      await Promise.all([this.open(wanted), this.#askServer()]);
      return;
    }
    this.#handlers.showMessage(opening());
    const turn = this.#opening;
    const server = await this.#askServer();
    if (turn !== this.#opening) return;
    // Without an answer, the last one counts.
    const isPlain = server === 'other' || (server === 'silent' && preferred('hasManager') === false);
    if (!wanted && isPlain) await this.open('browser');
    else await this.open('server', server);
  }

  /** Asks what the server is, and marks the choice of it. */
  async #askServer() {
    const server = await askServer();
    if (server !== 'silent') prefer('hasManager', server === 'manager');
    const label = this.#inputs.find(({ value }) => value === 'server')?.closest('label');
    label?.classList.toggle('absent', server === 'other');
    return server;
  }

  /**
   * Opens a place.
   *
   * @param {PlaceKind} kind
   * @param {ServerKind} [known] What the server is, if that was asked a moment ago.
   */
  async open(kind, known) {
    const { leave, enter, showMessage } = this.#handlers;
    this.#opening += 1;
    const turn = this.#opening;
    this.#waiting.abort();
    this.#kind = kind;
    this.#check(kind);
    const before = leave();
    showMessage(opening());
    before?.close();
    const credentials = this.#credentials.get(kind);
    if (kind === 'site' && !credentials) {
      showMessage(connectAgain({ connect: () => this.#choose('site'), workInBrowser: () => this.#choose('browser') }));
      return;
    }
    const server = kind === 'server' ? (known ?? this.#found ?? (await this.#askServer())) : 'manager';
    if (turn !== this.#opening) return;
    if (server !== 'manager') {
      this.#waitForServer(server, turn);
      return;
    }
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
    return askServerKey((credentials) => {
      this.#credentials.set('server', credentials);
      return this.open('server');
    });
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
    if (isLocked(error)) {
      this.#handlers.showMessage(openElsewhere(retry));
      this.#waitForTab(kind);
      return;
    }
    reportError(error);
    this.#handlers.showMessage(notOpened(kind, error, retry));
  }

  /**
   * Opens the place as soon as the other tab is closed.
   *
   * @param {PlaceKind} kind
   */
  #waitForTab(kind) {
    const turn = this.#opening;
    this.#waiting = new AbortController();
    whenClosed(this.#waiting.signal).then(
      () => (turn === this.#opening ? this.open(kind) : undefined),
      () => {},
    );
  }

  /**
   * Says that there is no Media Manager at the server, and opens the place as soon as there is one.
   *
   * @param {ServerKind} server
   * @param {number} turn
   */
  #waitForServer(server, turn) {
    this.#handlers.showMessage(noServer(server, { retry: () => this.open('server'), workInBrowser: () => this.#choose('browser') }));
    const look = async () => {
      if (turn !== this.#opening) return;
      const found = document.hidden ? server : await this.#askServer();
      if (turn !== this.#opening) return;
      if (found === 'manager') await this.open('server', found);
      else setTimeout(look, RETRY_DELAY);
    };
    setTimeout(look, RETRY_DELAY);
  }

  /**
   * Goes to a place that a person chose, and remembers the choice.
   *
   * @param {PlaceKind} kind
   */
  async #choose(kind) {
    const { complain, go } = this.#handlers;
    const turn = this.#opening;
    if (kind === 'site') {
      const isDone = await askSite(async (credentials) => {
        await this.#tryOut(credentials);
        this.#credentials.set('site', credentials);
        return true;
      });
      if (!isDone) {
        this.#check(this.#kind);
        return;
      }
    } else if (kind === this.#kind) return;
    else if (kind === 'server') {
      const server = await this.#askServer();
      if (turn !== this.#opening) return;
      if (server !== 'manager') {
        this.#check(this.#kind);
        complain(
          server === 'silent'
            ? say`The server of this page does not answer. Start it again, or check your connection.`
            : say`This page came from a plain web server. Start one with a Media Manager: npx wix-media serve`,
        );
        return;
      }
      this.#found = server;
    }
    prefer('place', kind);
    const before = this.#kind;
    go(kind);
    this.#found = undefined;
    // With other credentials, or after a failure, the place of the address opens once more.
    if (kind === before) await this.open(kind);
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
    const about = { title: say`Test the connection`, names: ['files'], source };
    await calls.run(about, ({ files }, options) => files.listFiles({ paging: { limit: 1 } }, options));
  }
}
