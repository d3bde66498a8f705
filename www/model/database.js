// A database of the browser, whose records have an `id`.

export class Database {
  #name;
  #stores;
  /** @type {Promise<IDBDatabase> | undefined} */
  #opened;

  /**
   * @param {string} name
   * @param {readonly string[]} stores
   */
  constructor(name, stores) {
    this.#name = name;
    this.#stores = stores;
  }

  #open() {
    this.#opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => {
        for (const store of this.#stores) request.result.createObjectStore(store, { keyPath: 'id' });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.#opened;
  }

  /**
   * Runs a transaction on one of the stores. Resolves with the result of the request that `work` returns.
   *
   * @template Result
   * @param {string} name
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<Result> | undefined} work
   * @returns {Promise<Result | undefined>}
   */
  async transact(name, mode, work) {
    const store = (await this.#open()).transaction(name, mode).objectStore(name);
    const request = work(store);
    return new Promise((resolve, reject) => {
      const fail = () => reject(store.transaction.error);
      store.transaction.oncomplete = () => resolve(request?.result);
      store.transaction.onerror = fail;
      store.transaction.onabort = fail;
    });
  }

  /**
   * Returns the records of a store.
   *
   * @template Item
   * @param {string} name
   * @returns {Promise<Item[]>}
   */
  async all(name) {
    return (await this.transact(name, 'readonly', (store) => store.getAll())) ?? [];
  }

  /**
   * Returns a record, if there is one with this ID.
   *
   * @template Item
   * @param {string} name
   * @param {string} id
   * @returns {Promise<Item | undefined>}
   */
  get(name, id) {
    return this.transact(name, 'readonly', (store) => store.get(id));
  }

  /**
   * Puts records into a store, in place of those with the same IDs.
   *
   * @template {{ id: string }} Item
   * @param {string} name
   * @param {readonly Item[]} records
   */
  async put(name, records) {
    await this.transact(name, 'readwrite', (store) => {
      for (const record of records) store.put(record);
      return undefined;
    });
  }

  /**
   * @param {string} name
   * @param {readonly string[]} ids
   */
  async delete(name, ids) {
    await this.transact(name, 'readwrite', (store) => {
      for (const id of ids) store.delete(id);
      return undefined;
    });
  }
}
