import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mistakes, noticingSeed, SEARCHED } from './mistakes.ts';

/** Plants every `of`th mistake: each suite plants a share of them, so that suites run side by side. */
export function noticeMistakes({
  share,
  of,
}: {
  readonly share: number;
  readonly of: number;
}): void {
  describe(`within ${SEARCHED.seeds} histories a promise is broken when`, () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ecs-watch-mistakes-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const planted = mistakes().filter((_, index) => index % of === share - 1);
    it.each(planted.map((mistake) => [mistake.name, mistake] as const))(
      '%s',
      async (_name, mistake) => {
        const seed = await noticingSeed(mistake, folder, mistake.firstSeed);

        expect(seed).toEqual(expect.any(Number));
      },
      240_000,
    );
  });
}
