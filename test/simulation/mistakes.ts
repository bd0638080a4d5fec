import type { Edit } from './bundle.ts';

/** A mistake that somebody might make in the real code, and the promise that it breaks. */
export interface Mistake {
  readonly name: string;
  /** The seed to begin with, where the first ones do not notice. It only saves time. */
  readonly first?: number;
  readonly edits: readonly Edit[];
}

function edit(file: string, from: string, to: string): Edit {
  return { file: `shared/${file}`, from, to };
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'a commit is written without its condition',
    edits: [
      edit(
        'tablestore/journal.ts',
        `condition: new TableStore.Condition(
            TableStore.RowExistenceExpectation.EXPECT_NOT_EXIST,
            null,
          ),
          primaryKey: commitKey(`,
        'condition: ignoring(), primaryKey: commitKey(',
      ),
    ],
  },
  {
    name: 'the last seq is read after the scan has begun',
    first: 116,
    edits: [
      edit(
        'watch/open.ts',
        `    const loaded = await load(journal, scope, tick.memory);
    const fleet = openFleet(ports, tick, scope);`,
        `    const fleet = openFleet(ports, tick, scope);
    const early = scan(fleet, 0);
    const loaded = { ...(await load(journal, scope, tick.memory)), early };`,
      ),
      edit(
        'watch/open.ts',
        'import { type Loaded,',
        "import { scan } from './scan.ts';\nimport { type Loaded,",
      ),
      edit('watch/watch.ts', 'scan(fleet, health.instances),', 'loaded.early,'),
    ],
  },
  {
    name: 'a cursor moves before the message is sent',
    edits: [
      edit(
        'delivery/send-message.ts',
        'row.move(claimMessage(row.state, to, { tickId, nowMs: runtime.now() }))',
        'row.move({ ...claimMessage(row.state, to, { tickId, nowMs: runtime.now() }), cursor: { ...row.state.cursor, ...to } })',
      ),
    ],
  },
  {
    name: 'a cursor moves though the message was refused',
    edits: [
      edit(
        'delivery/core/settle.ts',
        '    // Only a message that may have arrived is remembered',
        '    cursor: advance(state.cursor, claim.to),\n    // Only a message that may have arrived is remembered',
      ),
    ],
  },
  {
    name: 'nobody asks for suspects by id',
    edits: [
      edit(
        'watch/confirm.ts',
        'const answers = await askSuspects(fleet, suspects, scan.statuses);',
        'const answers = { answered: suspects, statuses: new Map(), failure: null };',
      ),
    ],
  },
  {
    name: 'an answer by id that shows no witness is believed',
    first: 163,
    edits: [
      edit(
        'watch/ask-suspects.ts',
        'isNotFound || !hasInstances || statuses.size > 0,',
        'isNotFound || statuses.size >= 0,',
      ),
    ],
  },
  {
    name: 'an answer by id that shows fewer than it counts is believed',
    edits: [
      edit(
        'watch/ask-by-id.ts',
        'totalCount <= all.length && statuses.size < totalCount',
        'totalCount < 0',
      ),
    ],
  },
  {
    name: 'an incomplete scan releases',
    first: 162,
    edits: [
      edit(
        'watch/confirm.ts',
        'if (scan.failure !== null) return',
        'if (scan.failure === undefined) return',
      ),
    ],
  },
  {
    name: 'the mass-vanish guard is off',
    edits: [edit('watch/core/guard.ts', 'if (!wouldTrip(known, gone, limits))', 'if (gone >= 0)')],
  },
  {
    name: 'a doubted second opinion is believed',
    edits: [
      edit(
        'watch/core/guard.ts',
        "scans >= limits.scans && opinion === 'agrees'",
        'scans >= limits.scans',
      ),
      edit(
        'watch/core/guard.ts',
        "if (opinion === 'contradicts' || opinion === 'refuses') return 0;",
        '',
      ),
      edit('watch/core/guard.ts', "vouched && opinion === 'agrees' ? 1 : 0", 'vouched ? 1 : 0'),
    ],
  },
  {
    name: 'a write whose answer was lost is taken for done, without reading it back',
    edits: [
      edit(
        'lib/write-once.ts',
        'if (!isUnknown(error)) throw error;',
        "if (!isUnknown(error)) throw error; return 'done';",
      ),
    ],
  },
  {
    name: 'a checkpoint is made current before its parts are stored',
    edits: [
      edit(
        'tablestore/journal.ts',
        `      await allOf(
        parts.map((data, index) =>`,
        `      const store = () => allOf(
        parts.map((data, index) =>`,
      ),
      edit(
        'tablestore/journal.ts',
        '      const current = made ===',
        '      await store();\n      const current = made ===',
      ),
    ],
  },
  {
    name: 'the parts of the current checkpoint are removed with the old ones',
    edits: [
      edit('tablestore/checkpoint.ts', 'return name < own ||', 'return name.startsWith(own) ||'),
    ],
  },
  {
    name: 'a channel moves without compare-and-set',
    first: 299,
    edits: [edit('tablestore/journal.ts', "isEqual('version', integer(before.version)),", 'null,')],
  },
  {
    name: 'a message that may have arrived is not labelled when it comes again',
    edits: [
      edit('delivery/core/stages/repeat.ts', '{ ...draft, pending, isRepeat: true }', 'draft'),
    ],
  },
  {
    name: 'a heartbeat is waited for as long as it takes',
    edits: [edit('watch/heartbeat.ts', 'Math.max(1, tick.deadlineMs - runtime.now())', '60_000')],
  },
  {
    name: 'one region that fails takes the others with it',
    first: 125,
    edits: [edit('watch/watch.ts', 'failed(opening.scope, error)),', '{ throw error; }),')],
  },
  {
    name: 'what a dead tick has told about itself is told again',
    edits: [edit('core/health.ts', 'if (seq <= health.seq) continue;', 'continue;')],
  },
];
