// The dialogs that ask for credentials: of a Wix site, and of the server that the page came from.
/** @import { Credentials } from '../../place/place.js' */
import { WIX } from '../../place/remote.js';
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, secretField, textField, urlField } from './fields.js';

const MEMORY_ONLY = say`What you enter here stays in the memory of this page until you reload it.`;

/** @param {(credentials: Credentials) => Promise<unknown>} connect Rejects if they are wrong. */
export function askSite(connect) {
  const base = urlField();
  base.value = WIX;
  const key = secretField();
  const site = textField({ spellcheck: 'false' });
  return ask({
    title: say`Connect to a Wix site`,
    lead: MEMORY_ONLY,
    content: [
      field(say`API key`, key, say`From the API Keys Manager of your Wix account, with permission to manage the Media Manager.`),
      field(say`Site ID`, site, say`In the address of your site’s dashboard, after /dashboard/.`),
      field(say`Base URL`, base, say`Wix itself is at ${WIX}. Change this for a server of your own.`),
    ],
    action: say`Connect`,
    submit: async () => {
      const baseUrl = required(base, say`Enter the base URL of the service.`);
      if (!/^https?:\/\//.test(baseUrl)) throw new Error(say`The base URL must start with https:// or http://`);
      await connect({ baseUrl, apiKey: key.value.trim(), siteId: site.value.trim() });
      return true;
    },
  });
}

/** @param {(credentials: Credentials) => unknown} connect */
export function askServerKey(connect) {
  const key = secretField();
  const site = textField({ spellcheck: 'false' });
  return ask({
    title: say`This server requires a key`,
    lead: say`It was started with --api-key. ${MEMORY_ONLY}`,
    content: [field(say`API key`, key), field(say`Site ID`, site, say`The value of --site-id. If the server has none, any text will do.`)],
    action: say`Connect`,
    submit: async () => {
      await connect({ apiKey: required(key, say`Enter the key.`), siteId: site.value.trim() || 'site' });
      return true;
    },
  });
}
