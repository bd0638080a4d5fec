import { join } from 'node:path';
import { launchBrowser } from '../helpers/browser.ts';

/**
 * Draws docs/page/*.png from a running view: `npm start -- --churn 30`, and then
 * `node --require ./test/helpers/run-typescript.cjs test/browser/draw-pictures.ts http://127.0.0.1:7800`.
 */
const FOLDER = join(__dirname, '..', '..', 'docs', 'page');
const LOCALES = [
  ['en', 'en-US', 'UTC'],
  ['zh', 'zh-CN', 'Asia/Shanghai'],
] as const;

async function main(url: string): Promise<void> {
  const browser = await launchBrowser();
  for (const [language, locale, timezoneId] of LOCALES) {
    const page = await browser.newPage({
      locale,
      timezoneId,
      viewport: { width: 1_280, height: 900 },
    });
    await page.goto(`${url}/`);
    await page.locator('.verdict:not(.unknown)').waitFor();
    await page.locator('.rows tr').first().waitFor();
    await page.locator('.feed li').first().waitFor();
    await page.locator('canvas').first().waitFor();
    await page.screenshot({ path: join(FOLDER, `page-${language}.png`) });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${url}/plain?refresh=off`);
    await page.screenshot({ path: join(FOLDER, `plain-${language}.png`) });
    await page.close();
  }
  await browser.close();
}

void main(process.argv[2] ?? 'http://127.0.0.1:7800');
