// Where calls go, and with which credentials.
import { WIX } from '../connection.js';
import { complain, forgive, typed } from '../form-call.js';

/** What is wrong with a base URL, in words; undefined when nothing is. */
function faultOf(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return `This is not an address. One looks like ${WIX}.`;
  }
  if (!/^https?:$/.test(url.protocol)) return 'The address has to begin with https:// or http://.';
  if (url.username || url.password) return 'The address must not hold a name or password.';
  if (url.search || url.hash) return 'The address must end before any ? or #.';
  return undefined;
}

export function showConnection({ connection, announce, go }) {
  const form = document.querySelector('#connection-form');
  const baseUrl = document.querySelector('#base-url');
  const apiKey = document.querySelector('#api-key');
  const siteId = document.querySelector('#site-id');
  const forget = document.querySelector('#forget');
  const host = document.querySelector('#whereabouts-host');
  const key = document.querySelector('#whereabouts-key');

  const show = () => {
    host.textContent = new URL(connection.baseUrl).host;
    key.textContent = connection.hasKey ? 'with key' : 'no key';
    key.classList.toggle('good', connection.hasKey);
    forget.hidden = !connection.hasKey;
  };
  baseUrl.value = connection.baseUrl;
  show();
  connection.addEventListener('change', show);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    forgive(form);
    const address = typed(baseUrl) ?? WIX;
    const fault = faultOf(address);
    if (fault) {
      complain(baseUrl, fault);
      baseUrl.focus();
      return;
    }
    baseUrl.value = address;
    connection.change({ baseUrl: address, apiKey: apiKey.value.trim(), siteId: siteId.value.trim() });
    go('files');
    document.querySelector('#files-form').requestSubmit();
  });

  forget.addEventListener('click', () => {
    apiKey.value = '';
    connection.change({ baseUrl: connection.baseUrl, siteId: connection.siteId });
    announce('The key is forgotten.');
    apiKey.focus();
  });

  return () => {};
}
