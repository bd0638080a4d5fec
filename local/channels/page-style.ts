/** The look of the inbox page around the messages. */
export const PAGE_STYLE = `
  body { font: 15px/1.5 circles, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
         background: var(--ground); max-width: 46rem; margin: 0 auto; padding: 1rem; }
  h1 { font-size: 1.3rem; margin: .3rem 0 .8rem; }
  nav { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: 1rem; }
  nav a { padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 1rem; color: inherit;
          background: var(--paper); text-decoration: none; font-size: .9em; }
  nav a[aria-current] { border-color: var(--accent); color: var(--accent); }
`;
