// Islands: the theme, the visitor's own times and list. Every page works without this file.
const root = document.documentElement
const make = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e }
const memory = {} // where the device keeps nothing
const read = (name, other) => { try { return JSON.parse(localStorage.getItem(name)) ?? other } catch { return memory[name] ?? other } }
const keep = (name, value) => { try { value == null || value.length === 0 ? localStorage.removeItem(name) : localStorage.setItem(name, JSON.stringify(value)) } catch { memory[name] = value } }
const remembered = { get theme() { try { return localStorage.getItem('theme') } catch { return root.dataset.theme } } }
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' }

customElements.define('theme-switch', class extends HTMLElement {
  connectedCallback() {
    this.button = make('button', { className: 'btn small', type: 'button', onclick: () => this.set(NEXT[this.theme]) })
    this.set(remembered.theme || 'auto')
    this.append(this.button)
  }
  set(theme) {
    this.theme = theme
    if (theme === 'auto') delete root.dataset.theme
    else root.dataset.theme = theme
    try { theme === 'auto' ? localStorage.removeItem('theme') : localStorage.setItem('theme', theme) } catch {}
    this.button.textContent = { auto: 'Auto', light: 'Light', dark: 'Dark' }[theme]
    this.button.setAttribute('aria-label', `Theme: ${this.button.textContent}. Change to ${NEXT[theme]}`)
  }
})

// The list is painted over pages that are the same for all. Without an account it stays here.
const signed = /(^|; )signed=1/.test(document.cookie)
const STATUS = { planning: 'Planning', watching: 'Watching', completed: 'Completed', paused: 'Paused', dropped: 'Dropped', rewatching: 'Rewatching' }
let entries = signed ? {} : read('list', {}), account = read('account'), scores = Array.from({ length: 10 }, (_, n) => [100 - n * 10, `${10 - n}`])
const painters = {}, changes = {}
const paint = id => painters[id]?.forEach(one => one())
const on = (id, painter) => { (painters[id] ??= []).push(painter); painter() }
const following = ({ progress, furthest = progress }, total) => total && furthest >= total ? 'Missed episode' : `Episode ${furthest + 1}`
const tell = entry => STATUS[entry.status] + (entry.progress && entry.status !== 'completed' ? ` ${entry.progress}` : '')

// The toast stands behind what was pressed: Tab leads to Undo.
const words = make('span', { role: 'status' }), toast = make('div', { className: 'toast' }, words)
let hiding, later
const hide = () => { toast.matches(':hover, :focus-within') ? wait() : toast.remove() }
const wait = () => { clearTimeout(hiding); hiding = setTimeout(hide, 1e4) }
function say(text, undo, behind = toast.parentElement ?? document.body) {
  words.textContent = ''
  toast.replaceChildren(words, ...(undo ? [make('button', { className: 'btn', type: 'button', textContent: 'Undo', onclick: undo })] : []))
  if (toast.parentElement !== behind) behind.append(toast)
  setTimeout(() => { words.textContent = text }, 50) // read out when it changes
  wait()
}

// Acts wait, oldest first, also over a reload, until the server has them; each counts once, by its key.
const waiting = () => read('acts', []).filter(act => act.account === account)
const call = (path, how) => fetch('/api/v1/me/' + path, how)
const handing = () => waiting().some(act => !act.id)
function send() {
  return navigator.locks.request('acts', async () => {
    for (let act; (act = account && waiting()[0]);) {
      let answer
      if (act.path) {
        const headers = { 'content-type': 'application/json', 'idempotency-key': act.key, 'autotrack-account': account }
        if (act.version) headers['if-match'] = `"${act.version}"`
        answer = await call(act.path, { method: act.method, headers, body: JSON.stringify(act.body ?? {}) }).catch(() => {})
        if (!answer || answer.status > 428 || answer.status === 401) { clearTimeout(later); later = setTimeout(send, 3e4); return }
      }
      const said = await answer?.json().catch(() => {})
      changes[act.key] = answer?.ok && said.change
      // Later acts on the same anime have its version, its undo has its number.
      keep('acts', read('acts', []).filter(one => one.key !== act.key).map(one => ({
        ...one, ...one.id === act.id && answer?.ok && { version: said.entry?.version }, ...one.of === act.key && said?.change && { path: `changes/${said.change}/undo` }
      })))
      if (!act.id && !handing()) keep('list')
      if (!act.id || !answer?.ok) { if (said?.detail) say(`Not saved: ${said.detail}`); await look() }
      else if (!waiting().some(one => one.id === act.id)) entries[act.id] = said.entry
      paint(act.id)
    }
  })
}
function queue(act) {
  const key = crypto.randomUUID()
  keep('acts', [...read('acts', []), { key, account, ...act }])
  return key
}
function act(id, entry, said, how, behind) {
  if (!signed) entries = read('list', {}) // another window may have written
  const before = entries[id]
  entries[id] = entry
  if (signed) {
    const key = queue({ id, entry, version: before?.version, ...how })
    send()
    if (said) say(said, () => act(id, before, '', { method: 'POST', path: changes[key] ? `changes/${changes[key]}/undo` : '', of: key, version: 0 }, behind), behind)
  } else {
    keep('list', Object.keys(entries).some(id => entries[id]) ? entries : null)
    if (said) say(said, () => act(id, before, '', 0, behind), behind)
  }
  paint(id)
  if (!said) { say('Undone', 0, behind); (behind.plus ?? behind.firstElementChild).focus() }
}
async function look(ids = Object.keys(painters)) {
  for (let at = 0; at < (ids.length || 1); at += 80) {
    const answer = await call('states?' + ids.slice(at, at + 80).map(id => 'anime=' + id).join('&')).catch(() => {})
    if (!answer?.ok) break
    const said = await answer.json()
    keep('account', account = said.account)
    keep('acts', read('acts', []).map(act => ({ account, ...act })))
    scores = said.scores.map(one => [one.score, one.shown])
    for (const id of ids.slice(at, at + 80)) entries[id] = undefined
    for (const entry of said.states) entries[entry.anime] = entry
  }
  for (const act of waiting()) if (act.id) entries[act.id] = act.entry
  ids.forEach(paint)
}

customElements.define('track-control', class extends HTMLElement {
  connectedCallback() {
    this.anime = this.getAttribute('anime')
    this.total = +this.getAttribute('episodes') || 0
    if (!signed) this.draw()
    on(this.anime, () => (this.plus || this.anime in entries) && this.draw())
  }
  build() {
    const link = this.querySelector('a').href, set = key => e => this.set(key, e.target.value)
    this.plus = make('button', { className: 'btn primary', type: 'button', onclick: () => this.step() })
    this.status = make('select', { className: 'btn', ariaLabel: 'Status', onchange: set('status') })
    this.score = make('select', { className: 'btn', ariaLabel: 'Your score', onchange: set('score') })
    const more = signed ? ['', make('a', { href: '/library/' + this.anime, textContent: 'Notes, dates and history' })] : ['On this device. ', make('a', { href: link, textContent: 'Join to keep it' })]
    this.note = make('p', { className: 'meta' }, ...more)
    this.replaceChildren(this.plus, this.status, this.score, this.note)
  }
  draw() {
    if (!this.plus) this.build()
    const entry = entries[this.anime], { status = '', score, progress = 0 } = entry ?? {}
    const done = status === 'completed' || (this.total && progress >= this.total)
    this.plus.textContent = !entry ? 'Track' : done ? 'Watch again' : this.total === 1 ? 'Watched' : `+ ${following(entry, this.total)}`
    this.plus.className = done ? 'btn' : 'btn primary'
    const fill = (select, first, pairs, value) => { select.replaceChildren(new Option(first, ''), ...pairs.map(([value, text]) => new Option(text, value))); select.value = value }
    fill(this.status, entry ? 'Remove' : 'Add as …', Object.entries(STATUS), status)
    const near = score == null ? '' : scores.reduce((best, one) => Math.abs(one[0] - score) < Math.abs(best[0] - score) ? one : best)[0]
    fill(this.score, 'Score', scores, near)
    this.score.disabled = !entry
    const svg = document.querySelector('.panel .eps')
    if (svg) {
      const seen = svg.querySelector('.seen') ?? svg.appendChild(document.createElementNS(svg.namespaceURI, 'path'))
      seen.setAttribute('class', 'seen')
      seen.setAttribute('d', `M0 .5h${progress}`)
    }
  }
  act(after, said, method, path, body) {
    const now = new Date().toISOString()
    act(this.anime, after && { progress: 0, ...entries[this.anime], ...after, at: now }, said, { method, path: `library/${this.anime}${path}`, body }, this)
  }
  step() {
    const entry = entries[this.anime], next = (entry?.progress ?? 0) + 1, furthest = (entry?.furthest ?? next - 1) + 1
    if (!entry) this.act({ status: 'planning' }, 'On your list', 'PUT', '', { status: 'planning' })
    else if (entry.status === 'completed' || (this.total && next > this.total)) this.act({ status: 'rewatching', progress: 0, furthest: 0 }, 'Watching again', 'POST', '/rewatches')
    else this.act({ progress: next, furthest, status: next === this.total ? 'completed' : entry.status === 'rewatching' ? 'rewatching' : 'watching' }, `${following(entry, this.total)} watched`, 'POST', '/plus-one')
  }
  set(key, value) {
    const had = entries[this.anime], body = { [key]: key === 'score' ? value && +value || null : value }
    if (key === 'status' && !value) this.act(null, 'Removed', 'DELETE', '')
    else this.act({ ...body, ...value === 'completed' && this.total && { progress: this.total, furthest: this.total } }, value ? 'Saved' : 'Score removed', had ? 'PATCH' : 'PUT', '', body)
  }
})

// On lists a mark lies on each cover, where nothing moves for it.
for (const card of document.querySelectorAll('[data-anime]')) {
  const mark = make('span', { className: 'mine' })
  on(card.dataset.anime, () => {
    const entry = entries[card.dataset.anime]
    mark.textContent = entry ? tell(entry) : ''
    entry ? card.append(mark) : mark.remove()
  })
}

globalThis.list = { act, look, on, following, entries, account: () => account }
const guests = () => Object.entries(read('list', {})).filter(([, entry]) => entry).map(([anime, entry]) => ({ anime, ...entry }))
if (signed) {
  addEventListener('online', send)
  if (Object.keys(painters).length || read('acts') || read('list')) look().then(() => {
    // In pieces; it stays here until the server has answered.
    for (let rest = account && !handing() ? guests() : []; rest.length;) queue({ method: 'POST', path: 'guest-list', body: { entries: rest.splice(0, 40) } })
    send()
  })
} else for (const field of document.querySelectorAll('input[name=guest]')) field.value = JSON.stringify(guests())
addEventListener('pageshow', event => {
  if (!event.persisted) return
  if (signed) return look()
  entries = read('list', {})
  Object.keys(painters).forEach(paint)
})

// A moment in the visitor's words.
for (const time of document.querySelectorAll('time[data-when]')) {
  const at = new Date(time.dateTime), hours = Math.round((at - Date.now()) / 36e5), near = Math.abs(hours) < 48
  const left = new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(near ? hours : Math.round(hours / 24), near ? 'hour' : 'day')
  const when = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  time.replaceChildren(when, make('span', { className: 'meta', textContent: `${left}, your time` }))
}

// A slot of Japan's week in the visitor's zone; ⁻¹ and ⁺¹ where it is another day there.
const JAPAN = 540
const away = -new Date().getTimezoneOffset() - JAPAN
for (const time of away ? document.querySelectorAll('time[data-slot]') : []) {
  const [hour, minute] = time.dataset.slot.split(':').map(Number), total = hour * 60 + minute + away
  const clock = (total + 2880) % 1440, day = Math.floor(total / 1440)
  time.textContent = `${String(Math.floor(clock / 60)).padStart(2, '0')}:${String(clock % 60).padStart(2, '0')}${day < 0 ? '⁻¹' : day > 0 ? '⁺¹' : ''}`
}
const marks = { '⁻¹': 'day before', '⁺¹': 'day after' }, mark = away < 0 ? '⁻¹' : '⁺¹'
const marked = [...document.querySelectorAll('time[data-slot]')].some(time => time.textContent.endsWith(mark))
if (away) for (const note of document.querySelectorAll('[data-zone]')) note.textContent = `Your time, days as in Japan${marked ? ` (${mark}: ${marks[mark]})` : ''}`

const today = (new Date(Date.now() + JAPAN * 6e4).getUTCDay() + 6) % 7 + 1
document.querySelector(`.week[data-now] [data-day="${today}"]`)?.classList.add('today')
