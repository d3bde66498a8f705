// What the forms have in common: one call at a time, a way to cancel it, and complaints beside the fields they are about.
import { element, foreign } from './element.js';
import { errorReport } from './error-report.js';
import { redact } from './secrets.js';

let number = 0;

/** Says beside a field what is wrong with it, in texts and elements. */
export function complain(field, ...words) {
  const id = `complaint-${(number += 1)}`;
  const place = field.closest('.field') ?? field;
  place.append(element('p', { class: 'complaint', id }, words));
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), id].filter(Boolean).join(' '));
}

/** Takes back all complaints of a form. */
export function forgive(form) {
  for (const complaint of form.querySelectorAll('.complaint')) {
    for (const field of form.querySelectorAll(`[aria-describedby~="${complaint.id}"]`)) {
      const rest = field.getAttribute('aria-describedby').split(' ').filter((id) => id !== complaint.id);
      if (rest.length > 0) field.setAttribute('aria-describedby', rest.join(' '));
      else field.removeAttribute('aria-describedby');
      field.removeAttribute('aria-invalid');
    }
    complaint.remove();
  }
}

/** The field of a form that carries the argument of a path, or the closest argument around it. */
function fieldOf(form, path) {
  for (let at = path; at; at = at.replace(/[.[]?[^.[]*$/, '')) {
    const field = form.querySelector(`[data-field="${CSS.escape(at)}"]`);
    if (field) return field;
  }
  return undefined;
}

/** Complains about the arguments that an error names. Gives the first field, if any. */
function complainOf(form, error) {
  const fields = [];
  for (const { field: path, description } of Array.isArray(error?.fieldViolations) ? error.fieldViolations : []) {
    const field = typeof path === 'string' ? fieldOf(form, path) : undefined;
    if (!field) continue;
    complain(field, element('code', {}, redact(path)), ' ', foreign(redact(String(description ?? 'was refused'))));
    fields.push(field);
  }
  return fields[0];
}

/**
 * Gives a function that runs calls of a form: `run(begin, show)` begins one, unless one is under way, and puts what
 * `show(value)` makes of its result, or a report of its error, into `outcome`, or into `place` if that is given.
 */
export function formCalls(form, outcome, page) {
  const submit = form.querySelector('[type=submit]');
  const cancel = form.querySelector('.cancel');
  let running;
  cancel.addEventListener('click', () => running?.cancel());
  // Where the panel has no room beside the form it comes after everything else.
  const panel = document.querySelector('#call');
  const toCall = () => {
    panel.scrollIntoView();
    panel.focus({ preventScroll: true });
  };
  const see = element('button', { type: 'button', class: 'see-call', hidden: true, click: toCall }, 'See the call');
  submit.after(see);

  return async (begin, show, place = outcome) => {
    if (running) return;
    forgive(form);
    running = begin();
    page.announce('Calling…');
    outcome.setAttribute('aria-busy', 'true');
    submit.setAttribute('aria-disabled', 'true');
    cancel.hidden = false;
    see.hidden = false;
    let content;
    try {
      content = show(await running.result);
    } catch (error) {
      if (running.state === 'cancelled') {
        content = element('p', { class: 'notice' }, 'You cancelled this call.');
        page.announce('Cancelled.');
      } else {
        // A fault of this page is reported like any other, and to the console.
        if (running.state === 'done') reportError(error);
        content = errorReport(error, page.connection);
        page.announce('');
        complainOf(form, error)?.focus();
      }
    } finally {
      outcome.removeAttribute('aria-busy');
      submit.removeAttribute('aria-disabled');
      if (document.activeElement === cancel) submit.focus();
      cancel.hidden = true;
      running = undefined;
    }
    if (content) place.replaceChildren(content);
  };
}

/** What a person typed, `undefined` when it is nothing. */
export const typed = (input) => input.value.trim() || undefined;

/** An object without its undefined members; `undefined` when none is left. */
export function given(members) {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

