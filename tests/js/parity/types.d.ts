/** The operations table, as `cargo xtask parity` writes it. */
export interface Table {
  operations: TableOperation[];
  enums: { name: string; values: string[]; groups: string[] }[];
}

export interface TableOperation {
  group: 'files' | 'folders';
  name: string;
  verb: string;
  path: string;
  arguments: { name: string; optional: boolean }[];
  /** The fields of the request, by their names in REST. */
  fields: TableField[];
  codes: string[];
}

export interface TableField {
  name: string;
  required: boolean;
  kind: TableKind;
}

export interface TableKind {
  kind: string;
  min?: number;
  max?: number;
  length?: number;
  /** The name of an enum. */
  of?: string;
  fields?: TableField[];
  query?: { filters: [name: string, isList: boolean][]; sorts: string[] };
}

/** A difference that is meant. */
export interface Accepted {
  /** The fact, with `*` for any text. */
  fact: string;
  /** Its value in the official package, null where it has none. */
  official?: string | null;
  why: string;
}
