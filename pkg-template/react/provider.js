// Whose files the hooks and components show.
import { createContext, createElement, useContext, useMemo } from 'react';
import wixMedia from 'wix-media.v2';

/** @import { Client, MediaManager } from '../types/index.js' */
/** @import * as declared from '../types/react.d.ts' */

/** @typedef {{ client: Client, manager?: MediaManager, baseHostURL?: string }} Place */

const Context = createContext(/** @type {Place} */ ({ client: wixMedia }));

/** @type {typeof declared.WixMediaProvider} */
export function WixMediaProvider({ client, manager, baseHostURL, children }) {
  const place = useMemo(
    () => ({ client: client ?? manager?.client ?? wixMedia, manager, baseHostURL: baseHostURL ?? (manager && `${manager.baseUrl}/media/`) }),
    [client, manager, baseHostURL],
  );
  return createElement(Context.Provider, { value: place }, children);
}

/** @returns {Place} */
export const usePlace = () => useContext(Context);

/** @type {typeof declared.useWixMedia} */
export const useWixMedia = () => usePlace().client;
