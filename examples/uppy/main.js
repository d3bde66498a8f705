// Uppy without its dashboard, which works in the same way. The Media Manager is in the page.
import Uppy from '@uppy/core';
import { createManager } from 'wix-media.v2';
import { WixMediaUpload } from 'wix-media.v2/uppy';

const find = (id) => document.getElementById(id);
const { client } = await createManager();
const uppy = new Uppy({ autoProceed: true }).use(WixMediaUpload, { client, upload: { path: '/From Uppy' } });

uppy.on('progress', (percent) => {
  find('progress').value = percent;
});
uppy.on('upload-success', (file, { body }) => {
  const item = document.createElement('li');
  item.textContent = `${file.name}: ${body.file.mediaType}, ${body.file.sizeInBytes} bytes`;
  find('uploaded').append(item);
});
uppy.on('complete', ({ successful, failed }) => {
  find('said').textContent = `${successful.length} uploaded, ${failed.length} failed`;
});

find('chosen').addEventListener('change', ({ target }) => {
  uppy.addFiles([...target.files].map((data) => ({ name: data.name, type: data.type, data })));
  target.value = '';
});
find('retry').addEventListener('click', () => uppy.retryAll());
find('cancel').addEventListener('click', () => uppy.cancelAll());
document.documentElement.dataset.ready = 'true';
