"""The look of the pages: light, dark, narrow and printed; colour is never the only sign."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --page: #fbfaf7; --card: #ffffff; --ink: #1d1f23; --soft: #5d6169; --line: #dedbd3;
  --wash: #f3f1ea;
  --right: #1c7a4a; --wrong: #b3322c; --undecided: #8a5a00; --invalid: #5b4aa8; --link: #1f5fa8; --none: #8b8f97;
  --right-wash: #e3f3ea; --wrong-wash: #fbe7e4; --undecided-wash: #fbf0d6; --invalid-wash: #ebe7fa; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14161a; --card: #1c1f25; --ink: #e8e6e1; --soft: #a2a6ae; --line: #33373f; --wash: #23272e;
    --right: #63c793; --wrong: #f08a80; --undecided: #e2b252; --invalid: #b3a4f2; --link: #86b8f0; --none: #7d828b;
    --right-wash: #173226; --wrong-wash: #3a201f; --undecided-wash: #362b14; --invalid-wash: #282342; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.55 "Source Serif 4", "Iowan Old Style",
  Charter, Georgia, serif; }
main { max-width: 50rem; margin: 0 auto; padding: 2.2rem 1.25rem 4rem; }
main.wide { max-width: 62rem; }
h1, h2, h3, .label, .pill, .figure, nav, th, .score, .tag { font-family: "Inter", "Segoe UI", system-ui,
  -apple-system, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.12rem; margin: 2.6rem 0 .7rem; letter-spacing: -.005em; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .5rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
.over { font-family: "Inter", system-ui, sans-serif; color: var(--soft); font-size: .85rem; margin: 0 0 .3rem; }
.soft { color: var(--soft); }
.label { color: var(--soft); font-size: .74rem; letter-spacing: .02em; margin: .9rem 0 .15rem; }
header { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: end; justify-content: space-between;
  padding-bottom: 1.1rem; border-bottom: 1px solid var(--line); }
.score { font-size: 2.1rem; line-height: 1; font-weight: 650; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.score small { font-size: 1rem; font-weight: 400; color: var(--soft); }
.strip { display: flex; gap: 4px; margin: 1rem 0 0; padding: 0; list-style: none; }
.strip li { flex: 1 1 0; min-width: 0; }
.strip a { display: block; text-decoration: none; color: var(--soft); font: 600 .78rem/1.3 "Inter", system-ui,
  sans-serif;
  border-top: 5px solid var(--tone); padding-top: .3rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.strip a b { color: var(--tone); }
.card { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--tone);
  border-radius: 8px;
  padding: 1rem 1.2rem 1.1rem; margin: 1.1rem 0; break-inside: avoid; }
.top { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; }
.top h3 { flex: 1 1 12rem; }
.top .figure { font-size: .95rem; font-variant-numeric: tabular-nums; color: var(--soft); white-space: nowrap; }
.top .figure b { color: var(--ink); }
.pill { display: inline-block; font-size: .8rem; font-weight: 600; color: var(--tone); background: var(--tone-wash);
  border-radius: 99px;
  padding: .08rem .65rem; white-space: nowrap; }
.right { --tone: var(--right); --tone-wash: var(--right-wash); } .wrong { --tone: var(--wrong);
  --tone-wash: var(--wrong-wash); }
.undecided { --tone: var(--undecided); --tone-wash: var(--undecided-wash); }
.invalid { --tone: var(--invalid); --tone-wash: var(--invalid-wash); } .none { --tone: var(--none);
  --tone-wash: var(--wash); }
pre { font: .86rem/1.5 "JetBrains Mono", "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace;
  background: var(--wash);
  border-radius: 5px; margin: 0; padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere;
  max-height: 24rem; overflow: auto; }
code { font: .88em "JetBrains Mono", "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; }
td pre { padding: .15rem .4rem; margin-bottom: .15rem; }
.decided { border-left: 3px solid var(--tone); padding-left: .7rem; white-space: pre-line; }
.math { overflow-x: auto; padding: .15rem 0 .25rem; }
math, .plain { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre", math,
  serif; }
math { font-size: 1.14em; } math[display="block"] { text-align: left; display: block math; width: max-content;
  margin: 0; }
.plain { font-size: 1.05em; overflow-wrap: anywhere; }
.say { margin-top: .7rem; }
.steps { list-style: none; padding: 0; margin: .3rem 0 0; }
.steps li { display: grid; grid-template-columns: 1.7rem 1fr auto; gap: 0 .5rem; padding: .5rem 0;
  border-top: 1px solid var(--line); }
.steps .sign { color: var(--tone); font: 700 1rem/1.6 "Inter", system-ui, sans-serif; }
.steps .figure { font-size: .85rem; color: var(--soft); white-space: nowrap; }
.steps p { margin: .1rem 0 0; font-size: .95rem; }
.first { background: var(--tone-wash); margin: 0 -.6rem; padding-left: .6rem !important;
  padding-right: .6rem !important; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: .76rem; font-weight: 600; color: var(--soft); padding: .3rem .6rem .3rem 0;
  vertical-align: bottom; }
td { border-top: 1px solid var(--line); padding: .38rem .6rem .38rem 0; vertical-align: top; overflow-wrap: anywhere;
  }
.questions td:first-child { min-width: 13rem; width: 42%; padding-right: 1.2rem; } .questions .bar { margin: .3rem 0 .2rem; }
.questions td { vertical-align: middle; } .bars + h3, .bars + p + h3 { margin-top: 1.5rem; }
.looks td:first-child { white-space: nowrap; } .looks td:last-child { min-width: 8rem; }
.looks td:nth-child(3) { min-width: 14rem; }
.number { text-align: right; white-space: nowrap; }
.scroll { overflow-x: auto; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.6rem; margin: 1.3rem 0 0; padding: 0; list-style: none; }
.figures b { display: block; font: 650 1.55rem/1.15 "Inter", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font: .84rem "Inter", system-ui, sans-serif; }
.bar { display: flex; height: .8rem; border-radius: 3px; overflow: hidden; background: var(--wash); min-width: 7rem;
  gap: 1px; }
.bar i { background: var(--tone); display: block; }
.wrong.part { background-image: repeating-linear-gradient(45deg, transparent 0 4px, rgba(255,255,255,.28) 4px 6px); }
.bars { list-style: none; padding: 0; margin: .4rem 0 0; }
.bars li { display: grid; grid-template-columns: 6.2rem 1fr; gap: .1rem 1rem; padding: .4rem 0;
  border-top: 1px solid var(--line); }
.bars .count { font: 600 .92rem/1.5 "Inter", system-ui, sans-serif; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.thin { height: 4px; border-radius: 2px; background: var(--tone); margin-top: .3rem; opacity: .75; }
.tag { font-size: .74rem; color: var(--soft); }
.histogram { display: grid; grid-template-columns: repeat(10, 1fr); gap: 6px; align-items: end; height: 9.5rem;
  margin: .8rem 0 0; }
.histogram div { display: flex; flex-direction: column; justify-content: end; height: 100%; text-align: center;
  font: .76rem/1.5 "Inter", system-ui, sans-serif; color: var(--soft); }
.histogram i { display: block; background: var(--link); border-radius: 3px 3px 0 0; opacity: .85; }
.histogram.axis { height: auto; margin: .15rem 0 0; border-top: 1px solid var(--line); }
.legend { color: var(--soft); font: .84rem/1.6 "Inter", system-ui, sans-serif; } .legend b { color: var(--tone); }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: .85rem; }
@media (max-width: 34rem) { body { font-size: 16px; } main { padding: 1.3rem .9rem 3rem; } .card {
  padding: .85rem .9rem; }
  .looks thead { display: none; } .looks tr { display: block; border-top: 1px solid var(--line); padding: .4rem 0; }
  .looks td { display: block; border: 0; padding: .1rem 0; min-width: 0 !important; }
  h1 { font-size: 1.4rem; } .bars li { grid-template-columns: 1fr; } .histogram { gap: 3px; } .histogram div {
  font-size: .64rem; } }
@media print { :root { color-scheme: light; --page: #fff; --card: #fff; } body { font-size: 10.5pt; } main {
  max-width: none; padding: 0; }
  pre { max-height: none; } .strip a { color: inherit; } a { color: inherit; text-decoration: none; } }
"""
