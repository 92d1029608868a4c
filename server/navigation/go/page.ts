import { escapeHtml } from './html.ts'

/** Colours of `ui/tokens.css`, those that a drawing and a list of steps need. */
const light = `--ink:#14181f;--ink-2:#535c69;--paper:#fff;--paper-2:#f6f4f0;--line:#e4e0d8;--route:#f2510f;
--case:#fff;--here:#0f5be8;--outside:#e7e8e6;--floor:#fcfaf6;--void:#d3dae1;--aux:#edeae3;--closed:#e5e1d9;
--vacant:#f3f1ec;--rest:#f1f3ec;--wall:#c6bcac;--bay:#f4f2ed;--core:#c9ced5;--food:#f7e2c8;--fashion:#efe2d4;
--kids:#efeac8;--beauty:#f4dedc;--jewel:#eae2ef;--sport:#dae8e3;--digital:#dce6f1;--life:#e3e8d5;--fun:#e3def1;
--service:#e7e7e4;color-scheme:light`
const dark = `--ink:#f2f4f7;--ink-2:#a3adba;--paper:#12161d;--paper-2:#1b212a;--line:#2b323d;--route:#ff6b35;
--case:#0b0e13;--here:#5b97ff;--outside:#0a0d12;--floor:#252d39;--void:#080b10;--aux:#1b212a;--closed:#181d25;
--vacant:#1c222b;--rest:#222b2e;--wall:#454e5c;--bay:#1d232d;--core:#3b4552;--food:#443423;--fashion:#3b332b;
--kids:#3b3822;--beauty:#412d30;--jewel:#362f41;--sport:#273a35;--digital:#293544;--life:#313828;--fun:#322e45;
--service:#2b3038;color-scheme:dark`

const kinds = [
  ...['floor', 'void', 'aux', 'closed', 'vacant', 'rest', 'bay', 'service', 'food', 'fashion', 'kids'],
  ...['beauty', 'jewel', 'sport', 'digital', 'life', 'fun'],
]

const style = `:root{${light}}@media(prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}body{margin:0 auto;max-width:640px;background:var(--paper-2);color:var(--ink);
font:17px/1.5 system-ui,-apple-system,"PingFang SC","Noto Sans SC","Microsoft YaHei",sans-serif}
header{padding:20px 16px 16px;background:var(--paper);border-bottom:1px solid var(--line)}
header a{float:right;padding:10px 0 10px 16px;color:var(--here);text-decoration:none;font-size:15px}
.kicker{margin:0;color:var(--ink-2);font-size:14px}h1{margin:2px 0 0;font-size:26px;line-height:1.25}
.sum{margin:6px 0 0;font-size:19px;font-weight:600}
main{padding:4px 16px 8px}.from{color:var(--ink-2)}.from b{color:var(--ink)}
h2{margin:28px 0 0;font-size:21px}h3{margin:20px 0 8px;font-size:15px}
h3 b,.from span{display:inline-block;padding:1px 9px;border-radius:8px;background:var(--ink);color:var(--paper)}
.from span{font-size:14px}
section{margin:16px 0;padding:0 0 4px}
figure{margin:0;overflow:hidden;border:1px solid var(--line);border-radius:14px;background:var(--outside)}
svg{display:block;width:100%;height:auto}
ol{margin:12px 0 0;padding:0;list-style:none}
li{position:relative;padding:10px 0 10px 30px;border-bottom:1px solid var(--line)}
li:last-child{border:0}
li::before{content:"";position:absolute;left:6px;top:18px;width:10px;height:10px;border-radius:50%;background:var(--route)}
li.ride{font-weight:600}li.ride::before{border-radius:3px;background:var(--ink)}
li.arrive{font-weight:600}li.notice::before{background:var(--ink-2)}
footer{padding:12px 16px 40px;color:var(--ink-2);font-size:14px}
.door{padding:14vh 20px 40px;text-align:center}.door p{color:var(--ink-2);font-size:15px}
.door h1{margin:0 0 28px;font-size:28px}.door h1 small{display:block;color:var(--ink-2);font-size:18px;font-weight:400}
.door .say{color:var(--ink);font-size:20px}.say{font-size:19px;padding:24px 0}
.button{display:block;width:100%;margin:0 0 14px;padding:16px;border:0;border-radius:16px;background:var(--route);
color:#14181f;font:inherit;font-size:20px;font-weight:600;text-decoration:none;cursor:pointer}
.button small{display:block;font-size:15px;font-weight:400}
.button.quiet{background:var(--paper);color:var(--ink);border:1px solid var(--line)}
:focus-visible{outline:3px solid var(--here);outline-offset:2px}
.u{stroke:var(--wall);fill-rule:evenodd}.outline{fill:var(--floor)}.floor{stroke:none}
${kinds.map((kind) => `.${kind}{fill:var(--${kind})}`).join('')}.amenity{fill:var(--core);stroke:none}
svg text{text-anchor:middle;fill:var(--ink-2)}
.case,.way{fill:none;stroke-linejoin:round;stroke-linecap:round}.case{stroke:var(--case)}.way{stroke:var(--route)}
.mark circle{fill:var(--here);stroke:var(--case)}.mark.stop circle{fill:var(--route)}.mark.ride circle{fill:var(--ink)}
.mark text{fill:var(--case);font-weight:700}.mark.stop text{fill:#14181f}`

/** A small page that needs no script and no other file. */
export function page(content: {
  readonly language: 'zh' | 'en'
  readonly title: string
  readonly body: readonly string[]
}): string {
  return [
    `<!doctype html><html lang="${content.language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">',
    '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="/favicon.svg">',
    `<title>${escapeHtml(content.title)}</title><style>${style}</style></head><body>`,
    ...content.body,
    '</body></html>',
  ].join('\n')
}
