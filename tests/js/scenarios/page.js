// The scenarios in a page: what the browser is told to run, one by one.
import * as media from '@wix/media';
import * as sdk from '@wix/sdk';
import * as zip from '@zip.js/zip.js';
import * as tus from 'tus-js-client';
import * as wixMedia from '/package/browser.js';
import { present } from '../harness/present.js';
import { runScenario, scenarios } from './run.js';
import { called, told } from './world.js';

const libraries = { media, sdk, tus, wixMedia, zip };

/** Runs a scenario; answers why it failed, if it did. */
globalThis.runScenario = async (name, settings) => {
  try {
    await runScenario(present(scenarios.find((scenario) => scenario.name === name)), { ...settings, libraries });
    return undefined;
  } catch (/** @type {any} */ error) {
    return `${error.stack ?? error}${error.cause ? `\ncaused by ${error.cause.stack ?? error.cause}` : ''}`;
  }
};

/** The calls and codes that the scenarios have met so far. */
globalThis.met = () => ({ called: [...called], told: [...told] });
globalThis.wixMedia = wixMedia;
globalThis.result = true;
