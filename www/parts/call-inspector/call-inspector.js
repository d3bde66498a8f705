// The panel that teaches the API: what was done as JavaScript, the HTTP requests it sent, and what came of it.
import { codeBlock } from '../../ui/code-block.js';
import { copyButton, element } from '../../ui/element.js';
import { errorFields } from '../../ui/error-report.js';
import { redact } from '../../text/secrets.js';
import { coloured, javascript, json } from '../../text/code.js';
import { count, duration, size } from '../../text/words.js';

/** How many activities are kept to look back at. */
const KEPT = 30;

const STATES = { running: 'under way', done: 'done', failed: 'failed', cancelled: 'cancelled' };

class CallInspector extends HTMLElement {
  #activities = [];
  #shown;
  #body = element('div', { class: 'inspector-body' });
  #list = element('ol', { class: 'earlier' });
  #earlier = element('div', { hidden: true }, element('h3', {}, 'So far'), this.#list);
  #rows = new Map();
  #drawing = false;
  #redraw = () => this.#plan();

  connectedCallback() {
    if (this.#body.isConnected) return;
    this.#body.append(
      element(
        'p',
        { class: 'inspector-empty' },
        'Everything this page does is a call of wix-media. Do something, and read here how it looks in your own code, which ',
        'request it sends, and what comes back.',
      ),
    );
    this.append(this.#body, this.#earlier);
  }

  /** Shows an activity, unless it is a quiet one, and keeps it in the list. */
  add(activity) {
    this.#activities.push(activity);
    const row = element(
      'button',
      { type: 'button', click: () => this.#show(activity) },
      element('span', { class: 'earlier-title', dir: 'auto' }, activity.title),
      element('span', { class: 'earlier-state' }),
    );
    this.#rows.set(activity, row);
    this.#list.prepend(element('li', {}, row));
    if (this.#activities.length > KEPT) {
      const oldest = this.#activities.find((candidate) => candidate !== this.#shown);
      this.#activities.splice(this.#activities.indexOf(oldest), 1);
      this.#rows.get(oldest).parentElement.remove();
      this.#rows.delete(oldest);
    }
    activity.addEventListener('change', () => this.#label(activity));
    this.#label(activity);
    this.#earlier.hidden = this.#activities.length < 2;
    if (!activity.quiet || !this.#shown) this.#show(activity);
  }

  #label(activity) {
    const row = this.#rows.get(activity);
    if (!row) return;
    const { state, ms, error } = activity;
    const words = state === 'failed' ? String(error?.code ?? STATES.failed) : STATES[state];
    row.lastChild.className = `earlier-state ${state}`;
    row.lastChild.textContent = ms === undefined ? words : `${words} · ${duration(ms)}`;
  }

  #show(activity) {
    this.#shown?.removeEventListener('change', this.#redraw);
    this.#shown = activity;
    for (const [other, row] of this.#rows) {
      if (other === activity) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    }
    activity.addEventListener('change', this.#redraw);
    this.#draw();
  }

  /** Draws soon: an upload changes many times between two pictures of the screen. */
  #plan() {
    if (this.#drawing) return;
    this.#drawing = true;
    const draw = () => {
      this.#drawing = false;
      this.#draw();
    };
    // A tab that nobody sees gets no frames, but its panel should be up to date when they come back.
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }

  #draw() {
    // Who has no panel open need not pay for it.
    if (!this.checkVisibility()) {
      this.#body.replaceChildren();
      return;
    }
    const { steps, left, state, source, title } = this.#shown;
    const requests = steps.filter(({ kind }) => kind === 'request').length;
    let at = 0;
    const parts = [element('h2', { class: 'inspector-title', dir: 'auto' }, title), codeBlock('JavaScript', source)];
    for (const step of steps) {
      if (step.kind === 'wait') parts.push(wait(step));
      else parts.push(exchange(step, requests > 1 ? `HTTP request ${(at += 1)}` : 'HTTP request', state));
    }
    if (left > 0) parts.push(element('p', { class: 'step' }, `… and ${count(left, 'more request')} like these.`));
    if (requests === 0 && state !== 'running') parts.push(element('p', { class: 'step' }, 'No request was sent.'));
    parts.push(result(this.#shown));
    this.#body.replaceChildren(...parts);
  }

  /** Draws what happened while the panel was closed. */
  opened() {
    if (this.#shown) this.#draw();
  }
}

const wait = ({ delayMs, status }) =>
  element(
    'p',
    { class: 'step' },
    `${status ? `Answered ${status}` : 'No answer'}: the client waits ${duration(delayMs)} and tries again.`,
  );

/** A request and its answer. */
function exchange(step, heading, state) {
  const { method, url, headers, body, status, statusText, requestId, ms, failure, answer } = step;
  const parts = element('section', { class: 'exchange' }, requestBlock(heading, { method, url, headers, body }));
  if (status !== undefined) {
    const line = element(
      'p',
      { class: 'answer' },
      element('strong', { class: status < 400 ? 'status good' : 'status bad' }, `${status} ${statusText}`.trim()),
      ms !== undefined ? element('span', {}, duration(ms)) : undefined,
      requestId ? element('span', {}, 'request ', element('code', {}, requestId)) : undefined,
    );
    parts.append(line);
    if (answer) parts.append(rawAnswer(step));
  } else if (failure && state !== 'cancelled') {
    parts.append(element('p', { class: 'answer' }, element('strong', { class: 'status bad' }, 'No answer')));
  } else {
    const words = state === 'running' ? 'Waiting for the answer…' : 'The answer was not waited for.';
    parts.append(element('p', { class: 'answer' }, words));
  }
  return parts;
}

/** The body of an answer as it came, put in when somebody looks. */
function rawAnswer(step) {
  const holder = element('div', {});
  const open = async ({ target }) => {
    step.opened = target.open;
    if (!target.open || holder.firstChild) return;
    const text = await step.answer;
    holder.replaceChildren(codeBlock('Body of the answer', laidOut(text) || 'It is empty.', { level: 'h4' }));
  };
  const details = element('details', { toggle: open }, element('summary', {}, 'Answer as it came'), holder);
  details.open = step.opened ?? false;
  return details;
}

function requestBlock(heading, { method, url, headers, body }) {
  const [address, query] = redact(url).split(/\?(.*)/s, 2);
  const parameters = query ? query.split('&').map((pair, index) => `\n  ${index ? '&' : '?'}${pair}`).join('') : '';
  const lines = [element('span', { class: 'word' }, method), ` ${address}`, element('span', { class: 'string' }, parameters)];
  for (const [name, value] of Object.entries(headers)) {
    if (value === '') continue;
    lines.push('\n', element('span', { class: 'name' }, name), `: ${redact(value)}`);
  }
  if (typeof body === 'string') lines.push('\n\n', coloured(redact(laidOut(body))));
  else if (body) lines.push('\n\n', element('span', { class: 'comment' }, `// ${bytesOf(body)}`));
  const content = element('span', {}, lines);
  const asCommand = copyButton('Copy as curl', () => redact(curl({ method, url, headers, body })));
  return codeBlock(heading, '', { content, copied: content.textContent, extra: asCommand });
}

function bytesOf(body) {
  const length = body.size ?? body.byteLength;
  return length === undefined ? 'the bytes of the file' : `${size(length)} of the file`;
}

/** JSON laid out for people; anything else as it is. */
function laidOut(text) {
  try {
    return json(JSON.parse(text));
  } catch {
    return text;
  }
}

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a command. The key is read from the environment. */
function curl({ method, url, headers, body }) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${shell(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (value === '') continue;
    lines.push(value === '[redacted]' ? `-H "${name}: $WIX_API_KEY"` : `-H ${shell(`${name}: ${value}`)}`);
  }
  if (typeof body === 'string') lines.push(`--data ${shell(body)}`);
  else if (body) lines.push('--data-binary @file');
  return lines.join(' \\\n  ');
}

/** What came of it. */
function result({ state, value, error }) {
  switch (state) {
    case 'done': {
      if (value instanceof Blob || value instanceof Response) return element('p', { class: 'step' }, 'The bytes went where they were wanted.');
      const text = value === undefined ? 'undefined' : javascript(value);
      return codeBlock('Result', text, { copied: value === undefined ? text : JSON.stringify(value, null, 2) });
    }
    case 'failed':
      return element('section', { class: 'code' }, element('div', { class: 'code-bar' }, element('h3', {}, 'Error')), errorFields(error));
    case 'cancelled':
      return element('p', { class: 'step' }, 'You cancelled this.');
    default:
      return element('p', { class: 'step' }, 'Under way…');
  }
}

customElements.define('call-inspector', CallInspector);
