// Short messages at the edge of the page, some with a way to undo what they tell of.
import { element, icon } from './element.js';

/** How long a message stays, and one that can be acted upon. */
const SHORT = 5000;
const LONG = 12_000;

export class Toasts {
  #holder;
  #timers = new Map();

  constructor(holder) {
    this.#holder = holder;
  }

  /** Says something. `action` is `{ label, act }`. */
  say(text, { action, isBad = false } = {}) {
    const close = () => this.#remove(toast);
    const act = async () => {
      close();
      await action.act();
    };
    const toast = element(
      'div',
      { class: isBad ? 'toast bad' : 'toast' },
      icon(isBad ? 'alert' : 'done'),
      element('p', { dir: 'auto' }, text),
      action ? element('button', { type: 'button', class: 'quiet', click: act }, action.label) : undefined,
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Dismiss', click: close }, icon('close')),
    );
    // One message of what can be undone is enough.
    for (const old of this.#holder.querySelectorAll('.toast')) if (this.#holder.children.length > 2) this.#remove(old);
    this.#holder.append(toast);
    const wait = () => this.#timers.set(toast, setTimeout(close, action || isBad ? LONG : SHORT));
    // Nobody should lose a message while reading it or reaching for its button.
    toast.addEventListener('pointerenter', () => clearTimeout(this.#timers.get(toast)));
    toast.addEventListener('pointerleave', wait);
    toast.addEventListener('focusin', () => clearTimeout(this.#timers.get(toast)));
    toast.addEventListener('focusout', wait);
    wait();
    return close;
  }

  #remove(toast) {
    clearTimeout(this.#timers.get(toast));
    this.#timers.delete(toast);
    toast.remove();
  }
}
