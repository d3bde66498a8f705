// Callers without credentials, as many as there may be: what they send is not kept, and others are served meanwhile.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { createClient } from '../harness/package.js';
import { open } from '../manager/place.js';

const COUNT = 100;
const SIZE = 16_000_000;
const KEY = 'the-key-of-the-owner';
const SITE = '00000000-0000-4000-8000-000000000000';

suite('strangers', () => {
  for (const [path, status] of /** @type {[string, number][]} */ ([
    ['/oauth2/token', 413],
    ['/site-media/v1/folders', 401],
    ['/nothing', 404],
    ['/upload/tus/nothing', 404],
  ])) {
    test(`bodies for ${path}: are refused with ${status} before they are read, whatever they announce`, async (t) => {
      const manager = await open(t, { auth: { apiKeys: [{ key: KEY, scope: 'manage' }] }, siteId: SITE });
      const server = await listen(manager.fetch, { host: '127.0.0.1', port: 0 });
      t.after(() => server.stop({ graceMs: 0 }));
      const answers = await Promise.all(
        Array.from({ length: COUNT }, async () => {
          const socket = connect(server.port, '127.0.0.1');
          t.after(() => socket.destroy());
          socket.on('error', () => {});
          const method = path.startsWith('/upload') ? 'PATCH' : 'POST';
          socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${SIZE}\r\n\r\n`);
          // More than is looked at, and less than was announced: the sender waits, as one who means to fill memory does.
          socket.write(Buffer.alloc(100_000, 32));
          const [answer] = await once(socket, 'data');
          return answer.toString('latin1').slice(0, 12);
        }),
      );
      assert.deepEqual([...new Set(answers)], [`HTTP/1.1 ${status}`]);
      const { files } = createClient({ baseUrl: `http://127.0.0.1:${server.port}`, auth: { apiKey: KEY, siteId: SITE } });
      assert.deepEqual((await files.listFiles()).files, []);
      assert.equal(server.pending, 0, 'nothing of them is held');
    });
  }
});
