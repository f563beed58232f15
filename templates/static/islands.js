// Islands: the theme switch, and times in the visitor's own zone. Every page works without this file.
const root = document.documentElement
const remembered = { get theme() { try { return localStorage.getItem('theme') } catch { return root.dataset.theme } } }
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' }

customElements.define('theme-switch', class extends HTMLElement {
  connectedCallback() {
    this.button = Object.assign(document.createElement('button'), { className: 'btn small', type: 'button', onclick: () => this.set(NEXT[this.theme]) })
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

// A moment: in the visitor's words for it, and how far away it is.
for (const time of document.querySelectorAll('time[data-when]')) {
  const at = new Date(time.dateTime), hours = Math.round((at - Date.now()) / 36e5), near = Math.abs(hours) < 48
  const left = new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(near ? hours : Math.round(hours / 24), near ? 'hour' : 'day')
  const when = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  const note = Object.assign(document.createElement('span'), { className: 'meta', textContent: `${left}, your time` })
  time.replaceChildren(when, note)
}

// A slot of the week, `1T23:00` of Japan: the same hour in the visitor's zone; ⁻¹ and ⁺¹ where it is another day there.
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

// Today, as the broadcasters count it.
const today = (new Date(Date.now() + JAPAN * 6e4).getUTCDay() + 6) % 7 + 1
document.querySelector(`.week[data-now] [data-day="${today}"]`)?.classList.add('today')
