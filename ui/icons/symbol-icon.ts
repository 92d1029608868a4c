import { h } from 'vue'
import type { FunctionalComponent } from 'vue'
import { symbolGrid, symbolPaths } from './symbols.ts'
import type { SymbolName } from './symbols.ts'

/** A map symbol on a page, in the colour and size of the text around it; hidden from screen readers. */
export const SymbolIcon: FunctionalComponent<{ name: SymbolName }> = ({ name }) =>
  h('span', { class: 'icon', 'aria-hidden': 'true' }, [
    h('svg', { viewBox: `0 0 ${String(symbolGrid)} ${String(symbolGrid)}`, fill: 'currentColor' }, [
      h('path', { d: symbolPaths[name] }),
    ]),
  ])
SymbolIcon.props = ['name']
