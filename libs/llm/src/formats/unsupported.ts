/** Something in a request that the target cannot express. */
export interface Unsupported {
  /** Path of the field in the canonical request, as in the proto: `messages[0].parts[1].audio`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly description: string;
}
