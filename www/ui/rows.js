// Lists that are drawn again and again. An element that stays is not moved without need, because that would take the focus
// from it.

/**
 * Makes elements the children of another one, in this order.
 *
 * @param {Element} parent
 * @param {readonly Element[]} elements
 */
export function arrange(parent, elements) {
  for (const child of [...parent.children]) if (!elements.includes(child)) child.remove();
  for (const [index, one] of elements.entries()) if (parent.children[index] !== one) parent.insertBefore(one, parent.children[index] ?? null);
}

/**
 * The rows of a list, one for each subject.
 *
 * @template Subject
 * @template {{ readonly element: HTMLElement, draw(): void }} Row
 */
export class RowList {
  #list;
  #make;
  /** @type {Map<Subject, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {(subject: Subject) => Row} make
   */
  constructor(list, make) {
    this.#list = list;
    this.#make = make;
  }

  /**
   * Draws the rows of these subjects, and removes the others.
   *
   * @param {readonly Subject[]} subjects
   */
  draw(subjects) {
    const rows = new Map(subjects.map((subject) => [subject, this.#rows.get(subject) ?? this.#make(subject)]));
    this.#rows = rows;
    for (const row of rows.values()) row.draw();
    arrange(this.#list, [...rows.values()].map(({ element }) => element));
  }

  clear() {
    this.draw([]);
  }
}
