// Every recorded vector on our client. A vector must agree with its recording, or with the oracle's expectation if it has a
// quirk, if ours refuses its arguments or its answer, or if its recording is wrong (the recorder took arrays for builders).
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answersOf, runVector } from '../harness/calls.js';
import { ourClient, officialClient } from '../harness/clients.js';
import { cannedFetch } from '../harness/fetch.js';
import { present } from '../harness/present.js';
import { untag } from '../harness/tagged.js';
import { quirksOf, recordedVectors, requestsOf } from '../harness/vectors.js';
import { expectation, judgement, unusable } from '../oracle/expectation.js';
import { refusedFields } from '../oracle/faults.js';

/** @import { Answer, Call, Link, Outcome, RecordedRequest, Vector } from '../harness/types.d.ts' */

suite('recorded vectors on our client', () => {
  for (const vector of recordedVectors()) {
    test(`${vector.id}: ${vector.name}`, async () => {
      const { fetch, requests } = cannedFetch(...answersOf(vector));
      const client = await ourClient(vector.client, fetch);
      const outcomes = await runVector(client, vector);
      if (vector.steps) return severalSteps(vector, requests, outcomes);
      const expected = needsOracle(vector) ? await expectation(asCase(vector)) : recorded(vector);
      assert.equal(judgement({ requests, ...outcomes[0] }, expected), undefined);
    });
  }
});

/**
 * @param {Vector} vector
 * @param {RecordedRequest[]} requests
 * @param {Outcome[]} outcomes
 */
function severalSteps(vector, requests, outcomes) {
  present(vector.expect.results).forEach((step, index) => {
    const expected = recordedOutcome(step, present(vector.responses)[index]);
    const request = { requests: [present(vector.expect.requests)[index]], ...expected };
    assert.equal(judgement({ requests: [requests[index]], ...outcomes[index] }, request), undefined);
  });
  assert.equal(requests.length, present(vector.expect.requests).length);
}

/** @param {Vector} vector */
function needsOracle(vector) {
  const looksLikeBuilder = /** @type {{ isBuilder?: boolean } | undefined} */ (vector.expect.result)?.isBuilder && Array.isArray(vector.response.body);
  const isRefused = refusedFields(asCase(vector)) !== undefined;
  return quirksOf(vector).length > 0 || looksLikeBuilder || isRefused || answersOf(vector).some((answer) => unusable(asCase(vector), answer));
}

/** @param {Vector} vector */
function asCase(vector) {
  /** @type {Record<string, any>} */
  const clients = officialClient(vector.client, () => Promise.reject(new Error('not to be called')));
  /** @param {Call & { chain: Link[] }} link */
  const builders = ({ api, method, chain }) =>
    chain.reduce((/** @type {any} */ builder, [name, ...args]) => builder[name](...args), clients[api][method]());
  return {
    ...vector,
    args: untag(vector.args, builders),
    chain: vector.chain && untag(vector.chain, builders),
    credentials: vector.client,
    answers: answersOf(vector),
  };
}

/** @param {Vector} vector */
function recorded(vector) {
  const requests = requestsOf(vector);
  const answer = answersOf(vector)[requests.length - 1];
  return { requests, ...recordedOutcome(vector.expect, answer) };
}

/**
 * @param {Outcome} expect
 * @param {Answer} [answer]
 */
function recordedOutcome(expect, answer) {
  const { result, error } = untag(expect);
  if (!error) return { result };
  if (/^No (next|previous) page/.test(error.message)) return { ended: error.message };
  const { status, requestId, details } = error;
  return { error: { status, requestId, details }, code: codeWithoutAnswer(answer) };
}

/** @param {Answer} [answer] */
function codeWithoutAnswer(answer) {
  if (answer?.networkError) return 'NETWORK';
  return answer?.status === 200 ? 'INVALID_RESPONSE' : undefined;
}
