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
