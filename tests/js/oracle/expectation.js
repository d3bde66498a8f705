// The expected behaviour of our client in a case, derived from a run of the official SDK.
//
// A case is `{ api, method, args, chain, credentials, answers }`.
import { errorDifference, difference, requestDifference, shown } from '../harness/agreement.js';
import { call, outcome } from '../harness/calls.js';
import { officialClient, ourClient } from '../harness/clients.js';
import { cannedFetch } from '../harness/fetch.js';
import { operationOf } from '../harness/operations.js';
import { present } from '../harness/present.js';
import { copy } from '../harness/tagged.js';
import { namesItsArgument, refusedFields, repairAnswer, repairCall, rightDetails } from './faults.js';

/**
 * @import { ClientOptions } from '../harness/package.js'
 * @import { Answer, Case, Outcome, RecordedRequest } from '../harness/types.d.ts'
 * @import { Repair } from './faults.js'
 */

/**
 * What ours must do: send these requests, and then refuse these arguments, end, fail or resolve.
 *
 * @typedef {object} Expectation
 * @property {RecordedRequest[]} requests
 * @property {string[]} [refused] The paths of the arguments that are refused.
 * @property {unknown} [result]
 * @property {string} [ended] The message of an iteration that has ended.
 * @property {any} [error]
 * @property {string} [code]
 * @property {any} [unknownFault] A failure of the official SDK that no rule explains.
 */

export const credentials = { apiKey: 'test-api-key', siteId: 'test-site-id' };

/**
 * The expectation of a case, from a run of the official SDK.
 *
 * @param {Case} kase
 * @returns {Promise<Expectation>}
 */
export async function expectation(kase) {
  const refused = refusedFields(kase);
  if (refused) return { requests: [], refused };
  const { repaired, mend: mendRequest } = repairCall(kase);
  const answers = kase.answers.map((answer) => repairAnswer(kase, answer));
  const right = answers.map((answer) => answer.repaired);
  const { requests, ...seen } = await runOfficial(repaired, right);
  const { result, error } = isTooLong(requests[0]) ? await runOfficial({ ...repaired, args: ['f1'] }, right) : seen;
  const expected = { requests: requests.map(mendRequest) };
  const last = Math.max(requests.length - 1, 0);
  if (unusable(kase, kase.answers[last])) return { ...expected, error: {}, code: 'INVALID_RESPONSE' };
  if (error === undefined) return { ...expected, result: answers[last].mend(result) };
  if (isIterationEnd(error)) return { ...expected, ended: error.message };
  return { ...expected, ...(await rightError(kase, kase.answers[last], answers[last], error)) };
}

/**
 * @param {Case} kase
 * @param {Answer[]} answers
 */
async function runOfficial(kase, answers) {
  const { fetch, requests } = cannedFetch(...answers);
  const client = officialClient(kase.credentials ?? credentials, fetch);
  const outcomes = await outcome(call(client, kase));
  // The official SDK writes folder IDs into the path as they are.
  return { requests: requests.map((request) => ({ ...request, rawPath: true })), ...outcomes };
}

// With a query of this length the official SDK leaves conversions of getFileDescriptor out.
/** @param {RecordedRequest} request */
const isTooLong = (request) => request?.url.includes('/get-file-by-id?') && request.url.length > 4000;

/** @param {any} error */
const isIterationEnd = (error) => /^No (next|previous) page to fetch$/.test(error?.message);

/**
 * @param {Case} kase
 * @param {Answer} answer
 * @param {Repair} repair
 * @param {any} error
 */
async function rightError(kase, answer, { repaired, mend }, error) {
  if (answer.networkError) return { error: {}, code: 'NETWORK' };
  if (answer.status === 200) return { unknownFault: error };
  const details = rightDetails(answer);
  if (details) return { error: { status: answer.status, requestId: details.requestId, details } };
  const named = namesItsArgument(kase);
  const { error: thrown } = named === kase ? { error } : await runOfficial(named, [repaired]);
  if (typeof thrown?.status !== 'number') return { unknownFault: thrown };
  return { error: { status: thrown.status, requestId: thrown.requestId, details: mend(thrown.details) } };
}

/**
 * A 200 that is no JSON, or, for calls whose answers are converted, neither an object nor a list. The official SDK
 * resolves some of those, too.
 *
 * @param {Case} kase
 * @param {Answer} answer
 */
export function unusable(kase, answer) {
  if (answer.networkError || answer.status !== 200) return false;
  try {
    const body = 'body' in answer ? answer.body : JSON.parse((answer.rawBody ?? '').replace(/^\ufeff/, ''));
    return isConverted(kase) && (body === null || typeof body !== 'object');
  } catch {
    return true;
  }
}

/** @param {Case} kase */
const isConverted = (kase) => !['plain', 'nothing'].includes(present(operationOf(kase)).returns);

/**
 * Runs our client on the case; answers `{ requests, result | error }`.
 *
 * @param {Case} kase
 * @param {ClientOptions} [options]
 */
export async function runOurs(kase, options) {
  const { fetch, requests } = cannedFetch(...kase.answers);
  const client = await ourClient(kase.credentials ?? credentials, fetch, options);
  const asked = { ...kase, args: copy(kase.args), chain: kase.chain && copy(kase.chain) };
  return { requests, ...(await outcome(call(client, asked))) };
}

/**
 * The first thing in which what ours did is not what was expected of it, or undefined.
 *
 * @param {Outcome & { requests: RecordedRequest[] }} actual
 * @param {Expectation} expected
 */
export function judgement(actual, expected) {
  if (expected.unknownFault) {
    const fault = expected.unknownFault;
    return `the official SDK fails in a way that no rule explains: ${fault?.stack ?? shown(fault)}`;
  }
  if (actual.requests.length !== expected.requests.length) {
    const came = actual.error ? `, and ${actual.error.stack}` : '';
    return `${actual.requests.length} requests where ${expected.requests.length} were expected${came}`;
  }
  for (const [index, request] of expected.requests.entries()) {
    const found = requestDifference(actual.requests[index], request);
    if (found) return `request ${index + 1}, ${found}`;
  }
  if (expected.refused) return refusalDifference(actual, expected.refused);
  if (expected.ended) {
    return actual.error?.message === expected.ended ? undefined : `no error "${expected.ended}": ${shown(actual)}`;
  }
  if (expected.error) return failureDifference(actual, expected);
  if (actual.error) return `rejected: ${actual.error?.stack ?? shown(actual.error)}`;
  return difference(actual.result, expected.result, 'result');
}

/**
 * @param {Outcome} outcome
 * @param {string[]} fields
 */
function refusalDifference({ error }, fields) {
  if (!isWixMediaError(error)) return `not refused: ${error?.stack ?? shown(error)}`;
  if (error.status !== 400) return `refused with status ${error.status}`;
  if ('requestId' in error && error.requestId !== undefined) return `refused with request ID ${error.requestId}`;
  // One wrong argument is enough to name.
  const named = error.fieldViolations?.map((/** @type {any} */ violation) => violation.field) ?? [];
  if (named.length === 0 || !named.every((/** @type {string} */ field) => fields.includes(field))) {
    return `the refusal names ${shown(named)} where ${shown(fields)} was expected`;
  }
  return difference(error.details?.validationError?.fieldViolations, error.fieldViolations, 'fieldViolations');
}

/**
 * @param {Outcome} outcome
 * @param {Expectation} expected
 */
function failureDifference({ error, result }, expected) {
  if (error === undefined) return `resolved to ${shown(result)} where an error was expected`;
  if (!isWixMediaError(error)) return `not a WixMediaError: ${error?.stack ?? shown(error)}`;
  const found = errorDifference(error, expected.error);
  if (found) return found;
  if (!/^\w+\.\w+: ./s.test(error.message)) return `not a sentence that names the call: ${error.message}`;
  return expected.code && error.code !== expected.code
    ? `code ${error.code} where ${expected.code} was expected`
    : undefined;
}

/** @param {any} error */
const isWixMediaError = (error) => error instanceof Error && error.name === 'WixMediaError';
