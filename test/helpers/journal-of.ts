import { LOCAL_KEYS } from '../../local/index.ts';
import type { Commit } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import { aScope } from './examples.ts';
import type { Product } from './product.ts';

const PATIENCE_MS = 30_000;

/** The journal of a product, through the same adapter, for a look from outside. */
export function journalOf({ cloud }: Pick<Product, 'cloud'>): Journal {
  return tablestoreJournal({
    endpoint: cloud.tablestore.url,
    instance: cloud.environment.TABLESTORE_INSTANCE ?? '',
    tablePrefix: 'ecs_watch_',
    credentials: LOCAL_KEYS,
    runtime: SYSTEM_RUNTIME,
    redact: (text) => text,
    deadlineMs: Date.now() + PATIENCE_MS,
  });
}

/** Every commit of the product's region, oldest first. */
export function readJournal(product: Pick<Product, 'cloud'>): Promise<readonly Commit[]> {
  const scope = aScope('cn-hangzhou');
  return commitsPast(journalOf(product), scope, 0);
}
