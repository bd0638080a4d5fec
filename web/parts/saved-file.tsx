import type { VNode } from 'preact';
import { ALL_TEXTS } from '../texts/index.ts';

const COMMAND = 'npm run page -- --view URL';

/** In place of the page, where a browser has downloaded it: a file has no view to ask. */
export function SavedFile(): VNode {
  return (
    <main class="page">
      <h1>ecs-watch</h1>
      {ALL_TEXTS.map(({ language, savedFile: { title, reason, command, domain } }) => (
        <section key={language} lang={language === 'zh' ? 'zh-CN' : 'en'}>
          <h2>{title}</h2>
          <p>{reason}</p>
          <p>{command}</p>
          <p>
            <code>{COMMAND}</code>
          </p>
          <p>{domain}</p>
        </section>
      ))}
    </main>
  );
}
