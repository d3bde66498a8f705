// Webhook deliveries, signed here with a key of the test, on the official SDK and on ours.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { suite, test } from 'node:test';
import * as official from '@wix/media';
import { AppStrategy, createClient as createOfficialClient } from '@wix/sdk';
import { difference } from '../harness/agreement.js';
import { rejection } from '../harness/client.js';
import { copy } from '../harness/tagged.js';
import { createClient, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ type: 'spki', format: 'pem' });

/** @param {unknown} value */
const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** @param {object} claims */
function jwt(claims, { header = { alg: 'RS256', typ: 'JWT' }, key = privateKey } = {}) {
  const content = `${base64url(header)}.${base64url(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(key, 'base64url')}`;
}

const identity = { identityType: 'WIX_USER', wixUserId: 'user-1' };
const accountInfo = { accountId: 'account-1', siteId: 'site-1' };

/**
 * @param {any} rawEvent
 * @param {any} [options]
 */
function delivery(rawEvent, options) {
  const data = {
    eventType: `wix.media.site_media.v1.file_descriptor_${rawEvent.slug}`,
    instanceId: 'instance-1',
    data: JSON.stringify(rawEvent),
    identity: JSON.stringify(identity),
    accountInfo,
    ...options?.data,
  };
  return jwt({ data: JSON.stringify(data), iat: 1, ...options?.claims }, options);
}

/**
 * @param {string} slug
 * @param {any} body
 */
const rawEvent = (slug, body) => ({
  id: 'event-1',
  entityFqdn: 'wix.media.site_media.v1.file_descriptor',
  slug,
  entityId: 'f1~mv2.jpg',
  eventTime: '2024-01-05T14:06:19.500Z',
  triggeredByAnonymizeRequest: false,
  originatedFrom: '',
  entityEventSequence: '7',
  ...body,
});

const descriptor = {
  id: 'f1~mv2.jpg',
  displayName: 'fox.jpg',
  createdDate: '2024-01-05T14:06:19Z',
  updatedDate: null,
  media: {
    image: {
      image: { id: 'f1~mv2.jpg', width: 3, height: 4, filename: 'red fox.jpg' },
      faces: [{ confidence: 'NaN' }],
    },
  },
  labels: ['x'],
};

/**
 * @param {any} [file]
 * @param {object} [more]
 */
const ready = (file = descriptor, more) =>
  rawEvent('file_ready', {
    actionEvent: { body: { file, externalInfo: { origin: 'o', externalIds: ['e'] }, triggeredByUndelete: false, ...more } },
  });
/** @param {any} body */
const failed = (body) => rawEvent('file_failed', { actionEvent: { body } });

const HANDLERS = { file_ready: 'onFileDescriptorFileReady', file_failed: 'onFileDescriptorFileFailed' };

/** @param {any} event */
async function officialRun(event) {
  const { files } = official;
  const client = createOfficialClient({ modules: { files }, auth: AppStrategy({ appId: 'app', publicKey: spki }) });
  return run(client, event, undefined);
}

/** @param {any} event */
const ourRun = (event) => run(createClient({ auth: { accessToken: 't' } }), event, { publicKey: spki });

/**
 * @param {any} client
 * @param {any} event
 * @param {object} [options]
 */
async function run(client, event, options) {
  /** @type {any[]} */
  const envelopes = [];
  for (const name of Object.values(HANDLERS)) client.files[name]((/** @type {unknown} */ envelope) => void envelopes.push([name, envelope]));
  const result = await client.webhooks.process(delivery(event), options);
  return { envelopes, result };
}

suite('envelopes', () => {
  for (const [name, event] of [
    ['a file that became ready', ready()],
    ['one without a file', ready(undefined)],
    ['one whose file is null', ready(null)],
    ['one with members nobody knows', ready({ ...descriptor, extra: { id: 1, createdDate: 'x' } }, { id: 'inner' })],
    ['a video', ready({ id: 'v', media: { video: { id: 'v', filename: 'a b.mp4', posters: [{ id: 'p', width: 1, height: 2 }] } } })],
    ['audio', ready({ id: 'a', media: { audio: { id: 'a', assets: [{ id: 'a', duration: 5 }] } } })],
    ['a document', ready({ id: 'd', media: { document: { id: 'd.pdf', filename: 'é.pdf' } } })],
    ['a file that failed', failed({ externalInfo: {}, error: { code: 'X', description: 'y', data: { id: 1 } } })],
    ['a failure without anything', failed({})],
  ]) {
    test(`envelope: equals that of the official SDK for ${name}`, async () => {
      const [ours, theirs] = [await ourRun(event), await officialRun(event)];
      assert.equal(ours.envelopes.length, 1);
      assert.equal(difference(ours.envelopes, theirs.envelopes), undefined);
      // The official SDK converts the payload in place; ours stays the raw event.
      const { payload, ...rest } = ours.result;
      assert.equal(difference(payload, JSON.parse(JSON.stringify(event))), undefined);
      assert.equal(difference(rest, { ...theirs.result, payload: undefined }), undefined);
    });
  }

  test('envelope: has eventTime as a Date, and metadata without raw bodies', async () => {
    const { envelopes } = await ourRun(ready());
    const [[name, { data, metadata }]] = envelopes;
    assert.equal(name, 'onFileDescriptorFileReady');
    assert.equal(data.file._id, 'f1~mv2.jpg');
    assert.ok(data.file._createdDate instanceof Date);
    assert.equal(data.file.media.image.image, 'wix:image://v1/f1~mv2.jpg/red%20fox.jpg#originWidth=3&originHeight=4');
    assert.equal(metadata._id, 'event-1');
    assert.equal(metadata.instanceId, 'instance-1');
    assert.deepEqual(metadata.identity, identity);
    assert.deepEqual(metadata.accountInfo, accountInfo);
    assert.equal('actionEvent' in metadata, false);
  });
});

suite('events that the official module no longer exports', () => {
  /**
   * @param {string} group
   * @param {string} name
   * @param {string} type
   * @param {any} event
   */
  const listen = async (group, name, type, event) => {
    const client = createClient({ auth: { accessToken: 't' } });
    /** @type {any[]} */
    const envelopes = [];
    /** @type {any} */ (client)[group][name]((/** @type {unknown} */ envelope) => void envelopes.push(envelope));
    await client.webhooks.process(delivery(event, { data: { eventType: type } }), { publicKey: spki });
    assert.equal(envelopes.length, 1);
    return envelopes[0];
  };
  const file = 'wix.media.site_media.v1.file_descriptor_';
  const folder = 'wix.media.site_media.v1.folder_';
  const created = { id: 'd1', displayName: 'Foxes', createdDate: '2024-01-05T14:06:19Z' };

  test('onFileDescriptorUpdated: receives the file', async () => {
    const event = rawEvent('updated', { updatedEvent: { currentEntity: descriptor } });
    const { entity } = await listen('files', 'onFileDescriptorUpdated', `${file}updated`, event);
    assert.equal(entity._id, 'f1~mv2.jpg');
    assert.ok(entity._createdDate instanceof Date);
  });

  test('onFileDescriptorUpdated: receives the modified fields', async () => {
    const event = rawEvent('updated', { updatedEvent: { currentEntity: descriptor, modifiedFields: { displayName: 'old' } } });
    const { modifiedFields } = await listen('files', 'onFileDescriptorUpdated', `${file}updated`, event);
    assert.deepEqual(modifiedFields, { displayName: 'old' });
  });

  test('onFileDescriptorDeleted: receives movedToTrash', async () => {
    for (const movedToTrash of [true, false]) {
      const event = rawEvent('deleted', { deletedEvent: { movedToTrash } });
      const envelope = await listen('files', 'onFileDescriptorDeleted', `${file}deleted`, event);
      assert.equal(envelope.metadata.movedToTrash, movedToTrash);
      assert.equal('entity' in envelope, false);
    }
  });

  for (const [name, slug, body] of /** @type {[name: string, slug: string, body: Record<string, object>][]} */ ([
    ['onFolderCreated', 'created', { createdEvent: { entity: created } }],
    ['onFolderCreated', 'created', { createdEvent: { entityAsJson: JSON.stringify(created) } }],
    ['onFolderUpdated', 'updated', { updatedEvent: { currentEntity: created } }],
    ['onFolderUpdated', 'updated', { updatedEvent: { currentEntityAsJson: JSON.stringify(created) } }],
    ['onFolderDeleted', 'deleted', { deletedEvent: { movedToTrash: true, deletedEntity: created } }],
  ])) {
    test(`${name}: reads ${Object.keys(Object.values(body)[0]).at(-1)}`, async () => {
      const { entity } = await listen('folders', name, folder + slug, rawEvent(slug, body));
      assert.equal(difference(entity, { _id: 'd1', displayName: 'Foxes', _createdDate: new Date('2024-01-05T14:06:19Z') }), undefined);
    });
  }
});

suite('invalid deliveries', () => {
  /**
   * @param {any} body
   * @param {any} [options]
   * @returns {Promise<any>}
   */
  const refusedDelivery = async (body, options = { publicKey: spki }) => {
    const client = createClient({ auth: { accessToken: 't' } });
    let called = false;
    client.files.onFileDescriptorFileReady(() => {
      called = true;
    });
    const error = await rejection(client.webhooks.process(body, options));
    assert.ok(error instanceof WixMediaError, String(error?.stack));
    assert.equal(called, false, 'a handler was called');
    return error;
  };
  const genuine = delivery(ready());
  const [header, , signature] = genuine.split('.');

  for (const [name, body] of /** @type {[string, unknown][]} */ ([
    ['signed by a stranger', delivery(ready(), { key: stranger.privateKey })],
    ['with changed claims', `${header}.${base64url({ data: '{}' })}.${signature}`],
    ['with a changed signature', `${genuine.slice(0, -4)}AAAA`],
    ['without a signature', genuine.slice(0, genuine.lastIndexOf('.') + 1)],
    ['that says it needs none', `${base64url({ alg: 'none' })}.${genuine.split('.')[1]}.`],
    ['that names another algorithm', delivery(ready(), { header: { alg: 'HS256', typ: 'JWT' } })],
    ['that has expired', delivery(ready(), { claims: { exp: 2 } })],
    ['that is no JWT', 'hello'],
    ['that is empty', ''],
    ['that is not text', undefined],
    ['whose claims are not JSON', `${header}.${base64url('not JSON')}.${signature}`],
    ['whose data is no string', jwt({ data: { eventType: 'x' } })],
    ['whose data is not JSON', jwt({ data: 'not JSON' })],
    ['of a type that nobody expects', delivery(ready(), { data: { eventType: 'something.else' } })],
  ])) {
    test(`process: refuses a delivery ${name}`, () => refusedDelivery(body));
  }

  test('process: refuses deliveries without a public key', () => refusedDelivery(genuine, {}));
  test('process: refuses an invalid public key', () => refusedDelivery(genuine, { publicKey: 'nonsense' }));
  test('process: does not show the key in the error', async () => {
    const error = await refusedDelivery(genuine, { publicKey: 'nonsense-key' });
    assert.ok(!JSON.stringify(error).includes('nonsense-key'));
  });
});

test('publicKey: accepts every usual form', async () => {
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' });
  for (const form of [
    spki,
    pkcs1,
    spki.replaceAll('\n', '\\n'),
    Buffer.from(spki).toString('base64'),
    publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    `  ${spki}\n`,
  ]) {
    const client = createClient({ auth: { accessToken: 't' } });
    await client.webhooks.process(delivery(ready()), { publicKey: form });
  }
});

suite('handlers', () => {
  const client = () => createClient({ auth: { accessToken: 't' } });

  test('handlers: run each with its own envelope', async () => {
    const own = client();
    /** @type {unknown[]} */
    const seen = [];
    own.files.onFileDescriptorFileReady((envelope) => {
      envelope.data.file = /** @type {any} */ ('changed');
    });
    own.files.onFileDescriptorFileReady(async (envelope) => void seen.push(present(envelope.data.file)._id));
    await own.webhooks.process(delivery(ready()), { publicKey: spki });
    assert.deepEqual(seen, ['f1~mv2.jpg']);
  });

  test('handlers: reject process with their own error', async () => {
    const own = client();
    const cause = new Error('database is full');
    own.files.onFileDescriptorFileReady(() => Promise.reject(cause));
    assert.equal(await rejection(own.webhooks.process(delivery(ready()), { publicKey: spki })), cause);
  });

  test('process: needs no handler', async () => {
    const { eventType, payload } = await client().webhooks.process(delivery(ready()), { publicKey: spki });
    assert.equal(eventType, 'wix.media.site_media.v1.file_descriptor_file_ready');
    assert.equal(/** @type {{ id: string }} */ (payload).id, 'event-1');
  });

  test('process: accepts an expected type without a handler', async () => {
    const own = client();
    own.files.onFileDescriptorFileFailed(() => {});
    const expectedEvents = [{ type: 'wix.media.site_media.v1.file_descriptor_file_ready' }];
    await own.webhooks.process(delivery(ready()), { publicKey: spki, expectedEvents });
  });

  test('processRequest: reads the body of a request', async () => {
    const request = new Request('https://example.com/hook', { method: 'POST', body: delivery(ready()) });
    const { instanceId } = await client().webhooks.processRequest(request, { publicKey: spki });
    assert.equal(instanceId, 'instance-1');
  });

  test('parseJWT: decodes without running handlers', async () => {
    const own = client();
    own.files.onFileDescriptorFileReady(() => assert.fail('called'));
    const event = await own.webhooks.parseJWT(delivery(ready()), { publicKey: spki });
    assert.deepEqual(copy(event.payload), ready());
  });
});
