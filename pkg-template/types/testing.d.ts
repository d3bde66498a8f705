import type { ManagerOptions, MediaManager } from './index.js';

/** Options of {@link createTestManager}: those of `createManager`, without `storage` and `thread`. */
export type TestManagerOptions = Omit<ManagerOptions, 'storage' | 'thread'>;

/** A state of a {@link TestManager}. It stays in memory until you let go of it, and can be restored more than once. */
export interface Snapshot {
  /** Time of the manager's clock, in milliseconds since 1970. */
  readonly time: number;
}

/** A manager for tests. */
export interface TestManager extends MediaManager {
  /** Takes a snapshot of everything: files, folders, uploads, events, clock, faults, settings, and the ids to come. */
  snapshot(): Promise<Snapshot>;
  /**
   * Restores a snapshot. Listeners that were added since then are removed. It waits for requests and imports under way; bodies
   * that are still being read fail. Default: the state in which the manager was created, with its seed.
   *
   * @throws {WixMediaError} `INVALID_ARGUMENT` if the snapshot is not one of this manager.
   */
  rollback(snapshot?: Snapshot): Promise<void>;
}

/**
 * Creates a Media Manager for tests: in memory, with a virtual clock that begins on 1 January 2024 and equal ids in each run.
 * Options override these defaults.
 *
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an unknown option, and for `storage` and `thread`.
 * @example
 * ```ts
 * import { createTestManager, sample } from 'wix-media.v2/testing';
 *
 * const manager = await createTestManager({ seed: [{ path: '/Animals/' }] });
 * await manager.client.uploads.upload(sample('IMAGE'), { path: '/Animals' });
 * await manager.rollback();
 * console.log((await manager.client.files.listFiles()).files.length); // → 0
 * await manager.close();
 * ```
 */
export declare function createTestManager(options?: TestManagerOptions): Promise<TestManager>;

/** Hooks of a test runner, by the names of Jest and Vitest. */
export interface TestHooks {
  beforeAll(run: () => Promise<void>): unknown;
  afterEach(run: () => Promise<void>): unknown;
  afterAll(run: () => Promise<void>): unknown;
}

/** The manager of a file of tests. */
export interface TestManagerHandle {
  /** The manager. Exists from `beforeAll` to `afterAll`. */
  readonly manager: TestManager;
}

/**
 * Registers hooks that create a manager before the tests of a file, roll it back after each test, and close it at the end.
 *
 * @param options Options of the manager.
 * @param hooks The hooks of your test runner. Default: the global ones.
 * @throws {WixMediaError} `INVALID_ARGUMENT` if a hook is neither given nor global.
 */
export declare function useTestManager(options?: TestManagerOptions, hooks?: Partial<TestHooks>): TestManagerHandle;

/** What {@link managerFixtures} adds to each test. */
export interface ManagerFixtures {
  /** The manager, which is rolled back after the test. */
  manager: TestManager;
}

/** What {@link managerFixtures} adds to each worker. */
export interface ManagerWorkerFixtures {
  /** The manager of the worker. Use `manager` instead, which rolls it back. */
  workerManager: TestManager;
}

/**
 * Returns fixtures for `test.extend` of Vitest and of Playwright: one manager for each worker, rolled back after each test.
 *
 * In TypeScript, name what they add: `base.extend<ManagerFixtures & ManagerWorkerFixtures>(…)` in Vitest,
 * `base.extend<ManagerFixtures, ManagerWorkerFixtures>(…)` in Playwright.
 */
export declare function managerFixtures(options?: TestManagerOptions): {
  workerManager: [run: (fixtures: object, use: (manager: TestManager) => Promise<void>) => Promise<void>, options: { scope: 'worker' }];
  manager: (fixtures: ManagerWorkerFixtures, use: (manager: TestManager) => Promise<void>) => Promise<void>;
};

/** The result of a matcher. */
export interface MatcherResult {
  pass: boolean;
  message(): string;
}

/** The matchers as members of `expect(…)`, for the declarations of your test runner. */
export interface ManagerMatchers {
  /** Expects a file at a path of the manager. `descriptor` is a part of its descriptor. */
  toContainFile(path: string, descriptor?: object): Promise<void>;
  /** Expects a folder at a path of the manager. */
  toContainFolder(path: string): Promise<void>;
  /** Expects the promise, or the function that returns one, to reject with a `code`. */
  toRejectWithCode(code: string): Promise<void>;
}

/** Matchers for `expect.extend` of Vitest, Jest and Playwright. All of them are asynchronous. */
export declare const matchers: {
  /** Expects a file at a path of a manager. `expected` is a part of its descriptor. */
  toContainFile(manager: MediaManager, path: string, expected?: object): Promise<MatcherResult>;
  /** Expects a folder at a path of a manager. */
  toContainFolder(manager: MediaManager, path: string): Promise<MatcherResult>;
  /** Expects a promise, or a function that returns one, to reject with a `code`. */
  toRejectWithCode(received: unknown, code: string): Promise<MatcherResult>;
};

/** Media types of {@link sample}. */
export type SampleType = 'IMAGE' | 'VECTOR' | 'VIDEO' | 'AUDIO' | 'DOCUMENT' | 'ARCHIVE' | 'MODEL3D';

/** Options of {@link sample}. */
export interface SampleOptions {
  /** File name. Default: `sample`, with an extension. */
  name?: string;
  /** Width in pixels, of images, vector graphics and videos, 1 to 10,000. Default: 4. */
  width?: number;
  /** Height in pixels, 1 to 10,000. Default: 3. */
  height?: number;
  /** Duration of audio and videos in seconds, above 0 and at most 3,600. Default: 1. */
  seconds?: number;
  /** Colour of images and vector graphics. Default: `#3366cc`. */
  color?: string;
}

/**
 * Creates a small file of a media type: PNG, SVG, MP4 (without frames), WAV (silence), PDF, ZIP or binary glTF. Equal arguments
 * give equal bytes.
 *
 * @throws {WixMediaError} `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { sample } from 'wix-media.v2/testing';
 *
 * const photo = sample('IMAGE', { width: 800, height: 600, name: 'beach.png' });
 * ```
 */
export declare function sample(mediaType: SampleType, options?: SampleOptions): File;

/** What {@link routePage} needs of a Playwright page or context. */
export interface RoutedPage {
  route(
    matches: (url: URL) => boolean,
    handler: (route: {
      request(): { url(): string; method(): string; postDataBuffer(): Uint8Array | null; allHeaders(): Promise<Record<string, string>> };
      // Playwright asks for a Buffer, which is a type of Node.
      fulfill(answer: { status: number; headers: Record<string, string>; body: any }): Promise<void>;
    }) => Promise<void>,
  ): Promise<unknown>;
}

/**
 * Answers the requests of a Playwright page or context to Wix's hosts, and to the manager's own, from a manager in the process
 * of the test.
 */
export declare function routePage(page: RoutedPage, manager: MediaManager): Promise<void>;
