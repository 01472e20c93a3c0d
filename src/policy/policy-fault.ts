/** One thing wrong with a policy file, for the person who edits it. */
export interface PolicyFault {
  /** JSON pointer (RFC 6901) to the place, `""` for the whole file. */
  readonly pointer: string;
  /** Finishes a sentence that begins with the pointer: "is missing". */
  readonly message: string;
}
