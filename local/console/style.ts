/** The look of the console around the messages. One column on a phone, two where there is room. */
export const CONSOLE_STYLE = `
  :root { --good: light-dark(#1a7f3c, #57c97c); --bad: light-dark(#c62828, #ff8a80);
          --moving: light-dark(#8a5a00, #f0b429); }
  body { font: 15px/1.5 circles, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
         background: var(--ground); margin: 0; }
  h1 { font-size: 1.25rem; margin: 0; }
  h2 { font-size: 1.1rem; margin: 0; }
  h3 { font-size: .95rem; margin: .3rem 0; }
  header > form { display: none; }
  body > header { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1.2rem; padding: .7rem 1rem; }
  .intro { margin: 0; color: var(--quiet); flex: 1 1 24rem; }
  #tick { margin: 0; font-variant-numeric: tabular-nums; }
  .lead { display: inline-block; padding: .3rem .9rem; border-radius: .5rem; text-decoration: none;
          background: var(--accent); color: light-dark(#fff, #0b1220); font-weight: 600; }
  fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .choice { display: flex; flex-wrap: wrap; gap: .3rem; }
  .choice label { position: relative; cursor: pointer; }
  .choice input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
  .choice span { display: block; padding: .1rem .7rem; border: 1px solid var(--line); border-radius: 1rem;
                 background: var(--paper); font-size: .9em; }
  .choice :checked + span { border-color: var(--accent); color: var(--accent); font-weight: 600; }
  :focus-visible, .choice :focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }
  #gone, #needs-script { margin: 0 1rem .7rem; padding: .5rem .9rem; border-radius: .5rem; color: #fff; background: #b3261e; }
  main { display: grid; gap: 1rem; padding: 0 1rem 1rem; }
  main > section { background: var(--paper); border: 1px solid var(--line); border-radius: .8rem; min-width: 0; overflow: auto; }
  .top { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .8rem 1rem .6rem;
         border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1rem; }
  #counts p { margin: 0; } #counts span { white-space: nowrap; margin-left: .6rem; }
  #said { flex: 1 0 100%; margin: 0; padding: .4rem .8rem; border-radius: .5rem; overflow-wrap: anywhere;
          background: light-dark(#eaf1fd, #1b2a41); }
  #said.refusal { background: light-dark(#fdeaea, #44201f); }
  .tools { flex: 1 0 100%; display: flex; flex-wrap: wrap; gap: .5rem; }
  .tools > input { flex: 1 1 14rem; min-width: 0; }
  .create { display: flex; flex-wrap: wrap; gap: .5rem; min-width: 0; }
  .create input { width: 9rem; }
  input, select, button { font: inherit; color: inherit; }
  input:not([type=radio]), select { padding: .25rem .6rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--ground); }
  button { padding: .2rem .7rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--paper); cursor: pointer; }
  button:hover { border-color: var(--accent); color: var(--accent); }
  button[aria-disabled=true] { opacity: .35; cursor: default; border-color: var(--line); color: inherit; }
  .faults { flex: 1 0 100%; }
  .faults summary { cursor: pointer; font-size: 1rem; color: light-dark(#1f2328, #e6e8eb); width: fit-content; }
  .calm { color: var(--good); } .broken { color: var(--bad); font-weight: 600; }
  #faults { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); grid-template-rows: auto 1fr;
            column-gap: 1.5rem; max-height: 50vh; overflow: auto; padding: .3rem; }
  /* The longest: the two others share the column beside it. */
  #faults > section:first-child { grid-row: span 2; }
  #faults > p { grid-column: 1 / -1; margin: 0; }
  .fault { margin-bottom: .7rem; }
  .fault p { margin: .15rem 0 0; font-size: .88em; color: var(--quiet); }
  .switches { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .3rem; }
  [role=switch]::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .45em;
                          border: 1px solid currentColor; border-radius: 50%; }
  [role=switch][aria-checked=true] { border-color: var(--bad); color: var(--bad); font-weight: 600; }
  [role=switch][aria-checked=true]::before { background: currentColor; }
  .rows { list-style: none; margin: 0; padding: 0; }
  .row { display: grid; grid-template: "sign who status" auto "acts acts acts" auto / 1.2rem 1fr auto;
         align-items: baseline; gap: .2rem .6rem; padding: .45rem 1rem; border-bottom: 1px solid var(--line); }
  .sign { grid-area: sign; text-align: center; }
  .who { grid-area: who; min-width: 0; overflow-wrap: anywhere; }
  .who b { font-weight: 600; } .who small { color: var(--quiet); display: block; }
  .status { grid-area: status; white-space: nowrap; }
  .acts { grid-area: acts; display: flex; gap: .35rem; justify-content: flex-end; }
  .acts button { font-size: .88em; padding: .15rem .6rem; }
  .acts .release:hover { border-color: var(--bad); color: var(--bad); }
  .Running { color: var(--good); } .Stopped { color: var(--bad); }
  .Pending, .Starting, .Stopping { color: var(--moving); }
  .note { margin: 0; padding: 1rem; color: var(--quiet); list-style: none; }
  #inbox { padding: 1rem; } #inbox .note { padding: 0; }
  .rows > .fresh, #inbox > .fresh { animation: fresh 2.5s ease-out; border-radius: .5rem; }
  @keyframes fresh { from { background: light-dark(#fff1b8, #4d4011); } }
  @media (prefers-reduced-motion: reduce) { .rows > .fresh, #inbox > .fresh { animation: none; } }
  @media (max-width: 63.99rem) {
    .top { position: static; }
    .rows { max-height: 60vh; overflow: auto; }
    #faults { max-height: none; }
  }
  @media (min-width: 40rem) {
    .row { grid-template: "sign who status acts" auto / 1.2rem 1fr 5.5rem auto; align-items: center; }
  }
  @media (min-width: 64rem) {
    body { height: 100vh; display: flex; flex-direction: column; }
    main { flex: 1; min-height: 0; grid-template-columns: minmax(0, 1fr) minmax(24rem, 34rem); grid-template-rows: minmax(0, 1fr); }
  }
`;
