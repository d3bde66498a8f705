// Plays the recordings back on the packages they were made from. This proves the harness: its fetch, its tags and its rules
// of agreement see what the recorder saw.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { difference, requestDifference } from '../harness/agreement.js';
import { answersOf, runVector } from '../harness/calls.js';
import { officialClient } from '../harness/clients.js';
import { cannedFetch } from '../harness/fetch.js';
import { untag } from '../harness/tagged.js';
import { recordedVectors, requestsOf } from '../harness/vectors.js';

suite('recorded vectors on the official SDK', () => {
  for (const vector of recordedVectors()) {
    test(`${vector.id}: ${vector.name}`, async () => {
      const { fetch, requests } = cannedFetch(...answersOf(vector));
      const outcomes = await runVector(officialClient(vector.client, fetch), vector);

      const expected = requestsOf(vector);
      assert.equal(requests.length, expected.length, 'number of requests');
      expected.forEach((request, index) => {
        assert.equal(requestDifference(requests[index], request), undefined);
        assert.equal(requests[index].url, request.url);
      });

      const recorded = (vector.expect.results ?? [vector.expect]).map((result) => untag(result));
      outcomes.forEach((outcome, index) => {
        if (recorded[index].error) {
          assert.equal(difference(errorMembers(outcome.error), recorded[index].error, 'error'), undefined);
        } else {
          assert.equal(outcome.error, undefined);
          assert.equal(difference(asRecorded(outcome.result), recorded[index].result, 'result'), undefined);
        }
      });
    });
  }
});

/** @param {any} error */
function errorMembers(error) {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message, code, status, requestId, details, response, runtimeError: own } = /** @type {Error & Record<string, unknown>} */ (error);
  const runtimeError = own === error ? 'self' : own;
  return { name, message, code, status, requestId, details, response, runtimeError };
}

// The recorder took everything with a `find` for a query builder, also arrays.
/** @param {any} result */
function asRecorded(result) {
  return typeof result?.find === 'function' ? { isBuilder: true } : result;
}
