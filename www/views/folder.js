// A new folder.
import { copyButton, element, foreign, icon } from '../element.js';
import { formCalls, given, typed } from '../form-call.js';
import { callSource } from '../source.js';
import { moment } from '../words.js';

export function showFolder(page) {
  const form = document.querySelector('#folder-form');
  const name = document.querySelector('#folder-name');
  const parent = document.querySelector('#folder-parent');
  const outcome = document.querySelector('#folder-outcome');
  const run = formCalls(form, outcome, page);

  const show = ({ folder }) => {
    if (!folder) return element('p', { class: 'notice' }, 'The service answered without a folder.');
    page.seen.folderId = folder._id ?? page.seen.folderId;
    page.announce(`The folder ${folder.displayName} is made.`);
    name.value = '';
    const id = String(folder._id);
    return element(
      'article',
      { class: 'folder' },
      icon('folder'),
      element(
        'div',
        {},
        element('h2', {}, foreign(folder.displayName)),
        element('p', {}, 'Made ', moment(folder._createdDate), ' in ', foreign(folder.parentFolderId ?? 'media-root'), '.'),
        element('p', {}, element('code', {}, foreign(id)), ' ', copyButton('Copy ID', () => id)),
        element('p', {}, element('a', { href: `#files?${new URLSearchParams({ folder: id })}` }, 'List its files')),
      ),
    );
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { connection } = page;
    const displayName = typed(name);
    const args = [displayName, given({ parentFolderId: typed(parent) })];
    const source = `${connection.preamble('folders')}${callSource('const { folder } = await folders.createFolder', args)};`;
    run(() => connection.call('folders.createFolder', source, (client, options) => client.folders.createFolder(...args, options)), show);
  });

  return (parameters) => {
    parent.value = parameters.get('parent') ?? '';
  };
}
