// ---------------------------------------------------------------------------------------------------------------------
// Errors of the service, as it sends them
// ---------------------------------------------------------------------------------------------------------------------

/** `data` of the errors `UNSUPPORTED_MEDIA_TYPE` and `UNSUPPORTED_SORT_VALUE`. */
export interface UnsupportedRequestValueError {
  /** Up to 100 allowed values. */
  allowedValues?: string[];
  /** The value that was refused. */
  requestValue?: string;
}
