// Functions of the caller that are told what happens.

/** Tells a hook, if there is one. What goes wrong inside it is its own affair. */
export function tell(hook, event) {
  try {
    hook?.(event)?.catch?.(() => {});
  } catch {
    // As said.
  }
}
