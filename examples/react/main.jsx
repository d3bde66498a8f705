// Photographs in React. The Media Manager is in the page, so the example needs no account and no server.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createManager } from 'wix-media.v2';
import { useFiles, useUploads, WixImage, WixMediaProvider } from 'wix-media.v2/react';

function Photographs() {
  const [search, setSearch] = useState('');
  const { files, isLoading, hasMore, error, loadMore, reload } = useFiles({
    ...(search && { search }),
    mediaTypes: ['IMAGE'],
    paging: { limit: 2 },
  });
  const { uploads, progress, upload, retry, cancel, clear } = useUploads({ waitUntil: 'ready' });

  async function add(chosen) {
    await upload(chosen);
    reload();
  }

  return (
    <main aria-busy={isLoading}>
      <label>Photographs <input type="file" accept="image/*" multiple onChange={({ target }) => add(target.files)} /></label>
      <label>Search <input type="search" value={search} onChange={({ target }) => setSearch(target.value)} /></label>

      {uploads.length > 0 && (
        <section aria-label="Uploads">
          <progress value={progress} />
          <ul>
            {uploads.map(({ key, name, status, error: failure }) => (
              <li key={key}>
                {name}: {failure ? failure.message : status}
                {status === 'failed' && <button type="button" onClick={() => retry(key)}>Try again</button>}
                {status === 'uploading' && <button type="button" onClick={() => cancel(key)}>Cancel</button>}
              </li>
            ))}
          </ul>
          <button type="button" onClick={clear}>Clear</button>
        </section>
      )}

      {error ? <p role="alert">{error.message}</p> : null}
      <ul aria-label="Files">
        {files.map(({ _id, displayName, media }) => (
          <li key={_id}>
            <WixImage src={media.image.image} alt={displayName} width={300} height={200} />
            {displayName}
          </li>
        ))}
      </ul>
      {hasMore && <button type="button" onClick={loadMore}>More</button>}
    </main>
  );
}

const manager = await createManager();
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <WixMediaProvider manager={manager}>
      <Photographs />
    </WixMediaProvider>
  </StrictMode>,
);
document.documentElement.dataset.ready = 'true';
