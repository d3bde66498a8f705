// The panel that teaches the API: what the page did as JavaScript, the HTTP requests that it sent, and the result.
/** @import { Activity, WaitStep } from '../../model/activity.js' */
import { javascript } from '../../text/code.js';
import { plural, say } from '../../text/language.js';
import { duration } from '../../text/words.js';
import { codeBlock } from '../../ui/code-block.js';
import { element } from '../../ui/element.js';
import { errorFields } from '../../ui/error-report.js';
import { arrange } from '../../ui/rows.js';
import { exchange } from './exchange.js';

/** Activities kept in the history. */
const MAX_ACTIVITIES = 30;
/** Milliseconds between two drawings while the tab is hidden, which gets no animation frames. */
const HIDDEN_DELAY = 100;

/** @typedef {{ look: string, element: HTMLElement }} Part An element, and what tells whether it would look different now. */

const STATES = { running: say`running`, done: say`done`, failed: say`failed`, cancelled: say`cancelled` };

export class CallInspector extends HTMLElement {
  /** The activities in the history, with their buttons. @type {Map<Activity<unknown>, { button: HTMLElement, state: HTMLElement, row: HTMLElement }>} */
  #history = new Map();
  /** @type {Activity<unknown> | undefined} */
  #shown;
  #stopListening = () => {};
  #body = element('div', { class: 'inspector-body' });
  #list = element('ol', { class: 'earlier' });
  #earlier = element('div', { hidden: true }, element('h3', {}, say`History`), this.#list);
  /** What is drawn of the activity. What has not changed stays, with what is open or selected in it. @type {Map<unknown, Part>} */
  #parts = new Map();
  #isPlanned = false;

  connectedCallback() {
    if (this.#body.isConnected) return;
    this.#body.append(
      element(
        'p',
        { class: 'inspector-empty' },
        say`Everything on this page is a call of wix-media. Do something, and see here how it looks in your own code, which request it sends, and what comes back.`,
      ),
    );
    this.append(this.#body, this.#earlier);
  }

  /**
   * Adds an activity to the history, and shows it unless it is a quiet one.
   *
   * @param {Activity<unknown>} activity
   */
  add(activity) {
    const state = element('span', { class: 'earlier-state' });
    const button = element(
      'button',
      { type: 'button', click: () => this.#show(activity) },
      element('span', { class: 'earlier-title', dir: 'auto' }, activity.title),
      state,
    );
    const row = element('li', {}, button);
    this.#history.set(activity, { button, state, row });
    this.#list.prepend(row);
    if (this.#history.size > MAX_ACTIVITIES) this.#forgetOldest();
    activity.changed.listen(() => this.#label(activity));
    this.#label(activity);
    this.#earlier.hidden = this.#history.size < 2;
    if (!activity.quiet || !this.#shown) this.#show(activity);
  }

  #forgetOldest() {
    for (const [activity, { row }] of this.#history) {
      if (activity === this.#shown) continue;
      row.remove();
      this.#history.delete(activity);
      return;
    }
  }

  /** @param {Activity<unknown>} activity */
  #label(activity) {
    const row = this.#history.get(activity);
    if (!row) return;
    const { state, ms, error } = activity;
    const code = state === 'failed' && error instanceof Error && 'code' in error ? String(error.code) : undefined;
    const words = code ?? STATES[state];
    row.state.className = `earlier-state ${state}`;
    row.state.textContent = ms === undefined ? words : `${words} · ${duration(ms)}`;
  }

  /** @param {Activity<unknown>} activity */
  #show(activity) {
    this.#stopListening();
    this.#shown = activity;
    this.#parts.clear();
    for (const [other, { button }] of this.#history) {
      if (other === activity) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    this.#stopListening = activity.changed.listen(() => this.#plan());
    this.#draw();
  }

  /** Draws soon: an upload changes many times between two frames. */
  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const draw = () => {
      this.#isPlanned = false;
      this.#draw();
    };
    if (document.hidden) setTimeout(draw, HIDDEN_DELAY);
    else requestAnimationFrame(draw);
  }

  #draw() {
    if (!this.#shown) return;
    // Drawing costs time, so a closed panel is left empty until it opens.
    if (!this.checkVisibility()) {
      this.#parts.clear();
      this.#body.replaceChildren();
      return;
    }
    const { steps, omitted, state, source, title } = this.#shown;
    const requests = steps.filter(({ kind }) => kind === 'request').length;
    /** @type {Map<unknown, Part>} */
    const parts = new Map();
    /**
     * @param {unknown} key
     * @param {string} look
     * @param {() => HTMLElement} make
     */
    const add = (key, look, make) => {
      const old = this.#parts.get(key);
      parts.set(key, old?.look === look ? old : { look, element: make() });
    };
    add('title', '', () => element('h2', { class: 'inspector-title', dir: 'auto' }, title));
    add('source', '', () => codeBlock('JavaScript', source));
    let number = 0;
    for (const step of steps) {
      if (step.kind === 'wait') add(step, '', () => pause(step));
      else {
        number += 1;
        const heading = requests > 1 ? say`HTTP request ${number}` : say`HTTP request`;
        add(step, [heading, step.status, step.status === undefined && state, step.failure !== undefined].join(), () => exchange(step, heading, state));
      }
    }
    if (omitted > 0) add('omitted', String(omitted), () => element('p', { class: 'step' }, plural(omitted, '… and {0} more request like these.', '… and {0} more requests like these.')));
    if (requests === 0 && state !== 'running') add('none', '', () => element('p', { class: 'step' }, say`No request was sent.`));
    const activity = this.#shown;
    add('result', state, () => result(activity));
    this.#parts = parts;
    arrange(this.#body, [...parts.values()].map((part) => part.element));
  }

  /** Draws what happened while the panel was closed. */
  opened() {
    this.#draw();
  }
}

/** @param {WaitStep} step */
const pause = ({ delayMs, status }) =>
  element('p', { class: 'step' }, status ? say`Status ${status}: the client retries after ${duration(delayMs)}.` : say`No response: the client retries after ${duration(delayMs)}.`);

/** @param {Activity<unknown>} activity */
function result({ state, value, error }) {
  switch (state) {
    case 'done': {
      if (value instanceof Blob || value instanceof Response) return element('p', { class: 'step' }, say`The bytes were passed on.`);
      const text = value === undefined ? 'undefined' : javascript(value);
      return codeBlock(say`Result`, text, { copied: value === undefined ? text : JSON.stringify(value, null, 2) });
    }
    case 'failed':
      return element('section', { class: 'code' }, element('div', { class: 'code-bar' }, element('h3', {}, say`Error`)), errorFields(error));
    case 'cancelled':
      return element('p', { class: 'step' }, say`Cancelled.`);
    case 'running':
      return element('p', { class: 'step' }, say`Running…`);
  }
}

customElements.define('call-inspector', CallInspector);
