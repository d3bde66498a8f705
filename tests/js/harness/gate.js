// Waiting for a moment of another part of a test, instead of for a time that a busy machine may need longer for.

/** A promise `opened` that is fulfilled by `open(value)`. */
export function gate() {
  /** @type {(value?: any) => void} */
  let open = () => {};
  /** @type {Promise<any>} */
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
