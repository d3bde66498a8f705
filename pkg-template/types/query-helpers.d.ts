import type { MediaTypeWithLiterals, StateWithLiterals } from './enums.js';
import type { FileDescriptorFilter } from './files/query.js';
import type { FolderFilter } from './folders/query.js';

// ---------------------------------------------------------------------------------------------------------------------
// Helpers that build queries
// ---------------------------------------------------------------------------------------------------------------------

/** Collects the parts of a query object. */
export interface QueryBuilder<Query, Filter, Sort, Field> {
  /** Sets the filter. */
  withFilter(filter: FilterExpression<Filter>): QueryBuilder<Query, Filter, Sort, Field>;
  /** Names the members to return. The service ignores it and returns whole files and folders. */
  withFields(...fields: (Field & string)[]): QueryBuilder<Query, Filter, Sort, Field>;
  /** Sets the sort order, at most one entry. */
  withSorting(...sorts: SortExpression<Sort>[]): QueryBuilder<Query, Filter, Sort, Field>;
  /** Sets `paging` of the query object. The service reads `cursorPaging`: to page, set that on the built object. */
  withPaging(paging: { limit: number; cursor?: string }): QueryBuilder<Query, Filter, Sort, Field>;
  /** Returns the query object. */
  build(): Query;
}

/** A filter for {@link QueryBuilder.withFilter}. */
export interface FilterExpression<Filter> {
  /** The filter as the service reads it. */
  readonly filter: Filter;
}

/** A sort entry for {@link QueryBuilder.withSorting}. */
export interface SortExpression<Sort> {
  /** The sort entry as the service reads it. */
  readonly sort: Sort;
}

/** Starts a filter on a field, or joins filters. */
export interface FilterFactory<Filter, Fields> {
  /** Starts a filter on a field. */
  <Field extends keyof Fields>(field: Field): Fields[Field] & FilterExpression<Filter>;
  /** All of the filters must match. */
  and(...filters: FilterExpression<Filter>[]): FilterExpression<Filter>;
  /** One of the filters must match; the service refuses this for files and folders. */
  or(...filters: FilterExpression<Filter>[]): FilterExpression<Filter>;
  /** The filter must not match; the service refuses this for files and folders. */
  not(filter: FilterExpression<Filter>): FilterExpression<Filter>;
}

/** Conditions of a filter over files, by field. */
export interface FileFilterFields {
  /** Private or public files. */
  private: { eq(value: boolean): FilterExpression<FileDescriptorFilter> };
  /** One media type, or several. */
  mediaType: {
    eq(value: MediaTypeWithLiterals): FilterExpression<FileDescriptorFilter>;
    in(values: MediaTypeWithLiterals[]): FilterExpression<FileDescriptorFilter>;
  };
  /** Files in use or in the trash. */
  state: { eq(value: StateWithLiterals): FilterExpression<FileDescriptorFilter> };
}

/** Conditions of a filter over folders, by field. */
export interface FolderFilterFields {
  /** Folders in use or in the trash. */
  state: { eq(value: StateWithLiterals): FilterExpression<FolderFilter> };
}

/** The two directions of a sort by one field. */
export interface FieldSort<Field> {
  /** Ascending: smallest, oldest or alphabetically first. */
  asc(): SortExpression<{ fieldName: Field; order: 'ASC' }>;
  /** Descending: largest, newest or alphabetically last. */
  desc(): SortExpression<{ fieldName: Field; order: 'DESC' }>;
}
