/* eslint-disable @typescript-eslint/ban-ts-comment -- a page's script: it knows the DOM, which the tool's project does not */
// @ts-nocheck
/* global document, fetch, words */

/*
 * The placing page: choose a beacon in the list, tap the plan; drag a beacon to correct it; undo. Every placing is sent at once and
 * is on the disk when the answer comes; the page keeps nothing of its own. Beacons of tomorrow's round carry its numbers. `words` comes before this script.
 */
const svgName = 'http://www.w3.org/2000/svg'
const plan = document.getElementById('plan')
const hint = document.getElementById('hint')
const search = document.getElementById('search')
const clickPx = 6
const zoomMost = 14

let levels = []
let beacons = []
/** Null when all are well. */
let round = null
let levelId = ''
let chosen
let view = [0, 0, 1, 1]

function drawn(parent, name, attributes, text) {
  const element = document.createElementNS(svgName, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (text !== undefined) element.textContent = text
  parent.append(element)
  return element
}

function level() {
  return levels.find(({ id }) => id === levelId)
}

function setView(next) {
  view = next
  plan.setAttribute('viewBox', view.join(' '))
  drawMarks()
}

/** Metres a pixel covers. */
function scale() {
  const { width, height } = plan.getBoundingClientRect()
  return Math.max(view[2] / width, view[3] / height)
}

function pointOf(event) {
  const matrix = plan.getScreenCTM().inverse()
  const x = matrix.a * event.clientX + matrix.c * event.clientY + matrix.e
  const y = matrix.b * event.clientX + matrix.d * event.clientY + matrix.f
  return { x, y }
}

function show(id) {
  levelId = id
  const { box, floor, shapes, labels } = level()
  const ground = document.getElementById('ground')
  const names = document.getElementById('names')
  ground.replaceChildren()
  names.replaceChildren()
  drawn(ground, 'path', { class: 'floor', d: floor })
  for (const { token, d } of shapes)
    drawn(ground, 'path', { class: 'unit', d }).style.fill = `var(--${token})`
  for (const { x, y, text, sizeM } of labels) {
    drawn(names, 'text', { class: 'name', x, y, 'font-size': sizeM }, text)
  }
  for (const button of document.querySelectorAll('#levels button')) {
    button.setAttribute('aria-pressed', String(button.value === id))
  }
  setView([...box])
  drawList()
}

/** Number of a beacon in the round from 1; 0 when nobody goes there. */
function stopOf({ key }) {
  return (round?.stops.findIndex((stop) => stop.key === key) ?? -1) + 1
}

function drawWays() {
  const ways = document.getElementById('ways')
  ways.replaceChildren()
  for (const way of round?.stops.flatMap((stop) => stop.ways) ?? []) {
    if (way.levelId !== levelId) continue
    const points = way.points.map(({ x, y }) => `${x},${-y}`).join(' ')
    drawn(ways, 'polyline', { class: 'way', points, 'stroke-width': 2.5 * scale() })
  }
}

function drawMarks() {
  drawWays()
  const marks = document.getElementById('marks')
  const r = 7 * scale()
  marks.replaceChildren()
  for (const beacon of beacons) {
    if (beacon.place?.levelId !== levelId || beacon.state === 'retired') continue
    const { x, y } = beacon.place
    const stop = stopOf(beacon)
    const due = stop === 0 ? '' : round.stops[stop - 1].isUrgent ? ' due urgent' : ' due'
    const state = `${beacon.state}${due}${beacon.key === chosen ? ' chosen' : ''}`
    const mark = drawn(marks, 'g', { class: `mark ${state}`, transform: `translate(${x} ${-y})` })
    mark.dataset.key = beacon.key
    drawn(mark, 'circle', { class: 'halo', r: 3.2 * r })
    drawn(mark, 'circle', { class: 'disc', r: stop === 0 ? r : 1.4 * r, 'stroke-width': r / 3 })
    if (stop > 0) drawn(mark, 'text', { class: 'stop', 'font-size': 1.6 * r }, String(stop))
    if (scale() < 0.12 || beacon.key === chosen) {
      drawn(mark, 'text', { y: -1.6 * r, 'font-size': 1.9 * r, 'stroke-width': r / 2 }, beacon.name)
    }
  }
}

function drawList() {
  const list = document.getElementById('list')
  const wanted = search.value.trim().toLowerCase()
  list.replaceChildren()
  const fits = ({ name, mac, state }) =>
    state !== 'retired' && (name.includes(wanted) || mac.toLowerCase().includes(wanted))
  const hangs = ({ state }) => state === 'installed' || state === 'verified'
  const stops = (round?.stops ?? []).flatMap(({ key }) => beacons.find((one) => one.key === key) ?? [])
  const parts = [
    ...(round ? [[`${words.round} · ${round.minutes} ${words.minutes} ·`, stops.filter(fits)]] : []),
    [words.todo, beacons.filter((beacon) => fits(beacon) && !hangs(beacon))],
    [words.done, beacons.filter((beacon) => fits(beacon) && hangs(beacon))],
  ]
  for (const [title, part] of parts) {
    const heading = document.createElement('h2')
    heading.textContent = part.length === 0 && title === words.todo ? words.none : `${title} ${part.length}`
    list.append(heading)
    for (const beacon of part.slice(0, 300)) list.append(rowOf(beacon))
  }
}

function rowOf(beacon) {
  const row = document.createElement('button')
  row.type = 'button'
  row.dataset.key = beacon.key
  row.setAttribute('aria-pressed', String(beacon.key === chosen))
  const name = document.createElement('b')
  name.textContent = beacon.name
  const where = document.createElement('small')
  const at = levels.find(({ id }) => id === beacon.place?.levelId)
  const stop = stopOf(beacon)
  const due = round?.stops[stop - 1]
  if (due) {
    row.classList.add('stop', ...(due.isUrgent ? ['urgent'] : []))
    name.dataset.stop = String(stop)
  }
  where.textContent = [due?.why, at?.name, beacon.mac].filter(Boolean).join(' · ')
  row.append(name, where)
  row.addEventListener('click', () => choose(beacon.key))
  return row
}

function choose(key) {
  chosen = chosen === key ? undefined : key
  const beacon = beacons.find((one) => one.key === chosen)
  hint.textContent = beacon ? `${beacon.name} · ${words.put}` : words.pick
  plan.classList.toggle('putting', beacon !== undefined)
  if (beacon?.place && beacon.place.levelId !== levelId) show(beacon.place.levelId)
  else {
    drawList()
    drawMarks()
  }
}

async function send(path, body) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    hint.classList.remove('lost')
    if (answer.ok) beacons = await answer.json()
    else if (answer.status === 409) hint.textContent = words.nothing
  } catch {
    hint.classList.add('lost')
    hint.textContent = words.lost
  }
  drawList()
  drawMarks()
}

async function put(key, { x, y }) {
  await send('/place', { key, levelId, x: Math.round(x * 100) / 100, y: Math.round(-y * 100) / 100 })
}

let held
plan.addEventListener('pointerdown', (event) => {
  plan.setPointerCapture(event.pointerId)
  const mark = event.target.closest?.('.mark')
  held = { at: [event.clientX, event.clientY], key: mark?.dataset.key, mark, view: [...view], moved: false }
})
plan.addEventListener('pointermove', (event) => {
  if (!held) return
  const [dx, dy] = [event.clientX - held.at[0], event.clientY - held.at[1]]
  if (Math.hypot(dx, dy) > clickPx) held.moved = true
  if (!held.moved) return
  if (held.mark) {
    const { x, y } = pointOf(event)
    held.mark.setAttribute('transform', `translate(${x} ${y})`)
  } else {
    const metres = scale()
    setView([held.view[0] - dx * metres, held.view[1] - dy * metres, held.view[2], held.view[3]])
  }
})
plan.addEventListener('pointerup', async (event) => {
  const { key, moved } = held ?? {}
  held = undefined
  if (key !== undefined && moved) await put(key, pointOf(event))
  else if (key !== undefined) choose(key)
  else if (!moved && chosen !== undefined) {
    const putKey = chosen
    choose(chosen)
    await put(putKey, pointOf(event))
  }
})
plan.addEventListener('pointercancel', () => {
  held = undefined
  drawMarks()
})
plan.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault()
    const { box } = level()
    const { x, y } = pointOf(event)
    const width = Math.min(box[2], Math.max(box[2] / zoomMost, view[2] * Math.exp(event.deltaY / 400)))
    const by = width / view[2]
    setView([x - (x - view[0]) * by, y - (y - view[1]) * by, width, view[3] * by])
  },
  { passive: false },
)
document.getElementById('undo').addEventListener('click', () => send('/undo', {}))
search.addEventListener('input', drawList)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && chosen !== undefined) choose(chosen)
})

const read = async (path) => (await fetch(path)).json()
;[levels, beacons, round] = await Promise.all(['/levels.json', '/beacons.json', '/round.json'].map(read))
for (const { id, name } of levels) {
  const button = document.createElement('button')
  button.type = 'button'
  button.value = id
  button.textContent = name
  button.addEventListener('click', () => show(id))
  document.getElementById('levels').append(button)
}
const begins = round ? beacons.find((one) => stopOf(one) === 1) : undefined
const first = (begins ?? beacons.find(({ place }) => place))?.place.levelId ?? levels[levels.length - 1]?.id
if (first !== undefined) show(first)
