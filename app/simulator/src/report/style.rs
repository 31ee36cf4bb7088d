//! The style sheet: calm on a screen of 1,280 pixels, and on A4 across when printed.

/// All of it.
pub(super) const STYLE: &str = "
:root { --ink: #1F2430; --soft: #5B6472; --line: #DDE1E7; --back: #F6F7F9; --accent: #0072B2; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; color: var(--ink); background: #fff; display: grid; grid-template-columns: 220px minmax(0, 1020px);
  column-gap: 36px; max-width: 1280px; font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow: auto; padding: 30px 12px 30px 24px;
  border-right: 1px solid var(--line); font-size: 13.5px; }
nav .brand { margin: 0 0 14px; font-weight: 650; letter-spacing: .02em; color: var(--accent); }
nav ol { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 4px 0; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--accent); text-decoration: underline; }
main { padding: 30px 24px 60px 0; min-width: 0; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 6px; letter-spacing: -.01em; }
.subtitle { margin: 0; color: var(--soft); font-size: 16px; }
h2 { font-size: 21px; margin: 46px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 16.5px; margin: 30px 0 4px; }
p { margin: 10px 0; max-width: 82ch; }
.points { margin: 12px 0; padding-left: 20px; max-width: 82ch; }
.points li { margin: 5px 0; }
.cards { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px; margin: 16px 0 18px; }
.card { background: var(--back); border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: 4px;
  padding: 11px 14px; }
.card { break-inside: avoid; }
.card p { margin: 0; }
.card .label { font-size: 12.5px; color: var(--soft); line-height: 1.35; min-height: 2.7em; }
.card .value { font-size: 23px; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; margin: 2px 0; }
.card .note { font-size: 12.5px; color: var(--soft); line-height: 1.4; }
figure { margin: 24px 0 30px; break-inside: avoid; min-width: 0; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 26px; }
.pair figure { display: grid; grid-template-rows: subgrid; grid-row: span 3; margin: 18px 0 22px; }
.finding { font-weight: 600; margin: 0 0 6px; max-width: none; }
.plot { width: 100%; overflow: hidden; }
figcaption { color: var(--soft); font-size: 13.5px; line-height: 1.5; max-width: 96ch; margin-top: 4px; }
.table { overflow-x: auto; margin: 20px 0 26px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 7px; font-size: 13.5px; }
th, td { padding: 6px 9px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; background: var(--back); border-bottom: 1px solid #C4CAD3; vertical-align: bottom; line-height: 1.35; }
.number { text-align: right; white-space: nowrap; }
th.number { white-space: normal; }
.text { text-align: left; }
td.text:first-child { white-space: nowrap; }
td.hash { white-space: normal; }
.hash { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11.5px; word-break: break-all; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 14px 0; }
dl.facts dt, dl.glossary dt { font-weight: 600; }
dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dl.glossary { columns: 2; column-gap: 36px; font-size: 14px; }
dl.glossary dt { break-after: avoid; }
dl.glossary dd { margin: 0 0 11px; color: var(--soft); break-inside: avoid; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12.5px; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 4px; padding: 12px; overflow: auto; max-height: 460px; }
details { margin: 14px 0; }
details .table { margin-top: 12px; }
summary { cursor: pointer; font-weight: 600; }
@media screen and (max-width: 900px) { body { display: block; padding: 0 16px; } nav { position: static; height: auto; border: 0; padding: 16px 0; }
  .cards, .pair { grid-template-columns: minmax(0, 1fr); } dl.glossary { columns: 1; } }
@page { size: A4 landscape; margin: 11mm; }
@media print { body { display: block; max-width: none; font-size: 13px; } main { padding: 0; width: 1020px; } .pair { break-inside: avoid; }
  nav { display: none; }
  h2, h3, .finding, section > p { break-after: avoid; } section { break-inside: auto; } tr { break-inside: avoid; }
  pre { max-height: none; white-space: pre-wrap; } .modebar-container { display: none; } thead { display: table-header-group; } }
";
