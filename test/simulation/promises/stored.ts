/** A change as its row has it, read without the code of the product. */
export interface StoredChange {
  readonly instanceId: string;
  readonly name?: string;
  readonly zoneId?: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly returned?: true;
  readonly fromSinceMs?: number;
  readonly fromSinceKnown?: boolean;
  readonly note?: StoredNote;
}

export interface StoredNote {
  readonly text: string;
  readonly by: string;
  readonly untilMs: number;
}

/** A change of the name or the note; nothing else changes in this simulation besides statuses. */
export interface StoredDetails {
  readonly instanceId: string;
  readonly before: { readonly name?: string; readonly note?: StoredNote };
  readonly after: { readonly name?: string; readonly note?: StoredNote };
}

export interface StoredNotice {
  readonly kind: string;
  readonly last?: boolean;
  readonly channel?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** A notice of the kind `report`. */
export interface StoredReport {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly changes: number;
  readonly unread?: readonly string[];
}
