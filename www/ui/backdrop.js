// Clicks on the backdrop of a dialog.

/**
 * Does something when a click begins and ends on the backdrop. A press that begins in the dialog, as to select text, may end
 * outside it, and the browser reports that as a click on the dialog too.
 *
 * @param {HTMLDialogElement} dialog
 * @param {() => unknown} act
 */
export function watchBackdrop(dialog, act) {
  let began = false;
  let ended = false;
  dialog.addEventListener('pointerdown', ({ target }) => {
    began = target === dialog;
    ended = false;
  });
  dialog.addEventListener('pointerup', ({ target }) => {
    ended = target === dialog;
  });
  dialog.addEventListener('click', ({ target }) => {
    if (began && ended && target === dialog) act();
  });
}
