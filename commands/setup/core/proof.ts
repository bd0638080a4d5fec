/** Whether a role has a right, tried with its own keys. */
export interface Proof {
  readonly role: string;
  /** As policies name it. `` where nothing could be tried, and where the role could not be closed again. */
  readonly right: string;
  readonly result: 'proved' | 'refused' | 'unclear' | 'untried' | 'open';
  readonly words: string;
}
