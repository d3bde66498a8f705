// Any function, with arguments as JSON.
import wixMedia from 'wix-media.v2';
import { codeBlock } from '../code-block.js';
import { element } from '../element.js';
import { example } from '../examples.js';
import { complain, forgive, formCalls, typed } from '../form-call.js';
import { callSource, compactJson, javascript } from '../source.js';

/** The functions of a group that send a request; the others take handlers of events. */
const functionsOf = (group) =>
  Object.keys(wixMedia[group]).filter((name) => typeof wixMedia[group][name] === 'function' && !/^on[A-Z]/.test(name));

export function showFunctions(page) {
  const form = document.querySelector('#functions-form');
  const choice = document.querySelector('#functions-name');
  const about = document.querySelector('#functions-about');
  const holder = document.querySelector('#functions-arguments');
  const outcome = document.querySelector('#functions-outcome');
  const run = formCalls(form, outcome, page);
  let fields = [];

  for (const group of ['files', 'folders']) {
    const options = functionsOf(group).map((name) => element('option', { value: `${group}.${name}` }, `${group}.${name}`));
    choice.append(element('optgroup', { label: group }, options));
  }

  const prepare = () => {
    forgive(form);
    const chosen = example(choice.value, page.seen);
    about.textContent = chosen.about;
    fields = Object.entries(chosen.arguments).map(([name, value]) => {
      const text = value === undefined ? '' : compactJson(value);
      const rows = String(Math.min(16, Math.max(1, text.split('\n').length)));
      const attributes = { id: `argument-${name}`, 'data-field': name, rows, spellcheck: 'false', autocomplete: 'off', dir: 'ltr' };
      const input = element('textarea', attributes);
      input.value = text;
      const note = chosen.optional.includes(name) ? ' (optional)' : '';
      return { name, input, row: element('div', { class: 'field' }, element('label', { for: attributes.id }, element('code', {}, name), note), input) };
    });
    holder.replaceChildren(...fields.map(({ row }) => row));
    outcome.replaceChildren();
  };

  /** The arguments, or undefined after complaints about what is not JSON. */
  const read = () => {
    let wrong;
    const args = fields.map(({ input }) => {
      const text = typed(input);
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text);
      } catch (error) {
        complain(input, `This is not JSON: ${error.message}. A text needs double quotes.`);
        wrong ??= input;
        return undefined;
      }
    });
    wrong?.focus();
    return wrong ? undefined : args;
  };

  const show = (value) => {
    page.announce(`${choice.value} is done.`);
    const text = value === undefined ? 'undefined' : javascript(value);
    return codeBlock('Result', text, { level: 'h2', copied: value === undefined ? text : JSON.stringify(value, null, 2) });
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    forgive(form);
    const args = read();
    if (!args) return;
    const [group, name] = choice.value.split('.');
    // Without arguments a query is one that is still to be built.
    const isBuilder = /^query/.test(name) && args.every((argument) => argument === undefined);
    const source = `${page.connection.preamble(group)}${callSource(`await ${choice.value}`, args)}${isBuilder ? '.find()' : ''};`;
    const work = (client, options) => {
      const called = client[group][name];
      return isBuilder ? called().find(options) : called(...args, options);
    };
    run(() => page.connection.call(choice.value, source, work), show);
  });

  choice.addEventListener('change', prepare);
  document.querySelector('#functions-reset').addEventListener('click', () => {
    prepare();
    fields[0]?.input.focus();
  });
  prepare();

  return (parameters) => {
    const name = parameters.get('name');
    if (![...choice.options].some(({ value }) => value === name)) return;
    choice.value = name;
    prepare();
  };
}
