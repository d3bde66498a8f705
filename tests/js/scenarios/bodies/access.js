import { equal, match, ok } from '../check.js';
import { about, scenario } from '../scenario.js';
import { SITE } from '../world.js';

/**
 * @import { World } from '../scenario.js'
 * @import { ScenarioOptions } from '../types.d.ts'
 */

about('credentials');

const OTHER = '99999999-8888-7777-6666-555555555555';
const INSTANCE = '22222222-3333-4444-5555-666666666666';
/** @type {ScenarioOptions} */
const AUTH = {
  auth: {
    apiKeys: [
      { key: 'manage-key', siteIds: [SITE], scope: 'manage' },
      { key: 'read-key', scope: 'read' },
      { key: 'elsewhere-key', siteIds: [OTHER], scope: 'manage' },
    ],
    clients: [
      { clientId: 'app', clientSecret: 'app-secret', instanceId: INSTANCE, scope: 'manage' },
      { clientId: 'headless' },
    ],
  },
};
/**
 * @param {Pick<World, 'libraries'>} world
 * @param {string} apiKey
 */
const key = ({ libraries: { sdk } }, apiKey, siteId = SITE) => sdk.ApiKeyStrategy({ apiKey, siteId });

scenario('keys and their scopes', AUTH, async (world) => {
  const { connect, refused, manager } = world;
  const manage = connect({ auth: key(world, 'manage-key') });
  const { folder } = await manage.folders.createFolder('A');
  const read = connect({ auth: key(world, 'read-key') });
  equal((await read.folders.getFolder(folder._id)).displayName, 'A');
  equal((await read.files.listFiles()).files, []);
  await refused(read.folders.createFolder('B'), { status: 403, code: 'PERMISSION_DENIED' });
  await refused(read.files.generateFileUploadUrl('text/plain'), { status: 403, code: 'PERMISSION_DENIED' });
  await refused(connect({ auth: key(world, 'wrong-key') }).files.listFiles(), { status: 401, code: 'UNAUTHENTICATED' });
  await refused(connect({ auth: key(world, 'elsewhere-key') }).files.listFiles(), { status: 403, code: 'PERMISSION_DENIED' });
  await refused(connect({ auth: key(world, 'manage-key', OTHER) }).files.listFiles(), { status: 403, code: 'PERMISSION_DENIED' });
  // A URL with a token needs no key.
  const { uploadUrl } = await manage.files.generateFileUploadUrl('text/plain', { fileName: 'x.txt' });
  const put = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' });
  equal(put.status, 200);
  equal((await manager.fetch((await put.json()).file.url)).status, 200);
});

scenario('forms of an API key', AUTH, async ({ json, answered }) => {
  answered(await json('/files'), { status: 401, code: 'UNAUTHENTICATED' });
  answered(await json('/files', { headers: { authorization: '', 'wix-site-id': SITE } }), { status: 401, code: 'UNAUTHENTICATED' });
  equal((await json('/files', { headers: { authorization: 'manage-key', 'wix-site-id': SITE } })).status, 200);
  equal((await json('/files', { headers: { authorization: 'Bearer manage-key', 'wix-site-id': SITE } })).status, 200);
  const { status, body } = await json('/files', { headers: { authorization: 'manage-key' } });
  equal([status, body.details.validationError.fieldViolations[0].field], [400, 'wix-site-id']);
});

scenario('tokens of apps', AUTH, async (world) => {
  const { connect, libraries: { sdk }, throughManager } = world;
  await throughManager(async () => {
    const app = connect({ auth: sdk.AppStrategy({ appId: 'app', appSecret: 'app-secret', instanceId: INSTANCE }) });
    equal((await app.folders.createFolder('By the app')).folder.displayName, 'By the app');
    const wrong = connect({ auth: sdk.AppStrategy({ appId: 'app', appSecret: 'wrong', instanceId: INSTANCE }) });
    const error = await wrong.files.listFiles().then(() => undefined, (thrown) => thrown);
    ok(error instanceof Error);
  });
});

scenario('visitor tokens cannot manage media', AUTH, async (world) => {
  const { connect, libraries: { sdk }, throughManager, refused } = world;
  await throughManager(async () => {
    const visitor = connect({ auth: sdk.OAuthStrategy({ clientId: 'headless' }) });
    await refused(visitor.files.listFiles(), { status: 403, code: 'PERMISSION_DENIED' });
    const stranger = connect({ auth: sdk.OAuthStrategy({ clientId: 'unknown' }) });
    ok((await stranger.files.listFiles().then(() => undefined, (thrown) => thrown)) instanceof Error);
  });
});

scenario('tokens expire and are renewed', { needs: ['clock'], ...AUTH }, async ({ manager, pass, json, answered }) => {
  /**
   * @param {string} path
   * @param {unknown} body
   */
  const post = async (path, body) => {
    const response = await manager.fetch(`https://www.wixapis.com${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const token = await post('/oauth2/token', { client_id: 'app', client_secret: 'app-secret', instance_id: INSTANCE, grant_type: 'client_credentials' });
  equal([token.status, token.body.expires_in], [200, 14_400]);
  const asked = () => json('/files', { headers: { authorization: token.body.access_token } });
  equal((await asked()).status, 200);
  await pass(14_400_000);
  await pass(1000);
  answered(await asked(), { status: 401, code: 'UNAUTHENTICATED' });
  const visitor = await post('/oauth2/token', { clientId: 'headless', grantType: 'anonymous' });
  match(visitor.body.refresh_token, /./);
  const renewed = await post('/oauth2/token', { clientId: 'headless', grantType: 'refresh_token', refreshToken: visitor.body.refresh_token });
  equal([renewed.status, typeof renewed.body.access_token], [200, 'string']);
  for (const body of [{ clientId: 'nobody', grantType: 'anonymous' }, { clientId: 'headless', grantType: 'refresh_token', refreshToken: 'forged' }, { grantType: 'nonsense', clientId: 'headless' }]) {
    ok((await post('/oauth2/token', body)).status >= 400);
  }
});
