import type { Claim } from '../../signature/claim.ts';

export interface EcsClaim extends Claim {
  readonly nonce: string;
  /** The message for a client whose signature does not match. */
  mismatchMessage(): string;
}
