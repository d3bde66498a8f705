import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { ok, rejection, reset, scriptedClient, status } from '../harness/client.js';
import { WixMediaError } from '../harness/package.js';

/**
 * @import { Client, FieldViolation } from '../harness/package.js'
 * @import { Answer } from '../harness/types.d.ts'
 */

const once = { retry: false };

/**
 * @param {Answer} answer
 * @param {(client: Client) => Promise<unknown>} [call]
 */
async function failure(answer, call = ({ files }) => files.getFileDescriptor('f1')) {
  const { client } = scriptedClient([answer], once);
  return rejection(call(client));
}

const applicationError = status(400, {
  headers: { 'x-wix-request-id': 'r1' },
  body: {
    message: 'gone',
    details: { applicationError: { code: 'RESOURCE_NOT_FOUND', description: 'no file f1', data: { a: 1 } } },
  },
});

const validationError = status(400, {
  body: {
    message: 'bad',
    details: {
      validationError: {
        fieldViolations: [
          { field: 'sort', description: 'is odd', violatedRule: 'OTHER' },
          { field: 'paging.limit', description: 'is too big', violatedRule: 'MAX', ruleName: 'LIMIT', data: { threshold: 100 } },
        ],
      },
    },
  },
});

suite('WixMediaError', () => {
  test('WixMediaError: is the class of every error', async () => {
    for (const answer of [applicationError, validationError, reset, { status: 200, rawBody: 'x' }, status(500)]) {
      const error = await failure(answer);
      assert.ok(error instanceof WixMediaError && error instanceof Error);
      assert.equal(error.name, 'WixMediaError');
      assert.equal(Object.prototype.toString.call(error), '[object Error]');
    }
  });

  test('WixMediaError: keeps its name in minified code and in the stack', async () => {
    const error = await failure(applicationError);
    assert.match(error.stack, /^WixMediaError: /);
    assert.match(String(error), /^WixMediaError: /);
    assert.match(inspect(error), /WixMediaError/);
  });

  test('WixMediaError: has own, enumerable members', async () => {
    const error = await failure(applicationError);
    const { name, message, code, status: number, operation, requestId, retry, details } = { ...error };
    assert.deepEqual(
      { name, code, number, operation, requestId, retry, details },
      {
        name: 'WixMediaError',
        code: 'RESOURCE_NOT_FOUND',
        number: 400,
        operation: 'files.getFileDescriptor',
        requestId: 'r1',
        retry: 'never',
        details: {
          applicationError: { code: 'RESOURCE_NOT_FOUND', description: 'no file f1', data: { a: 1 } },
          requestId: 'r1',
        },
      },
    );
    assert.equal(message, error.message);
  });

  test('WixMediaError: survives JSON and structuredClone', async () => {
    for (const answer of [applicationError, validationError, reset]) {
      const error = await failure(answer);
      const read = JSON.parse(JSON.stringify(error));
      assert.equal(read.message, error.message);
      assert.equal(read.code, error.code);
      assert.deepEqual(read.details, error.details && JSON.parse(JSON.stringify(error.details)));
      const clone = structuredClone(error);
      assert.ok(clone instanceof Error);
      assert.equal(clone.message, error.message);
      assert.deepEqual(structuredClone(error.toJSON()).code, error.code);
    }
  });
});

suite('message', () => {
  for (const [name, answer, pattern] of /** @type {[string, Answer, RegExp][]} */ ([
    ['of an application error', applicationError, /no file f1/],
    ['of a violation', validationError, /paging\.limit is too big/],
    ['of a status without a body', { status: 503 }, /503/],
    ['of a page of HTML', { status: 403, headers: { 'content-type': 'text/html' }, rawBody: '<html><b>no</b></html>' }, /^(?=.*403)(?=.*text\/html)/],
    ['of an empty answer', { status: 200 }, /empty|JSON/i],
  ])) {
    test(`message: is one sentence that names the call, ${name}`, async () => {
      const { message } = await failure(answer, ({ files }) => files.listFiles());
      assert.match(message, pattern);
      assert.match(message, /^files\.listFiles: /);
      assert.doesNotMatch(message, /[\n{}<]|undefined|\[object/);
    });
  }
});

suite('code', () => {
  for (const [name, answer, code] of /** @type {[string, Answer, string][]} */ ([
    ['of the application error', applicationError, 'RESOURCE_NOT_FOUND'],
    ['of the first violation with a rule name', validationError, 'LIMIT'],
  ])) {
    test(`code: is that ${name}`, async () => assert.equal((await failure(answer, ({ files }) => files.listFiles())).code, code));
  }

  test('code: names the status without an application error or violation', async () => {
    for (const number of [400, 401, 403, 404, 409, 428, 429, 500, 501, 503, 504, 418]) {
      const { code, status: sent } = await failure(status(number, { body: { message: '', details: {} } }));
      assert.equal(typeof code, 'string', String(number));
      assert.notEqual(code, '');
      assert.equal(sent, number);
    }
  });
});

test('fieldViolations: use the names of the arguments', async () => {
  const { fieldViolations, details } = await failure(validationError, ({ files }) => files.listFiles());
  assert.deepEqual(
    fieldViolations.map((/** @type {FieldViolation} */ { field }) => field),
    ['options.paging.limit', 'options.sort'],
  );
  assert.deepEqual(details.validationError.fieldViolations, fieldViolations);
});

suite('failing fetch', () => {
  const unprintable = {
    get message() {
      throw new Error('no message for you');
    },
    toString() {
      throw new Error('no text either');
    },
  };
  for (const [name, value] of [
    ['an Error', new TypeError('fetch failed')],
    ['a string', 'offline'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a symbol', Symbol('offline')],
    ['a DOMException', new DOMException('The operation was aborted', 'AbortError')],
    ['a frozen Error', Object.freeze(new Error('frozen'))],
    ['an object without prototype', Object.create(null)],
    ['something that cannot be printed', unprintable],
    ['a function', () => {}],
  ]) {
    test(`fetch: rejections with ${name} become a typed error with the cause`, async () => {
      const { files, requests } = scriptedClient(() => Promise.reject(value), once);
      const error = await rejection(files.listFiles());
      assert.ok(error instanceof WixMediaError, inspect(error));
      assert.equal(error.code, 'NETWORK');
      assert.equal(error.status, undefined);
      assert.equal(requests.length, 1);
      assert.equal(error.cause, value);
      assert.ok('cause' in error || value === undefined);
      JSON.stringify(error);
    });
  }

  test('fetch: exceptions become a typed error with the cause', async () => {
    const cause = new Error('not even a promise');
    const { client } = scriptedClient([], {
      ...once,
      fetch: () => {
        throw cause;
      },
    });
    const error = await rejection(client.files.listFiles());
    assert.equal(error.code, 'NETWORK');
    assert.equal(error.cause, cause);
  });

  test('fetch: failures while the body is read become a typed error with the cause', async () => {
    const cause = new Error('connection lost');
    const body = () => new Response(new ReadableStream({ pull: (controller) => controller.error(cause) }));
    const { files } = scriptedClient(body, once);
    const error = await rejection(files.listFiles());
    assert.equal(error.code, 'NETWORK');
    assert.equal(error.cause, cause);
  });
});

suite('invalid answers', () => {
  for (const [name, answer] of /** @type {[string, Answer][]} */ ([
    ['empty', { status: 200 }],
    ['blank', { status: 200, rawBody: ' \n' }],
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, rawBody: '<!doctype html><title>Login</title>' }],
    ['cut short', { status: 200, rawBody: '{"files":[{"id":"f1"' }],
    ['JSON with something behind it', { status: 200, rawBody: '{} {}' }],
    ['null', ok(null)],
    ['a string', ok('text')],
    ['a number', ok(5)],
  ])) {
    test(`INVALID_RESPONSE: reports a 200 that is ${name}`, async () => {
      for (const call of /** @type {((client: Client) => Promise<unknown>)[]} */ ([({ files }) => files.listFiles(), ({ folders }) => folders.createFolder('a'), ({ folders }) => folders.getFolder('d')])) {
        const error = await failure(answer, call);
        assert.ok(error instanceof WixMediaError, inspect(error));
        assert.equal(error.code, 'INVALID_RESPONSE');
      }
    });
  }
});

test('fetch: may return an object that resembles a Response', async () => {
  const headers = { get: () => null };
  for (const double of [
    { status: 200, headers, json: async () => ({ files: [{ id: 'a' }] }) },
    { status: 200, headers, text: async () => '{"files":[{"id":"a"}]}' },
    { status: 200, headers: {}, json: async () => ({ files: [{ id: 'a' }] }) },
    { status: 200, json: async () => ({ files: [{ id: 'a' }] }) },
    { status: 200, headers: new Headers(), arrayBuffer: async () => new TextEncoder().encode('{"files":[{"id":"a"}]}').buffer },
  ]) {
    const { client } = scriptedClient([], { ...once, fetch: async () => double });
    assert.deepEqual(await client.files.listFiles(), { files: [{ _id: 'a' }] });
  }
});

test('fetch: may return headers as a plain object', async () => {
  for (const [headers, requestId] of /** @type {const} */ ([[{ 'X-Wix-Request-Id': 'r1' }, 'r1'], [undefined, null]])) {
    const double = { status: 404, headers, json: async () => ({ message: 'gone' }) };
    const { client } = scriptedClient([], { ...once, fetch: async () => double });
    const error = await rejection(client.files.listFiles());
    assert.deepEqual([error.code, error.requestId], ['404', requestId]);
  }
});

test('fetch: returning anything else rejects with a typed error', async () => {
  for (const nonsense of [undefined, null, 5, 'text', {}, [], () => {}]) {
    const { client } = scriptedClient([], { ...once, fetch: async () => nonsense });
    const error = await rejection(client.files.listFiles());
    assert.ok(error instanceof WixMediaError, inspect(error));
  }
});
