// Webhooks of the native server: signed as both clients verify them, kept until they have been received, in one directory with
// `wix-media serve`.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as media from '@wix/media';
import { AppStrategy, createClient as createOfficialClient } from '@wix/sdk';
import { temporaryFolder } from '../harness/manager.js';
import { createClient, createManager } from '../harness/package.js';
import { ask, native } from './native.js';
import { eventOf, messageOf, receiver } from './receiver.js';

suite('wix-media-server: webhooks', () => {
  test('events are signed as both clients verify them, and those that nobody asked for are not sent', async (t) => {
    const hook = await receiver(t);
    const server = await native(t, await temporaryFolder(t), ['--webhook', hook.url, '--webhook-event', 'file_ready']);
    const client = createClient({ baseUrl: server.origin });
    await client.folders.createFolder('not asked for');
    await client.uploads.upload(new TextEncoder().encode('a fox'), { displayName: 'fox.txt' });
    const sent = await hook.next();
    sent.answer(200);
    assert.equal(sent.headers['content-type'], 'text/plain');
    assert.equal(messageOf(sent).eventType, 'wix.media.site_media.v1.file_descriptor_file_ready');

    const key = await ask(server.origin, 'GET', '/_wix-media/webhook-key');
    assert.deepEqual([key.status, key.headers['content-type']], [200, 'application/x-pem-file']);
    /** @type {any[]} */
    const heard = [];
    const official = createOfficialClient({ modules: { files: media.files }, auth: AppStrategy({ appId: 'app', publicKey: key.text }) });
    official.files.onFileDescriptorFileReady((event) => void heard.push(event));
    await official.webhooks.process(sent.body);
    const ours = createClient({ auth: { accessToken: 'token' } });
    ours.files.onFileDescriptorFileReady((event) => void heard.push(event));
    await ours.webhooks.process(sent.body, { publicKey: key.text });
    assert.deepEqual(heard.map(({ data }) => data.file.displayName), ['fox.txt', 'fox.txt']);
    const forged = `${sent.body.slice(0, -8)}AAAAAAAA`;
    await assert.rejects(ours.webhooks.process(forged, { publicKey: key.text }));
    // The address of a receiver may contain a secret.
    assert.ok(!server.text.stdout.includes(hook.url));
  });

  test('a refused delivery is logged with the answer, and later ones do not wait for it', async (t) => {
    const hook = await receiver(t);
    const server = await native(t, await temporaryFolder(t), ['--webhook', hook.url]);
    const { folders } = createClient({ baseUrl: server.origin });
    await folders.createFolder('first');
    (await hook.next()).answer(500);
    await server.logged('webhook not delivered');
    await folders.createFolder('second');
    const second = await hook.next();
    assert.equal(eventOf(second).createdEvent.entity.displayName, 'second');
    second.answer(200);
  });

  test('a receiver that cannot be reached is logged without its URL and host', async (t) => {
    // No DNS is asked for a label of more than 63 letters.
    const host = `${'host-that-nobody-may-see'.padEnd(64, 'x')}.invalid`;
    const url = `https://${host}/path-that-nobody-may-see?key=query-that-nobody-may-see`;
    const server = await native(t, await temporaryFolder(t), ['--webhook', url]);
    await createClient({ baseUrl: server.origin }).folders.createFolder('unheard');
    const { reason } = await server.logged('webhook not delivered');
    assert.match(String(reason), /^(its name |it did not answer within )/);
    assert.equal((await server.end()).code, 0);
    assert.ok(!`${server.text.stdout}${server.text.stderr}`.includes('nobody-may-see'), server.text.stdout);
  });

  test('a delivery that a killed server was sending is sent again after the next start, with the same key', async (t) => {
    const hook = await receiver(t);
    const folder = await temporaryFolder(t);
    const first = await native(t, folder, ['--webhook', hook.url]);
    await createClient({ baseUrl: first.origin }).folders.createFolder('kept');
    const unanswered = await hook.next();
    const { text: key } = await ask(first.origin, 'GET', '/_wix-media/webhook-key');
    await first.end('SIGKILL');
    const second = await native(t, folder, ['--webhook', hook.url]);
    const again = await hook.next();
    again.answer(200);
    assert.equal(eventOf(again).id, eventOf(unanswered).id);
    assert.equal((await ask(second.origin, 'GET', '/_wix-media/webhook-key')).text, key);
    await second.end();

    // The manager of the package signs with it, too.
    const manager = await createManager({ storage: { directory: folder } });
    t.after(() => manager.close());
    assert.equal(await (await manager.fetch('http://media.test/_wix-media/webhook-key')).text(), key);
  });
});
