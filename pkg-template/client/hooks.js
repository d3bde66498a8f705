// Functions of the caller that are told what happens.

/**
 * Calls a hook, if there is one. Errors in it are ignored: they must not break the work that it is told about.
 *
 * @template Event
 * @param {((event: Event) => unknown) | undefined} hook
 * @param {Event} event
 */
export function tell(hook, event) {
  try {
    /** @type {any} */ (hook?.(event))?.catch?.(() => {});
  } catch {
    // Ignored, as an error in a promise is.
  }
}
