// picker.html in React. The element needs no wrapper: its attributes are written as in HTML, and the rest goes through a ref.
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createManager } from 'wix-media.v2';
import { openMediaManager } from 'wix-media.v2/picker';

const manager = await createManager();

function Pictures() {
  const picker = useRef(null);
  const [cover, setCover] = useState('No cover');
  const [pictures, setPictures] = useState([]);

  useEffect(() => {
    const { current } = picker;
    const show = ({ detail }) => setPictures(detail.items);
    current.manager = manager;
    current.addEventListener('pick', show);
    return () => current.removeEventListener('pick', show);
  }, []);

  async function chooseCover() {
    const chosen = await openMediaManager({ manager, category: 'IMAGE' });
    if (chosen) setCover(chosen.items[0].displayName);
  }

  return (
    <>
      <button type="button" onClick={chooseCover}>Choose a cover…</button> <span id="chosen-cover">{cover}</span>
      <button type="button" onClick={() => picker.current.open()}>Choose pictures…</button>
      <ul id="chosen-pictures">{pictures.map(({ _id, displayName }) => <li key={_id}>{displayName}</li>)}</ul>
      <wix-media-picker ref={picker} category="IMAGE" multi-select="" />
    </>
  );
}

createRoot(document.getElementById('root')).render(<Pictures />);
document.documentElement.dataset.ready = 'true';
