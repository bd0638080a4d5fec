/** Whether a role has a right, tried with its own keys. */
export interface Proof {
  readonly role: string;
  /** As policies name it. `` where nothing could be tried. */
  readonly right: string;
  readonly result: 'proved' | 'refused' | 'unclear' | 'untried';
  readonly words: string;
}
