// Short messages at the edge of the window, some with a button that undoes what they report.
import { say } from '../text/language.js';
import { element, icon } from './element.js';
import { keepFocus } from './focus.js';

/** Milliseconds for which a message stays. */
const SHORT_TIMEOUT = 5000;
/** The same for errors and for messages with a button. */
const LONG_TIMEOUT = 12_000;
/** Messages shown at the same time. */
const MAX_MESSAGES = 3;

export class Toasts {
  #holder;
  #home;
  /** @type {Map<Element, ReturnType<typeof setTimeout>>} */
  #timers = new Map();

  /** @param {HTMLElement} holder */
  constructor(holder) {
    this.#holder = holder;
    this.#home = holder.parentElement ?? document.body;
    // Browsers without this event show a message that is there already behind the dialog.
    const place = (/** @type {Event} */ { target }) => target instanceof HTMLDialogElement && this.#place();
    document.addEventListener('toggle', place, { capture: true });
  }

  /** Puts the messages into the dialog that is open, because everything outside of it is inert and behind its backdrop. */
  #place() {
    const dialog = [...document.querySelectorAll('dialog:modal')].at(-1);
    const wanted = dialog ?? this.#home;
    if (this.#holder.parentElement === wanted) return;
    dialog?.addEventListener('close', () => this.#place(), { once: true });
    wanted.append(this.#holder);
  }

  /**
   * Shows a message. Returns the function that closes it.
   *
   * @param {string} text
   * @param {{ action?: { label: string, act: () => unknown }, isBad?: boolean }} [options]
   */
  say(text, { action, isBad = false } = {}) {
    /** @returns {void} */
    const close = () => this.#remove(toast);
    const actButton =
      action &&
      element(
        'button',
        {
          type: 'button',
          class: 'quiet',
          click: async () => {
            close();
            await action.act();
          },
        },
        action.label,
      );
    const toast = element(
      'div',
      { class: isBad ? 'toast bad' : 'toast' },
      icon(isBad ? 'alert' : 'done'),
      element('p', { dir: 'auto' }, text),
      actButton,
      element('button', { type: 'button', class: 'bare', 'aria-label': say`Dismiss`, click: close }, icon('close')),
    );
    for (const old of this.#holder.querySelectorAll('.toast')) if (this.#holder.children.length >= MAX_MESSAGES) this.#remove(old);
    this.#place();
    this.#holder.append(toast);
    const wait = () => this.#timers.set(toast, setTimeout(close, action || isBad ? LONG_TIMEOUT : SHORT_TIMEOUT));
    const hold = () => clearTimeout(this.#timers.get(toast));
    // A message must not vanish while someone reads it or reaches for its button.
    toast.addEventListener('pointerenter', hold);
    toast.addEventListener('pointerleave', wait);
    toast.addEventListener('focusin', hold);
    toast.addEventListener('focusout', wait);
    wait();
    return close;
  }

  /** @param {Element} toast */
  #remove(toast) {
    clearTimeout(this.#timers.get(toast));
    this.#timers.delete(toast);
    keepFocus(this.#holder, () => toast.remove());
  }
}
