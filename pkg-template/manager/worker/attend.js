// What a thread is for, which its first message says.

/** @import { MessagePortLike } from '../internal.d.ts' */

/** @typedef {(message: any) => unknown} Handler */

/**
 * Handles the messages of a thread.
 *
 * @param {Pick<MessagePortLike, 'onmessage'>} port
 * @param {{ manager(): Handler, images(): Handler }} roles
 */
export function attend(port, roles) {
  /** @type {Handler | undefined} */
  let handle;
  port.onmessage = ({ data }) => {
    handle ??= data.type === 'images' ? roles.images() : roles.manager();
    handle(data);
  };
}
