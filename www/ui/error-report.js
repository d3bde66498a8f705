// What went wrong: for people first, with what to do about it, and with every field for those who program.
import { WixMediaError } from 'wix-media.v2';
import { element, foreign, icon } from './element.js';
import { redact } from '../text/secrets.js';
import { json } from '../text/code.js';

const TITLES = {
  NETWORK: 'No answer',
  TIMEOUT: 'No answer in time',
  INVALID_RESPONSE: 'Not an answer of the Media Manager',
  INVALID_ARGUMENT: 'An argument was refused',
  INTERNAL: 'The client broke down',
};

const STATUSES = {
  400: 'The service refused the call',
  401: 'The service does not know you',
  403: 'You may not do this',
  404: 'Not found',
  409: 'In conflict with how things stand',
  429: 'Too many calls',
};

/** What to do about an error, in a sentence. `place` is where it happened, if that is known. */
function advice({ code, status, requestId }, place) {
  const where = place?.kind === 'browser' ? 'the Media Manager of this browser' : (place?.baseUrl ?? 'the server');
  switch (true) {
    case code === 'NETWORK' && location.protocol === 'https:' && place?.baseUrl.startsWith('http:'):
      return 'A page that came by https may not call an address that begins with http.';
    case code === 'NETWORK' && place?.kind === 'browser':
      return 'The tab that had it open was closed at this moment. Try again.';
    case code === 'NETWORK':
      return `Is ${where} running, and does it allow calls from other pages (CORS)? Then try again.`;
    case code === 'TIMEOUT':
      return 'Try again.';
    case code === 'INVALID_RESPONSE':
      return `Something answers at ${where}, but not as the Media Manager does. Check the address.`;
    case code === 'INTERNAL':
      return 'Try again: the client has started afresh. If it happens again, please report it with the call that is shown.';
    case status === 401 || code === 'UNAUTHENTICATED':
      return 'Check the API key and the site ID.';
    case status === 403:
      return 'The key needs the permission to manage the Media Manager of this site.';
    case code === 'RESOURCE_NOT_FOUND' || status === 404:
      return 'It may have been deleted elsewhere.';
    case status === 429:
      return 'Wait a minute, then try again.';
    case status >= 500:
      return `The fault is with the service. Try again later${requestId ? ', and quote the request id if you report it' : ''}.`;
    default:
      return undefined;
  }
}

/** What went wrong, in one sentence. */
export function reasonOf(error) {
  const [violation] = violationsOf(error);
  const text = violation ? `${violation.field} ${violation.description ?? violation.ruleName ?? 'was refused'}` : String(error?.message ?? error);
  return redact(text);
}

const violationsOf = (error) => (Array.isArray(error?.fieldViolations) ? error.fieldViolations : []);

/** A report of an error, with what to do about it. */
export function errorReport(error, place) {
  const title = error instanceof WixMediaError ? (TITLES[error.code] ?? STATUSES[error.status] ?? 'That failed') : 'That failed';
  const violations = violationsOf(error).map(({ field, description, ruleName, violatedRule }) =>
    element(
      'li',
      {},
      element('code', {}, redact(String(field ?? '–'))),
      ' ',
      foreign(redact(String(description ?? ruleName ?? violatedRule ?? 'is refused'))),
    ),
  );
  const help = error instanceof WixMediaError ? advice(error, place) : undefined;
  return element(
    'div',
    { class: 'report', role: 'alert' },
    icon('alert'),
    element(
      'div',
      {},
      element('h3', {}, title),
      violations.length > 0
        ? element('ul', { class: 'violations' }, violations)
        : element('p', { class: 'report-message', dir: 'auto' }, redact(String(error?.message ?? error))),
      help ? element('p', {}, help) : undefined,
    ),
  );
}

const FIELDS = ['name', 'code', 'status', 'operation', 'requestId', 'retry', 'message'];

/** Every field of an error, as a list of terms. */
export function errorFields(error) {
  const list = element('dl', { class: 'error-fields' });
  const add = (name, ...content) => list.append(element('dt', {}, name), element('dd', {}, ...content));
  for (const name of FIELDS) {
    const value = error?.[name];
    if (value !== undefined) add(name, foreign(redact(String(value))));
  }
  const violations = violationsOf(error);
  if (violations.length > 0) {
    add(
      'fieldViolations',
      element('ul', {}, violations.map((violation) => element('li', {}, element('code', { dir: 'auto' }, redact(json(violation)))))),
    );
  }
  if (error?.cause !== undefined) add('cause', foreign(redact(String(error.cause))));
  return list;
}
