// The library page in place: +1 without loading it again, ranges of ticks, and keys while the list has the focus.
const { act, look, following, entries, account } = globalThis.list
const form = document.querySelector('.shelf'), rows = form ? [...form.querySelectorAll('[data-entry]')] : []
const WORDS = { planning: 'Planning', watching: 'Watching', completed: 'Completed', paused: 'Paused', dropped: 'Dropped', rewatching: 'Rewatching' }

for (const row of rows) {
  const { entry: id, status, progress, furthest, total, version } = row.dataset
  entries[id] = { status, progress: +progress, furthest: +furthest, total: +total || null, version: +version }
  globalThis.list.on(id, () => paint(row, entries[id]))
}

function paint(row, entry) {
  if (!entry) return
  const { status, progress } = entry, total = +row.dataset.total, plus = row.querySelector('[data-plus]')
  row.querySelector('[data-told]').textContent = WORDS[status]
  row.querySelector('[data-count]').textContent = total ? `${progress} of ${total}` : progress
  const strip = row.querySelector('.eps')
  strip?.setAttribute('aria-label', `${progress} of ${total} episodes watched`)
  strip?.querySelector('.seen').setAttribute('d', `M0 .5h${progress}`)
  if (!plus) return
  plus.disabled = status === 'completed' || (total && progress >= total)
  plus.firstChild.textContent = plus.disabled ? 'All watched' : total === 1 ? 'Watched' : `+ ${following(entry, total)}`
}

function plusOne(row) {
  const id = row.dataset.entry, entry = entries[id], next = entry.progress + 1, total = +row.dataset.total
  if (entry.status === 'completed' || (total && next > total)) return
  const status = next === total ? 'completed' : entry.status === 'rewatching' ? 'rewatching' : 'watching'
  act(id, { ...entry, progress: next, furthest: entry.furthest + 1, status }, `${following(entry, total)} watched`, { method: 'POST', path: `library/${id}/plus-one` }, row.querySelector('.acts'))
}

let last
form?.addEventListener('click', event => {
  const row = event.target.closest('[data-entry]'), box = event.target.closest('[name=anime]')
  if (event.target.closest('[data-plus]')) {
    event.preventDefault()
    plusOne(row)
  }
  if (!box) return
  const boxes = [...form.querySelectorAll('[name=anime]')], at = boxes.indexOf(box), from = boxes.indexOf(last)
  if (event.shiftKey && from >= 0) boxes.slice(Math.min(at, from), Math.max(at, from) + 1).forEach(one => { one.checked = box.checked })
  last = box
  count()
})

const bulk = form?.querySelector('.bulk'), apply = bulk?.querySelector('button')
function count() {
  const many = form.querySelectorAll('[name=anime]:checked').length
  apply.textContent = `Change ${many || 'those'} ticked`
}
if (bulk) {
  const all = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: 'Tick all' })
  all.onclick = () => {
    const boxes = [...form.querySelectorAll('[name=anime]')], every = boxes.every(box => box.checked)
    boxes.forEach(box => { box.checked = !every })
    count()
  }
  apply.after(' ', all)
}

const KEYS = {
  j: (row, at) => focus(rows[at + 1]),
  k: (row, at) => focus(rows[at - 1]),
  '+': row => plusOne(row),
  e: row => row.querySelector('.acts a').click(),
  x: row => {
    bulk.open = true
    row.querySelector('[name=anime]').click()
  },
}
const focus = row => row?.querySelector('h2 a').focus()
form?.addEventListener('keydown', event => {
  const row = event.target.closest('[data-entry]'), key = KEYS[event.key.toLowerCase()]
  if (!row || !key || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  key(row, rows.indexOf(row))
})
if (form) document.querySelector('.keys').hidden = false
if (!account()) look([])
