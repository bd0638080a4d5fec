import { type Section, table } from '../section.ts';
import { startFirstHour } from './first-hour.ts';
import { nameIt, WRONG_SETTINGS } from './wrong-settings.ts';

/** A person who waits for longer looks elsewhere. */
const MAX_NAMED_SECONDS = 5;

/** How long it takes until each wrong setting is named, beside the time that a command takes to load. */
export async function doctor(): Promise<Section> {
  const hour = await startFirstHour();
  try {
    const rows: (readonly (string | number)[])[] = [];
    const seconds: number[] = [];
    const missed: string[] = [];
    for (const [place, wrong] of WRONG_SETTINGS.entries()) {
      const said = await nameIt(hour, wrong, place);
      const isNamed = wrong.doctor.test(said.doctor.text);
      const isSeen = wrong.watch === undefined || wrong.watch.test(said.watch?.text ?? '');
      if (!isNamed || !isSeen) missed.push(wrong.what);
      seconds.push(said.doctor.ms / 1_000, (said.watch?.ms ?? 0) / 1_000);
      rows.push([
        wrong.what,
        isNamed ? (said.doctor.ms / 1_000).toFixed(1) : '**not named**',
        said.watch === null
          ? 'cannot know it'
          : isSeen
            ? (said.watch.ms / 1_000).toFixed(1)
            : '**not named**',
      ]);
    }
    return {
      title: 'Wrong settings of the first hour',
      text: [
        'Each setting is made wrong on a local account, and both commands are asked in this process.',
        '',
        table(['what is wrong', 'npm run doctor, s', 'npm run watch -- --once, s'], rows),
      ].join('\n'),
      targets: [
        {
          what: 'the slowest of the wrong settings is named after',
          figure: Math.max(...seconds),
          is: 'at most',
          limit: MAX_NAMED_SECONDS,
          unit: 's',
        },
        {
          what: 'wrong settings that are not named',
          figure: missed.length,
          is: 'at most',
          limit: 0,
          unit: 'settings',
        },
      ],
    };
  } finally {
    await hour.close();
  }
}
