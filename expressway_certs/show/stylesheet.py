"""The style sheet of a report, on its page and in a notebook: colours with contrast, by light and in the dark."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

SCOPE: Final = "expressway-certs"
"""The class of what the rules are for, so that they change nothing else on the page of a notebook."""

# Each state and level has a ground and an ink of its own, so that it can be read on whatever lies below it.
_PARTS: Final = """
.xc { line-height: 1.45; overflow-wrap: anywhere }
.xc h2, .xc h3 { line-height: 1.2 }
.xc table { border-collapse: collapse; font-size: .875em; margin: .5em 0 }
.xc th, .xc td { text-align: left; vertical-align: top; padding: .25em .6em; border: 1px solid #8885;
  white-space: normal }
.xc thead th { vertical-align: bottom; font-weight: 600 }
.xc tbody th { font-weight: 400; overflow-wrap: normal }
.xc .scroll { overflow-x: auto; max-width: 100%; position: relative }
.xc code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; color: inherit; background: none }
.xc ul, .xc ol { margin: 0; padding-left: 1.4em }
.xc .counts { display: flex; flex-wrap: wrap; gap: .4em; margin: .6em 0; padding: 0; list-style: none }
.xc .quiet { opacity: .85; font-size: .9em }
.xc .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.xc .pill { display: inline-block; border-radius: .7em; padding: 0 .55em; font-size: .85em; font-weight: 600;
  white-space: nowrap }
.xc p .pill { white-space: normal }
.xc .up { background: #d3f0d6; color: #0a4311 }
.xc .down, .xc .error { background: #fbd3cf; color: #6f0d07 }
.xc .warns, .xc .warning { background: #ffe5ad; color: #533600 }
.xc .info { background: #d6e6fb; color: #0b3a6b }
.xc .not-reached, .xc .not-checked, .xc .plain { background: #e2e6eb; color: #2d343c }
.xc .not-checked { font-style: italic }
.xc .heat td { min-width: 4.5em; text-align: center; border-color: #8888 }
.xc .heat td a { color: inherit; font-weight: 600; display: block }
.xc .heat .leg { display: block; font-weight: 700 }
.xc .heat thead th + th { font-weight: 400; min-width: 4.5em; max-width: 8em }
.xc .heat tbody th { min-width: 11em }
.xc .heat [scope=rowgroup] { font-weight: 600; border-left-width: 0; border-right-width: 0 }
.xc details.card { border: 1px solid #8886; border-left: .4em solid #8888; border-radius: .3em; background: none;
  color: inherit; padding: .4em .8em; margin: .6em 0 }
.xc details.card.error { border-left-color: #c9362b } .xc details.card.warning { border-left-color: #b87a00 }
.xc details.card.info { border-left-color: #2f74c0 }
.xc summary { cursor: pointer }
.xc summary strong { font-weight: 600 }
.xc dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3em 1em; margin: .6em 0 .2em }
.xc dt { font-weight: 600; opacity: .85 } .xc dd { margin: 0 }
.xc .tree, .xc .tree ul { list-style: none; padding-left: 0 }
.xc .tree ul:not(.notes):not(details > ul) { margin-left: .6em; border-left: 1px solid #888a }
.xc .tree ul:not(.notes) > li { padding: .3em 0 .3em 1.2em; position: relative }
.xc .tree ul:not(.notes) > li::before { content: ""; position: absolute; left: 0; top: 1em; width: .9em;
  border-top: 1px solid #888a }
.xc .tree > li { margin: .8em 0 }
.xc .notes { font-size: .875em; opacity: .9 } .xc .notes > li { padding: 0 0 0 .2em }
.xc svg { display: block; margin-top: .25em; max-width: none; overflow: hidden }
.xc svg text { fill: currentColor; font-size: 10px }
.xc .timeline td, .xc .timeline thead th { white-space: nowrap }
.xc .timeline tbody th { min-width: 11em } .xc .timeline td.where { white-space: normal; min-width: 12em }
.xc .bar.ok { fill: #2f8f3c } .xc .bar.soon { fill: #d08a00 } .xc .bar.over { fill: #c9362b }
.xc .bar.early { fill: #7a6bb8 } .xc .year { stroke: #8886 } .xc .now { stroke: currentColor; stroke-width: 1.5 }
""".replace(".xc", f".{SCOPE}")

_PAGE: Final = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --link: #0b57b0 }
body { margin: 0; background: var(--ground); color: var(--ink); font-family: system-ui, "Segoe UI", sans-serif }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.2rem }
header { padding-top: 1.2rem } footer { padding-bottom: 2rem; font-size: .875em }
h1 { font-size: 1.6rem; margin: .2rem 0 } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem }
a { color: var(--link) } .xc nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; list-style: none }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
.skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem;
  background: var(--ground); z-index: 1 }
.answer { border-radius: .4rem; padding: .7rem 1rem; font-weight: 600; margin: .8rem 0 }
:target { outline: 3px solid var(--link); outline-offset: 2px }
.xc .heat [scope=row] { position: sticky; left: 0; background: var(--ground) }
@media (max-width: 40rem) { .xc dl { grid-template-columns: minmax(0, 1fr); gap: .1em } .xc dd { margin-bottom: .4em } }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --ink: #e6e9ed; --link: #8ab8f5 }
  .xc .up { background: #143d1b; color: #bdeac4 } .xc .down, .xc .error { background: #5a1813; color: #ffd3ce }
  .xc .warns, .xc .warning { background: #4c3800; color: #ffe3a4 } .xc .info { background: #143757; color: #cfe4ff }
  .xc .not-reached, .xc .not-checked, .xc .plain { background: #30363e; color: #d3d9e0 }
  .xc details.card { background: none; color: inherit }
  .xc .bar.ok { fill: #57b865 } .xc .bar.soon { fill: #e0a52c } .xc .bar.over { fill: #ef6c62 }
  .xc .bar.early { fill: #a99be6 }
}
@media print { .skip, nav { display: none } }
""".replace(".xc", f".{SCOPE}")

PARTS: Final = _PARTS
"""For what stands in a notebook."""

PAGE: Final = _PARTS + _PAGE
"""For a page of its own."""

PAGE_HASH: Final = "sha256-" + base64.b64encode(hashlib.sha256(PAGE.encode("utf-8")).digest()).decode("ascii")
"""By which a content security policy knows the style sheet of the page, and takes no other."""
